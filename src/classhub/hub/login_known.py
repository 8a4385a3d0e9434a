"""Browsers that signed in as a name before, known by a cookie: nobody else's wrong passwords hold them up.

OWASP calls it a device cookie. It lets nobody in: it only chooses the brake's bucket. It is signed with the hub's cookie
secret under its own name, which is a digest of the user's, so that it is good for that user only. Its path is the
sign-in page, so that students' servers never see it, and a computer of the lab with many names sends them only there.
"""

import hashlib
import secrets
from typing import Any

from jupyterhub.utils import url_path_join

KEPT_DAYS = 180
"""A term; each sign-in renews it."""


def remember(handler: Any, name: str) -> None:
    """This browser has signed in as `name`. The handler is one of the hub's."""
    value = browser_of(handler, name) or secrets.token_urlsafe(12)
    path = url_path_join(handler.hub.base_url, "login")
    handler._set_cookie(_cookie(name), value, expires_days=KEPT_DAYS, path=path)


def browser_of(handler: Any, name: str) -> str:
    """A random name of this browser if it signed in as `name` before, else empty."""
    value = handler.get_secure_cookie(_cookie(name), max_age_days=KEPT_DAYS)
    return str(value.decode()) if value else ""


def _cookie(name: str) -> str:
    return f"classhub-known-{hashlib.sha256(name.encode()).hexdigest()[:32]}"

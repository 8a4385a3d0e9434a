"""The stand-in: who may sign in while the configured authenticator lacks its secrets.

Nobody becomes a listed name by being first (design.md, section 4): an account is made by a single-use invitation, or by
the instructor's yes to a request. The lists and the names' rules are JupyterHub's own; /login stays JupyterHub's page.
NativeAuthenticator lends its table and its list of common passwords. None of its pages is used: its /login answers 500
on hub 6, /signup says which names exist, /authorize and /discard change things by a mere link.
"""

import unicodedata
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.orm import APIToken, User, new_token
from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo
from tornado.web import HTTPError
from traitlets import Unicode, default

from classhub.hub import invitations, login_known, login_passwords, login_requests
from classhub.hub.login_brake import SignInBrake, Taken
from classhub.walls import names

SCOPES = ("admin:users", "servers", "tokens", "read:hub")
"""The least that the hub's service `classhub` needs for every call of outside/hub_api.py (read in jupyterhub 6.1.1):
admin:users adds, lists, reads and deletes users, and guards our own calls; servers starts and stops; tokens mints a
token for a user, with at most that user's own rights, and makes links to enter; read:hub is for /api/info."""

MOST_NAME_BYTES = 255
"""What JupyterHub's table of users holds."""


WAITS = "Your request waits for an instructor to approve it. Then you can sign in with this name and password."


class StandInAuthenticator(NativeAuthenticator):
    """Takes admin_users, allowed_users, blocked_users, username_map and username_pattern as any authenticator does."""

    asks_for_access = True
    """The login page offers "Ask for access" when its authenticator has this."""

    own_admin = Unicode(
        config=True, help="The admin of a hub whose config.yaml names none; username_pattern is not for it."
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for table in (invitations.Invitation, login_requests.AccessRequest):
            table.__table__.create(self.db.get_bind(), checkfirst=True)
        self.brake = SignInBrake()
        # Meant for the configured authenticator; here it would sign in without a password typed, that is: nobody.
        self.auto_login = self.auto_login_oauth2_authorize = False

    @default("db")
    def _hub_session(self) -> Any:
        # The hub's own session, as NativeAuthenticator uses it; without the warning meant for its author.
        return self._deprecated_db_session

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:
        """None of NativeAuthenticator's; ours come by extra_handlers(). The menu shows how many requests wait."""
        app.template_vars.setdefault("requests_waiting", self._waiting_for)
        return []

    def _waiting_for(self, user: Any) -> int:
        return login_requests.count(self.db) if user is not None and getattr(user, "admin", False) else 0

    def validate_username(self, username: str) -> bool:
        """JupyterHub's rules, not NativeAuthenticator's (which refuse a space); nothing invisible, nothing too long."""
        fits = username == self.own_admin or Authenticator.validate_username(self, username)
        return is_presentable(username) and bool(username) and bool(fits) and not is_unusable_part(self, username)

    def check_allow_config(self) -> None:
        """No warning about empty lists: invitations and approvals let people in without them."""

    async def authenticate(self, handler: Any, data: Any) -> dict[str, Any] | None:
        """The name when the password is right. Costs one bcrypt check for any name, known or not.

        Who waits for approval is told so, with the password of the request only: others learn nothing about the name.
        groups None: a hub with manage_groups keeps the groups of the last real login.
        """
        name, password = (data or {}).get("username"), (data or {}).get("password")
        if not isinstance(name, str) or not isinstance(password, str):
            raise HTTPError(400, "Please type a user name and a password.")
        name = self.normalize_username(name) if is_presentable(name) else ""
        taken = self.slow_down(handler, name, login_known.browser_of(handler, name))
        stored = self.stored_password(name)
        asking = login_requests.find(self.db, name) if stored is None else None
        if not await login_passwords.matches(password, bytes(asking.password) if asking else stored):
            return None
        self.brake.give_back(taken)
        if asking:
            raise HTTPError(403, WAITS, reason="Not approved yet")
        if self.stored_password(name) != stored:
            return None
        login_known.remember(handler, name)
        return {"name": name, "groups": None}

    def slow_down(self, handler: Any, name: str, browser: str) -> Taken:
        """Count one try before it is known to fail: many at once get no further. Raises 429 after too many.

        browser: empty for one that never signed in as this name.
        """
        wait_s, taken = self.brake.take(name, handler.request.remote_ip, browser)
        if wait_s:
            minutes = "a minute" if wait_s <= 60 else f"{-(-wait_s // 60)} minutes"
            error = HTTPError(429, f"Too many tries with a wrong password. Please wait {minutes}, then try again.")
            error.headers = {"Retry-After": str(wait_s)}
            raise error
        return taken

    def complaint(self, password: str, again: str) -> str:
        """Why this new password will not do, in a sentence; empty when it will."""
        is_common = self.is_password_common(password) or self.is_password_common(password.lower())
        least = max(login_passwords.LEAST_CHARACTERS, self.minimum_password_length)
        return login_passwords.complaint(password, again, is_common, least)

    def stored_password(self, name: str) -> bytes | None:
        """The hash of an authorised account; None for any other name."""
        info = self.get_user(name) if name else None
        return bytes(info.password) if info is not None and info.is_authorized else None

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """An authorised account: made by an invitation or an approval, and gone when the user is removed."""
        return self.stored_password(username) is not None

    def is_taken(self, name: str) -> bool:
        """Listed, in use, or invited: a stranger who asks for such a name gets nothing."""
        listed = name in self.admin_users or name in self.allowed_users or name in self.blocked_users
        return listed or User.find(self.db, name) is not None or invitations.is_invited(self.db, name)

    def give_password(self, name: str, password: bytes) -> None:
        """Make the account or give it a new password (both as bcrypt's hash), and end every session of the old one."""
        info = self.get_user(name)
        if info is None:
            info = UserInfo(username=name, password=password)
            self.db.add(info)
        info.password = password
        info.is_authorized = True
        login_requests.drop(self.db, name)
        end_sessions(self.db, name)
        self.db.commit()

    def delete_user(self, user: Any) -> None:
        """A removed user keeps no password, no invitation and no request; homes are not ours to touch."""
        info = self.get_user(user.name)
        if info is not None:
            self.db.delete(info)
        invitations.revoke(self.db, user.name)
        login_requests.drop(self.db, user.name)
        self.db.commit()
        Authenticator.delete_user(self, user)


def is_presentable(name: str) -> bool:
    """Fits the table, and every character shows: no control, format (bidi), surrogate or unassigned ones."""
    if len(name) > MOST_NAME_BYTES or len(name.encode("utf-8", "replace")) > MOST_NAME_BYTES:
        return False
    return not any(unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" for char in name)


def is_unusable_part(authenticator: Any, name: str) -> bool:
    """A part's name. On a list it passes, as JupyterHub would not start with an invalid one; it gets no invitation."""
    return name in names.PARTS and name not in authenticator.admin_users | authenticator.allowed_users


def end_sessions(db: Any, name: str) -> None:
    """Make every login cookie of this user worthless, and the tokens that browsers got with it. The caller commits."""
    user = User.find(db, name)
    if user is None:
        return
    user.cookie_id = new_token()
    for token in db.query(APIToken).filter(APIToken.user_id == user.id, APIToken.session_id.is_not(None)):
        db.delete(token)

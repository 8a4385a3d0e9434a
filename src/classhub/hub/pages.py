"""What all our pages share: a stop in words, the way on after signing in, headers that keep a code out of caches."""

import time
from typing import Any

from jupyterhub.handlers import BaseHandler
from jupyterhub.utils import url_path_join
from tornado.web import HTTPError

from classhub.hub import invitations, login_known
from classhub.hub.invitations import Kind, State
from classhub.hub.login import StandInAuthenticator


class Told(HTTPError):
    """A refusal with a heading, a text for the person at the browser, and at most one thing to do next.

    It has no log_message: tornado would log that together with the address, which may hold a code.
    """

    def __init__(self, status: int, heading: str, text: str, action: str = "", url: str = "") -> None:
        super().__init__(status)
        self.heading = heading
        self.jupyterhub_message = text  # what JupyterHub's own error pages and API show
        self.action = action
        self.url = url


class Page(BaseHandler):
    """A page of ours, in the hub's own frame."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")

    def check_xsrf_cookie(self) -> None:
        """As JupyterHub's login page does: the usual reason is a form left open for over an hour."""
        try:
            super().check_xsrf_cookie()
        except HTTPError as error:
            self.log.warning("Refused a form on %s: %s", self.request.path, error.log_message)
            text = "It was open for too long, or cookies are off. Please go back, load it again and try once more."
            raise Told(403, "This page could not be used", text) from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Told as our own page; anything else as JupyterHub shows errors."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if not isinstance(error, Told):
            super().write_error(status_code, **kwargs)
            return
        self.set_header("Content-Type", "text/html")
        self.clear_header("Content-Length")
        self.finish(self.render_template("classhub-stopped.html", sync=True, told=error))

    def _request_summary(self) -> str:
        """What tornado logs with an error: not the query, which may hold a code."""
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """As tornado's, but without the whole request for an error of ours."""
        if isinstance(value, HTTPError):
            super().log_exception(kind, value, trace)
        else:
            self.log.error("Uncaught exception %s", self._request_summary(), exc_info=(kind, value, trace))

    def append_query_parameters(self, url: str, exclude: Any = None) -> str:
        """Never: the query of our pages holds a code."""
        return url

    @property
    def stand_in(self) -> StandInAuthenticator:
        """Raises a 404 in words when people sign in elsewhere."""
        if isinstance(self.authenticator, StandInAuthenticator):
            return self.authenticator
        raise Told(404, "This page is not used here", f"People sign in with {elsewhere(self.authenticator)} here.")

    async def show(self, template: str, status: int = 200, **words: Any) -> None:
        self.set_status(status)
        self.finish(await self.render_template(template, next=self.get_argument("next", ""), **words))

    def hub_url(self, page: str) -> str:
        return str(url_path_join(self.hub.base_url, page))

    def way_on(self, user: Any, otherwise: str | None = None) -> str:
        """next= if it leads to this hub, else `otherwise`, else where JupyterHub sends people after a login.

        A line break in next= makes JupyterHub answer 500 (facts/local-hub.md, section 2): it counts as no next=.
        """
        url = str(self.get_next_url(user, default=otherwise))
        return url if url.isprintable() else self.hub_url("home")

    async def log_in(self, name: str) -> Any:
        """Sign this browser in as `name`: JupyterHub's login_user without its question to the authenticator."""
        known = self.find_user(name)
        user = await self.auth_to_user(
            {
                "name": name,
                "admin": True if name in self.authenticator.admin_users else None,
                # Kept as they are: with a real authenticator they are only known after a real login.
                "auth_state": await known.get_auth_state() if known else None,
                "groups": None,
            }
        )
        self.set_login_cookie(user)
        login_known.remember(self, user.name)
        self._jupyterhub_user = user
        user._auth_refreshed = time.monotonic()
        self.log.info("User logged in: %s", user.name)
        return user


class CodePage(Page):
    """A page that is opened by a code. GET only shows it, so that a link preview burns nothing; POST uses it up."""

    kind: Kind
    spoilt: str
    """What to do when the code is no good."""

    def good_row(self, code: str) -> Any:
        """The row of a good code. None when this browser has used it already: it is sent on. Raises Told for others."""
        state, row = invitations.look_up(self.db, code, self.kind)
        if row is not None and row.name in self.authenticator.blocked_users:
            raise Told(403, "This name is blocked", "Please talk to your instructor.")
        if state is State.VALID and not self._is_of_removed_user(row):
            return row
        user = self.current_user
        if state is State.USED and user is not None and user.name == row.name:
            self.redirect(self.way_on(user, self.hub_url("home")))  # the Back button after signing in
            return None
        raise self.spoilt_code(state)

    def spoilt_code(self, state: State) -> Told:
        """403 for a code that never was or was revoked, 410 for one that had its time."""
        status, heading = {
            State.USED: (410, "This link has been used already"),
            State.EXPIRED: (410, "This link has expired"),
        }.get(state, (403, "This link does not work"))
        return Told(status, heading, self.spoilt, "Go to the sign-in page", self.settings["login_url"])

    def claim(self, code: str) -> None:
        """Use the code up, or raise: somebody else was quicker. The caller commits."""
        if not invitations.claim(self.db, code, self.kind):
            self.db.rollback()
            raise self.spoilt_code(invitations.look_up(self.db, code, self.kind)[0])

    def _is_of_removed_user(self, row: Any) -> bool:
        """A code made for a user who was deleted since must not bring the account back."""
        if row.user_id is None:
            return False
        user = self.find_user(row.name)
        return user is None or user.id != row.user_id


def elsewhere(authenticator: Any) -> str:
    """What people know the configured way to sign in by: "Google", or the class's name."""
    return str(authenticator.login_service or type(authenticator).__name__)

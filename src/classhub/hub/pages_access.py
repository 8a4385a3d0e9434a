"""Asking for access (/hub/signup, anybody) and answering (/hub/authorize, the instructor)."""

from typing import Any

from jupyterhub.scopes import needs_scope
from tornado.web import HTTPError, authenticated

from classhub.hub import login_passwords, login_requests
from classhub.hub.handlers_answers import answer_request, make_link
from classhub.hub.invitations import Kind
from classhub.hub.login_brake import Brake, address_key
from classhub.hub.pages import Page, Told

_asking = Brake(burst=60, per_s=300)
"""Requests per address: a whole class behind one address may ask in its first meeting, a script may not go on."""


class SignupPage(Page):
    """A stranger asks. The answer is the same for every name, so that it does not tell who is on the list."""

    async def get(self) -> None:
        self._check_open()
        await self.show("classhub-signup.html", who="", wrong="")

    async def post(self) -> None:
        self._check_open()
        stand_in = self.stand_in
        if _asking.take(address_key(self.request.remote_ip)):
            raise Told(429, "Too many requests at once", "Please try again in a minute.")
        name = stand_in.normalize_username(self.get_body_argument("username", ""))
        if " " in name or not stand_in.validate_username(name):
            await self._show_again("", "This user name cannot be used: take letters, digits and - _ . @ + only.")
            return
        password = self.get_body_argument("password", "", strip=False)
        wrong = stand_in.complaint(password, self.get_body_argument("again", "", strip=False))
        if wrong:
            await self._show_again(name, wrong)
            return
        await self._ask(name, password)
        await self.show("classhub-asked.html", who=name)

    async def _ask(self, name: str, password: str) -> None:
        """Hash first, for every name: the time taken tells nothing. What follows is one step of the hub's loop."""
        stored = await login_passwords.hashed(password)
        if login_requests.is_full(self.db):
            self.log.warning("No room for another request for access: %s are open.", login_requests.MOST_OPEN)
            raise Told(503, "Too many people have asked", "Please tell your instructor, who has to answer them first.")
        if not self.stand_in.is_taken(name):
            login_requests.record(self.db, name, stored)
            self.log.info("%s asks for access.", name)

    async def _show_again(self, name: str, wrong: str) -> None:
        await self.show("classhub-signup.html", 400, who=name, wrong=wrong)

    def _check_open(self) -> None:
        if not self.stand_in.enable_signup:
            raise Told(404, "Asking for access is closed here", "Please talk to your instructor.")


class AuthorizePage(Page):
    """Who asks, with Approve and Decline; and a form that makes an invitation."""

    @authenticated
    @needs_scope("admin:users")
    async def get(self) -> None:
        await self._show()

    @authenticated
    @needs_scope("admin:users")
    async def post(self) -> None:
        action = self.get_body_argument("action", "")
        name = self.get_body_argument("name", "")
        try:
            words = await self._act(action, name)
        except HTTPError as error:
            await self._show(error.status_code, wrong=error.get_message())
        else:
            await self._show(**words)

    async def _act(self, action: str, name: str) -> dict[str, Any]:
        if action == "invite":
            made = make_link(self, name, Kind.INVITATION)
            link = f"{self.request.protocol}://{self.request.host}{made['path']}"
            return {"done": _what_to_do_with(made["name"], self.request.host), "link": link}
        if action not in ("approve", "decline"):
            raise HTTPError(400, "This page does not know what to do.")
        known = await answer_request(self, name, approve=action == "approve")
        return {"done": f"{known} may sign in now." if action == "approve" else f"The request of {known} is declined."}

    async def _show(self, status: int = 200, **words: Any) -> None:
        self.stand_in  # noqa: B018 - says in words that there are no requests here
        await self.show("classhub-requests.html", status, waiting=login_requests.waiting(self.db), **words)


def _what_to_do_with(name: str, host: str) -> str:
    """host: as the browser asked for it, with a port."""
    near = host.partition(":")[0] == "localhost" or host.startswith(("127.", "[::1]"))
    where = " It opens on this machine only, as the hub has no address for others yet." if near else ""
    return f"Send this link to {name}. It works once, for seven days.{where}"

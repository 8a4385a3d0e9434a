"""/hub/change-password: a signed-in person of the stand-in changes the password."""

from tornado.web import authenticated

from classhub.hub import login_passwords
from classhub.hub.pages import Page, Told


class ChangePasswordPage(Page):
    """Every other session of the person ends; this browser stays signed in."""

    @authenticated
    async def get(self) -> None:
        self._check_has_password()
        await self.show("classhub-password.html", wrong="", done="")

    @authenticated
    async def post(self) -> None:
        self._check_has_password()
        name = self.current_user.name
        wrong = await self._change(name)
        if wrong:
            await self.show("classhub-password.html", 400, wrong=wrong, done="")
            return
        await self.log_in(name)
        done = "Your password is changed. Other browsers are signed out."
        await self.show("classhub-password.html", wrong="", done=done)

    async def _change(self, name: str) -> str:
        """The sentence of what is wrong; empty when the password is changed."""
        stand_in = self.stand_in
        stored = stand_in.stored_password(name)
        taken = stand_in.slow_down(self, name, browser="signed in")
        if not await login_passwords.matches(self.get_body_argument("old", "", strip=False), stored):
            return "The present password is wrong."
        stand_in.brake.give_back(taken)
        password = self.get_body_argument("password", "", strip=False)
        wrong = stand_in.complaint(password, self.get_body_argument("again", "", strip=False))
        if wrong:
            return wrong
        new = await login_passwords.hashed(password)
        if stand_in.stored_password(name) != stored:
            return "The password was changed elsewhere just now. Please sign in again."
        stand_in.give_password(name, new)
        return ""

    def _check_has_password(self) -> None:
        """An admin who came by a link may have none yet: an invitation for oneself makes one."""
        if self.stand_in.stored_password(self.current_user.name) is None:
            raise Told(
                409,
                "There is no password to change",
                "You signed in by a link. To choose a password, make an invitation for yourself.",
                *(("Go to requests and invitations", self.hub_url("authorize")) if self.current_user.admin else ()),
            )

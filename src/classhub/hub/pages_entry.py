"""The two pages behind a code: /hub/invitation (choose a password) and /hub/enter (sign in, with any authenticator)."""

from classhub.hub import login_passwords
from classhub.hub.invitations import Kind
from classhub.hub.pages import CodePage


class InvitationPage(CodePage):
    """Makes the account, or gives it a new password, and signs in."""

    kind = Kind.INVITATION
    spoilt = (
        "An invitation works once, for seven days, and only the newest one for a name. If you have chosen a password "
        "already, sign in with it. Otherwise ask your instructor for a new invitation."
    )

    async def get(self) -> None:
        self.stand_in  # noqa: B018 - says in words that there are no invitations here
        code = self.get_argument("code", "")
        row = self.good_row(code)
        if row is not None:
            await self._show(row.name, code)

    async def post(self) -> None:
        stand_in = self.stand_in
        code = self.get_body_argument("code", "")
        row = self.good_row(code)
        if row is None:
            return
        name = row.name
        password = self.get_body_argument("password", "", strip=False)
        again = self.get_body_argument("again", "", strip=False)
        wrong = stand_in.complaint(password, again)
        if wrong:
            await self._show(name, code, wrong)
            return
        stored = await login_passwords.hashed(password)
        self.claim(code)
        stand_in.give_password(name, stored)
        user = await self.log_in(name)
        self.redirect(self.way_on(user))

    async def _show(self, name: str, code: str, wrong: str = "") -> None:
        words = {"who": name, "code": code, "wrong": wrong}
        has_password = self.stand_in.stored_password(name) is not None
        await self.show("classhub-invitation.html", 400 if wrong else 200, has_password=has_password, **words)


class EnterPage(CodePage):
    """Signs in the person who holds the link that `classhub up` or `classhub open` printed."""

    kind = Kind.ENTER
    spoilt = "Such a link works once, for ten minutes. `classhub open` prints a new one."

    async def get(self) -> None:
        code = self.get_argument("code", "")
        row = self.good_row(code)
        if row is not None:
            await self.show("classhub-enter.html", who=row.name, code=code)

    async def post(self) -> None:
        code = self.get_body_argument("code", "")
        row = self.good_row(code)
        if row is None:
            return
        self.claim(code)
        self.db.commit()
        user = await self.log_in(row.name)
        self.redirect(self.way_on(user, self.hub_url("home")))

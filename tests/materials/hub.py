"""The one page of a hub that the mirror asks, /hub/api/user, as JupyterHub 6 answers it; and its bad days."""

import asyncio
from typing import Any

from tornado.web import Application, RequestHandler


class Hub:
    """people: by token, the hub's model of whoever has it. mood: "", "failing", "page" or "silent"."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.mood = ""
        self.slow_s = 0.0
        self.asked: list[str] = []

    def user(self, name: str, *groups: str, admin: bool = False, kind: str = "user") -> str:
        """A token of somebody: of a user the one of the own server."""
        token = f"token-{len(self.people)}-{ascii(name)[1:8]}"
        scopes = [f"access:servers!server={name}/", f"users:activity!user={name}"] if kind == "user" else []
        model = {"kind": kind, "name": name, "groups": list(groups), "admin": admin, "scopes": scopes}
        self.people[token] = {**model, "session_id": None, "token_id": "a1"}
        return token

    def application(self) -> Application:
        return Application([("/hub/api/user", User, {"hub": self})], log_function=lambda _: None)


class User(RequestHandler):
    def initialize(self, hub: Hub) -> None:
        self.hub = hub

    async def get(self) -> None:
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        self.hub.asked.append(token)
        await asyncio.sleep(self.hub.slow_s)
        if self.hub.mood == "silent":
            await asyncio.sleep(60)
        if self.hub.mood == "failing":
            self.set_status(503)
        elif self.hub.mood == "page":
            self.write("<html>A proxy's page</html>")
        elif token in self.hub.people:
            self.write(self.hub.people[token])
        else:
            self.set_status(403)
            self.write({"status": 403, "message": "Forbidden"})

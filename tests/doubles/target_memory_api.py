"""The hub's API in this process: the verbs of outside.hub_api.HubApi."""

from dataclasses import dataclass, field
from typing import Any, Self

from classhub.errors import NotFound, Refused
from classhub.outside.hub_api import AccessRequest, Invitation, Link, Spelling

LINK = "http://127.0.0.1:8000/hub/enter?key=canary-link-7f3a"
TOKEN = "canary-token-9c1e"


@dataclass
class MemoryApi:
    """admins, asking: what a test sets. minted: what was asked of mint_token, for tests to read."""

    target: Any
    admins: set[str] = field(default_factory=set)
    known: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    minted: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""

    def info(self) -> dict[str, Any]:
        return {"version": "6.1.1"}

    def users(self, include_stopped: bool = False) -> list[dict[str, Any]]:
        return [self.user(name) for name in self.known]

    def user(self, name: str) -> dict[str, Any]:
        if name not in self.known:
            raise NotFound("The hub knows no such user, server or request.", fix="classhub users list")
        servers = {server: {"ready": True, "pending": None} for owner, server in self.target.servers if owner == name}
        return {"name": name, "admin": name in self.admins, "servers": servers, "last_activity": None}

    def add_user(self, name: str) -> dict[str, Any]:
        if name in self.known:
            raise Refused("The hub cannot do this as things are.")
        self.known.append(name)
        return self.user(name)

    def remove_user(self, name: str) -> None:
        for server in self.user(name)["servers"]:
            self.stop_server(name, server)
        self.known.remove(name)

    def invite(self, name: str) -> Link:
        if name not in self.invited:
            self.invited.append(name)
        return Link(name, LINK, "2026-09-01T10:00:00+00:00")

    def invitations(self) -> list[Invitation]:
        return [Invitation(name, "2026-09-01T10:00:00+00:00") for name in self.invited]

    def withdraw(self, name: str) -> None:
        self.invited.remove(name)

    def spelling(self, typed: str) -> Spelling:
        return Spelling(typed.lower(), f"{typed!r} cannot be a user name here: it has a slash." if "/" in typed else "")

    def enter_link(self, name: str) -> Link:
        return Link(name, LINK, "2026-09-01T10:00:00+00:00")

    def requests(self) -> list[AccessRequest]:
        return [AccessRequest(name, "2026-09-01T09:00:00+00:00") for name in self.asking]

    def approve(self, name: str) -> str:
        self.decline(name)
        self.add_user(name)
        return name

    def decline(self, name: str) -> None:
        if name not in self.asking:
            raise NotFound("The hub knows no such user, server or request.", fix="classhub users list")
        self.asking.remove(name)

    def start_server(self, user: str, server: str = "") -> bool:
        self.target.start_server(self.user(user)["name"])
        return True

    def stop_server(self, user: str, server: str = "", remove: bool = False) -> bool:
        self.target.servers.pop((user, server), None)
        return True

    def mint_token(
        self, name: str, *, expires_in_s: int, scopes: tuple[str, ...] = (), roles: tuple[str, ...] = (), note: str = ""
    ) -> str:
        self.user(name)
        self.minted.append({"name": name, "expires_in_s": expires_in_s, "scopes": scopes})
        return TOKEN

"""Who is a user of the hub, and who asks to become one. Names come back as the hub normalises them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classhub.errors import NotFound

if TYPE_CHECKING:
    from classhub.outside.hub_api import Link
    from classhub.targets.interface import Target


@dataclass(frozen=True)
class Person:
    name: str
    standing: str
    """"admin", "user", or "asks" for one who waits for approval."""
    servers: int = 0
    """How many of their servers run."""
    last_activity: str = ""
    """ISO 8601, as the hub tells it; for one who asks, since when. Empty when never seen."""


def listing(target: Target) -> list[Person]:
    """Those who ask come first, oldest first; then users by name."""
    with target.api() as api:
        asking = [Person(request.name, "asks", last_activity=request.asked) for request in api.requests()]
        return [*asking, *sorted(map(_person, api.users()), key=lambda person: person.name)]


def invite(target: Target, names: Sequence[str]) -> list[Link]:
    """A single-use link for each name. Refused where people sign in with something real."""
    with target.api() as api:
        return [api.invite(name) for name in names]


def add(target: Target, name: str) -> tuple[str, bool]:
    """Make sure that there is such a user: the name, and whether it is new."""
    with target.api() as api:
        try:
            return str(api.user(name)["name"]), False
        except NotFound:
            return str(api.add_user(name)["name"]), True


def approve(target: Target, name: str) -> str:
    """Let in who asked. NotFound when nobody asked under this name."""
    with target.api() as api:
        return api.approve(name)


def decline(target: Target, name: str) -> None:
    """Forget a request. NotFound when nobody asked under this name."""
    with target.api() as api:
        api.decline(name)


def remove(target: Target, name: str) -> int:
    """Take the user out of the hub; their servers stop first. Gives how many; NotFound for an unknown name."""
    with target.api() as api:
        running = len(api.user(name)["servers"])
        api.remove_user(name)
        return running


def _person(user: Mapping[str, Any]) -> Person:
    standing = "admin" if user["admin"] else "user"
    return Person(user["name"], standing, len(user.get("servers") or ()), user.get("last_activity") or "")

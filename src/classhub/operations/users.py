"""Who is a user of the hub, who is invited, and who asks to become one. Names come back as the hub writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classhub.errors import ClasshubError, NotFound, Refused

if TYPE_CHECKING:
    from classhub.outside.hub_api import HubApi, Link
    from classhub.targets.interface import Target


HERE_ONLY = (
    "This link works in a browser on this machine only: the hub has no address that others reach. "
    "Give it one (local.address and local.host in config/classhub.yaml), then invite."
)


@dataclass(frozen=True)
class Person:
    name: str
    standing: str
    """"admin", "user", "asks" for one who waits for approval, or "invited" for an invitation that nobody used yet."""
    servers: int = 0
    """How many of their servers run."""
    last_activity: str = ""
    """ISO 8601, as the hub tells it; for one who asks, since when. Empty when never seen."""
    invited_until: str = ""
    """ISO 8601; for an invitation only."""

    @property
    def is_user(self) -> bool:
        return self.standing in ("admin", "user")


def listing(target: Target) -> list[Person]:
    """Those who ask come first, oldest first; then open invitations and users, each by name."""
    with target.api() as api:
        asking = [Person(request.name, "asks", last_activity=request.asked) for request in api.requests()]
        invited = [Person(open_.name, "invited", invited_until=open_.expires) for open_ in api.invitations()]
        return [*asking, *invited, *sorted(map(_person, api.users()), key=lambda person: person.name)]


def invite(target: Target, names: Sequence[str]) -> list[Link]:
    """A single-use link for each name. Refused where people sign in with something real.

    All names are looked at first: a link that is made revokes an earlier one, and nobody would see it.
    """
    with target.api() as api:
        if wrong := [spelling.wrong for spelling in map(api.spelling, names) if spelling.wrong]:
            raise Refused(" ".join(wrong))
        return [api.invite(name) for name in names]


def open_here_only(links: Iterable[Link]) -> bool:
    """They lead to the loopback: on the student's own machine nothing answers there."""
    hosts = {urlsplit(link.url).hostname or "" for link in links}
    return any(host in ("localhost", "::1") or host.startswith("127.") for host in hosts)


def add(target: Target, name: str) -> tuple[str, bool]:
    """Make sure that there is such a user: the name, and whether it is new."""
    with target.api() as api:
        spelling = api.spelling(name)
        if spelling.wrong:
            raise Refused(spelling.wrong)
        try:
            return str(api.user(spelling.name)["name"]), False
        except NotFound:
            return str(api.add_user(spelling.name)["name"]), True


def approve(target: Target, name: str) -> tuple[str, bool]:
    """Let in who asked: the name, and whether that is new. NotFound when nobody asked, and nobody is in, under this name."""
    with target.api() as api:
        try:
            return api.approve(_asking(api, name)), True
        except NotFound:
            written = api.spelling(name).name
            if written not in [user["name"] for user in api.users()]:
                raise
            return written, False


def decline(target: Target, name: str) -> str:
    """Forget a request. NotFound when nobody asked under this name."""
    with target.api() as api:
        asking = _asking(api, name)
        api.decline(asking)
        return asking


def find(target: Target, name: str) -> Person:
    """The user of that name, else the open invitation; NotFound names the near ones."""
    people = {person.name: person for person in listing(target) if person.standing != "asks"}
    with target.api() as api:
        return people[_meant(api, name, people, "There is no user and no invitation named")]


def named(api: HubApi, typed: str) -> str:
    """The user that was meant, as the hub writes the name; NotFound names the near ones."""
    return _meant(api, typed, [str(user["name"]) for user in api.users()], "There is no user named")


def refuse_unseen(typed: str, person: Person) -> None:
    """Before what is done unasked. Raises Refused when `typed` leads to another name: username_map may make bob alice."""
    if typed.strip().casefold() != person.name.casefold():
        raise Refused(
            f"{typed!r} is {person.name!r} on this hub: nothing was changed.",
            "username_map or username_pattern of the configured login says so",
            f"give the name as `classhub users list` shows it: classhub users remove {quote(person.name)} --yes",
        )


def listed(folder: Path, environ: Mapping[str, str], name: str) -> str:
    """Where config.yaml lists this name, as "hub.config.Authenticator.admin_users"; empty where it does not, or has mistakes."""
    from classhub.config.load import load
    from classhub.config.meaning.found import trait
    from classhub.config.spelling import dotted

    try:
        config = load(folder, environ)
    except ClasshubError:
        return ""
    for key, names in (("admin_users", config.login.admins), ("allowed_users", config.login.allowed)):
        where, value = trait(config.values, config.login.sections, key)
        if name in names and value:
            return dotted(where)
    return ""


def remove(target: Target, person: Person) -> int:
    """Take a user out of the hub, with any invitation; their servers stop first. Or withdraw an invitation.

    Gives how many servers stopped.
    """
    with target.api() as api:
        if not person.is_user:
            api.withdraw(person.name)
            return 0
        running = len(api.user(person.name)["servers"])
        api.remove_user(person.name)
        return running


def _asking(api: HubApi, name: str) -> str:
    return _meant(api, name, [request.name for request in api.requests()], "Nobody asks for access under the name")


def _meant(api: HubApi, typed: str, known: Collection[str], none: str) -> str:
    """The known name that was typed: letter for letter, else as the hub writes it. Raises NotFound."""
    written = typed if typed in known else api.spelling(typed).name
    if written in known:
        return written
    near = get_close_matches(written, known, n=3)
    raise NotFound(f"{none} {typed!r}.", f"did you mean {' or '.join(near)}?" if near else "", "classhub users list")


def _person(user: Mapping[str, Any]) -> Person:
    standing = "admin" if user["admin"] else "user"
    return Person(user["name"], standing, len(user.get("servers") or ()), user.get("last_activity") or "")

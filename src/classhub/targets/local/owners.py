"""Whose hub is in a state folder, and what another account can do: a hub belongs to the account that started it first."""

import os
from pathlib import Path
from shlex import quote

from classhub.errors import ClasshubError, OutsideFailed, Refused
from classhub.walls import names, uids

COPY = "/srv/classhub"
"""Where a copy goes that root starts."""


def owner_of(state: Path) -> int:
    """Whose hub this is; our own account's before there is one."""
    try:
        return state.stat().st_uid
    except OSError:
        return os.geteuid()


def foreign_owner(state: Path) -> str:
    """The account whose hub this is, when it is not ours; else empty."""
    uid = owner_of(state)
    return "" if uid == os.geteuid() else account(uid)


def account(uid: int) -> str:
    """Its name, or its number."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def sudo_as(state: Path) -> str:
    """How root becomes the owner; an account without a name is given by its number."""
    return _sudo(account(owner_of(state)))


def _sudo(owner: str) -> str:
    return f"sudo -u '#{owner.removeprefix('uid ')}'" if owner.startswith("uid ") else f"sudo -u {owner}"


def refuse_foreign(state: Path, command: str) -> None:
    """Raises Refused for another account's hub, which root sees: what root started or wrote there would stay root's."""
    if owner := foreign_owner(state):
        raise Refused(
            f"This hub belongs to {owner}, and you are {account(os.geteuid())}: only {owner} starts, stops and changes it.",
            cause=f"{state} is {owner}'s; what another account wrote there could not be read by {owner} any more",
            fix=f"do it as {owner}: {sudo_as(state)} {command}",
        )


def has_run(state: Path) -> bool:
    """A hub was started in this folder before: there is more in it than what an `up` that was refused leaves."""
    homes = state / "homes"
    return (state / "hub.json").exists() or (homes.is_dir() and any(homes.iterdir()))


def as_root(state: Path) -> str:
    """What an ordinary user does to have the hub started by root."""
    if not state.exists() or not any(state.iterdir()):
        return "start it as root: sudo make up"
    if not has_run(state):
        return f"start it as root: sudo chown -hR root {quote(str(state))} && sudo make up"
    return f"a hub belongs to one account, and this one is yours: go on alone, or {in_a_copy(state, 'sudo ')}"


def in_a_copy(state: Path, sudo: str) -> str:
    """The settings of this folder, started by root beside it. sudo: "sudo ", or empty for root itself."""
    folder = state.parent
    if not (folder / "Makefile").exists():
        return f"copy {quote(str(folder / 'config'))} into a folder of its own, and start that as root"
    copied = f"tar -c --exclude=./.classhub --exclude=./.venv -C {quote(str(folder))} ."
    return (
        "start a copy of this folder as root (accounts and homes stay behind here):\n  "
        f"{sudo}mkdir {COPY} && {sudo}{copied} | {sudo}tar -x --no-same-owner -C {COPY} && {sudo}make -C {COPY} up"
    )


def foreign(folder: Path, owner: int) -> OutsideFailed:
    """For a folder of the hub that another account made: all that is needed, at once."""
    me, other = account(os.geteuid()), account(owner)
    return OutsideFailed(
        f"{folder} belongs to {other}, not to the account that runs ClassHub ({me}).",
        cause="the hub was started by another account before (as root, with sudo?), or the folder was copied",
        fix=f"start it as {other}{_ways(folder, other, me)}",
    )


def _ways(folder: Path, other: str, me: str) -> str:
    """To go on as `other`, or as ourselves."""
    if os.geteuid() != 0:
        return f", or hand the folder over: sudo chown -R {me} {quote(str(folder))}"
    if folder.name != ".classhub":
        return f", or hand the folder over: chown {me} {quote(str(folder))}"
    homes = _homes(folder)
    if has_run(folder) and not homes:
        return f" ({_sudo(other)} classhub up), or {in_a_copy(folder, '')}"
    return "\n  ".join([", or hand the folder over:", *_hand_over(folder, me, homes)])


def _hand_over(state: Path, me: str, homes: dict[str, int]) -> list[str]:
    """Commands: what is the hub's to us, each home to its student."""
    inside = quote(str(state / "homes"))
    ours = f"find {quote(str(state))} -path {inside}/'*' -prune -o -exec chown -h {me} {{}} +"
    return [ours, *(f"chown -hR {uid}:{uid} {quote(home)}" for home, uid in homes.items())]


def _homes(state: Path) -> dict[str, int]:
    """Homes whose students have accounts of their own: root had this hub once."""
    try:
        known = uids.users(state / "uids.json")
    except (ClasshubError, OSError):
        return {}
    places = {str(state / "homes" / names.slug(user)): uid for user, uid in known.items()}
    return {place: uid for place, uid in places.items() if os.path.lexists(place)}

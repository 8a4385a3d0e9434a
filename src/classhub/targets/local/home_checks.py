"""Are the homes there, and do they belong to their students? Looks only; nothing is handed over or made."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from stat import S_IRWXU

from classhub.errors import ClasshubError, Refused
from classhub.plan.checks import Check
from classhub.targets.local.paths import Paths
from classhub.walls import machine_uids, names, uids

NAMED = 3


def owners(paths: Paths) -> Check:
    """As root: every home belongs to the uid that the map says, or its student's server does not start."""
    try:
        known = uids.users(paths.uids_json)
    except ClasshubError as error:
        return Check("homes", error.what, error.fix)
    wrong = {user: uid for user, uid in known.items() if _owner(paths, user) not in (None, uid)}
    if not wrong:
        return _closed(paths, known) or Check("homes", seen=f"each belongs to its student ({paths.homes})")
    count = f"{len(wrong)} home{' belongs' if len(wrong) == 1 else 's belong'}"
    commands = [f"chown -hR {uid}:{uid} {quote(_home(paths, user))}" for user, uid in wrong.items()]
    return Check(
        "homes",
        f"{count} to another account than the student's, whose server cannot start: {_first(wrong)}",
        "\n  ".join(["hand over:", *commands]),
    )


def _closed(paths: Paths, users: Iterable[str]) -> Check | None:
    """What a student can do to the own home, and cannot undo without a server. None when none is."""
    closed = [user for user in users if (found := _status(paths, user)) and found.st_mode & S_IRWXU != S_IRWXU]
    if not closed:
        return None
    count = f"{len(closed)} home{' is' if len(closed) == 1 else 's are'}"
    homes = " ".join(quote(_home(paths, user)) for user in closed)
    return Check(
        "homes",
        f"{count} closed to the student whose it is: {_first(closed)}",
        f"nothing: the next start of the server opens it. Or now: chmod u+rwx {homes}",
        warning=True,
    )


def accounts(paths: Paths) -> Check:
    """As root: no student has the uid of a student of another hub on this machine."""
    try:
        shared = uids.shared(paths.uids_json, machine_uids.path())
        if not shared:
            return Check("accounts", seen="no student has the account number of another hub's student")
        return Check("accounts", _shared(shared), _parting(paths, shared))
    except ClasshubError as error:
        return Check("accounts", error.what, error.fix)


def first_lines(paths: Paths) -> list[str]:
    """For the beginning of `up`: two students with one account can read each other's files."""
    try:
        shared = uids.shared(paths.uids_json, machine_uids.path())
    except ClasshubError:
        return []  # `up` says so itself, and goes no further
    return [f"{_shared(shared)}. `classhub doctor` says how to part them."] if shared else []


def _shared(shared: Mapping[Path, list[str]]) -> str:
    users = _users(shared)
    others = " and ".join(str(other.parent) for other in shared)
    have = "student of this hub has" if len(users) == 1 else "students of this hub have"
    return (
        f"{len(users)} {have} the account number of a student of another hub on this machine ({others}), and each can "
        f"read and change the other's files: {_first(users)}"
    )


def _users(shared: Mapping[Path, list[str]]) -> list[str]:
    return list(dict.fromkeys(user for users in shared.values() for user in users))


def _parting(paths: Paths, shared: Mapping[Path, list[str]]) -> str:
    """The number alone finds the line, as each stands in the map once."""
    known, users = uids.users(paths.uids_json), _users(shared)
    fresh = uids.unused(paths.uids_json, machine_uids.path(), len(users))
    files = f"{quote(str(paths.uids_json))} {quote(f'{paths.uids_json}.copy')}"
    commands = [
        f"sed -i 's/: {known[user]}\\(,*\\)$/: {uid}\\1/' {files}"
        + (f" && chown -hR {uid}:{uid} {quote(_home(paths, user))}" if _owner(paths, user) is not None else "")
        for user, uid in zip(users, fresh, strict=True)
    ]
    return "\n  ".join(
        [
            "give them new numbers, here or in the other hub, not in both. First `classhub down` in both; then:",
            *commands,
            "classhub up",
        ]
    )


def _first(users: Iterable[str]) -> str:
    named = list(users)
    return ", ".join(named[:NAMED]) + (" and others" if len(named) > NAMED else "")


def refuse_vanished(paths: Paths) -> None:
    """Raises Refused for an empty folder where homes were: work would pile up beneath a disk that is not mounted."""
    known = uids.users(paths.uids_json)
    there = paths.homes.is_dir()
    if not known or (there and any(paths.homes.iterdir())):
        return
    homes = quote(str(paths.homes))
    raise Refused(
        f"{paths.homes} is {'empty' if there else 'not there'}, and {_students(known)} of this hub had homes there.",
        cause="a disk that is not mounted, or homes.folder in config/classhub.yaml names another place than before",
        fix=f"mount it, or correct homes.folder (`findmnt --target {homes}` shows what is there now). "
        f"If the homes are really gone, begin with new ones:\n  touch {homes}/.begin && classhub up",
    )


def _students(known: Mapping[str, int]) -> str:
    return f"{len(known)} student{'s' if len(known) != 1 else ''}"


def _home(paths: Paths, user: str) -> str:
    return str(paths.homes / names.slug(user))


def _owner(paths: Paths, user: str) -> int | None:
    """None: no home yet."""
    found = _status(paths, user)
    return found.st_uid if found else None


def _status(paths: Paths, user: str) -> os.stat_result | None:
    try:
        return os.lstat(_home(paths, user))
    except OSError:
        return None

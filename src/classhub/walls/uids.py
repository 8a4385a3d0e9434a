"""One user, one uid: a locked map on disk. A uid, once given, is never given to anybody else, by no hub of this machine.

The map holds for as long as the homes do: files on disk carry these numbers.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

from classhub.errors import ClasshubError, OutsideFailed
from classhub.walls import durable, machine_uids

FIRST = 50001
RESERVED = range(60001, 65536)  # systemd's dynamic and homed accounts, nobody: systemd.io/UIDS-GIDS
LAST = machine_uids.LARGEST


def uid_for(map_file: Path, user: str, first: int = FIRST, machine: Path | None = None) -> int:
    """This user's uid (the gid is the same number), given now when there is none yet. machine: see machine_uids.py.

    Raises ClasshubError when the map is damaged or lost, OutsideFailed when it cannot be written. What is wrong with the
    machine's record concerns new users only.
    """
    try:
        with durable.locked(map_file) as highest_file:
            given = users(map_file)
            if user not in given:
                given[user] = _next(map_file, given, first, machine)
                durable.write(map_file, given)
                _remember(highest_file, max(given.values()))
            elif machine is not None:
                with suppress(ClasshubError):
                    _register(map_file, given, machine)
    except OSError as error:
        raise OutsideFailed(
            f"The map of users to uids, {map_file}, cannot be used: {error.strerror}.",
            fix=f"look at the folder and its disk: ls -ld {map_file.parent}; df -h {map_file.parent}",
        ) from error
    return given[user]


def users(map_file: Path) -> dict[str, int]:
    """Everybody who was ever given a uid. Empty before the first; raises ClasshubError when damaged or lost."""
    highest = _highest(map_file)  # before the map: a writer in between then only makes the map newer
    try:
        return _read(map_file, highest)
    except (FileNotFoundError, NotADirectoryError):
        if highest:
            raise _damaged(map_file, f"it is gone, and uids up to {highest} were given") from None
        return {}
    except ValueError as error:
        raise _damaged(map_file, str(error)) from error


def register(map_file: Path, machine: Path) -> None:
    """Make this map known to the other hubs of the machine. Raises as uid_for."""
    if given := users(map_file):
        _register(map_file, given, machine)


def shared(map_file: Path, machine: Path) -> dict[Path, list[str]]:
    """Our users whose uid is somebody else's in another hub of this machine, by that hub's map. Looks only.

    Hubs that gave uids before there was a record, or were moved here from another machine. Raises ClasshubError.
    """
    own, found = users(map_file), {}
    for other in sorted(machine_uids.read(machine).maps - {map_file}):
        with suppress(ClasshubError):  # that hub says so itself
            theirs = {uid: user for user, uid in users(other).items()}
            found[other] = [user for user, uid in own.items() if theirs.get(uid, user) != user]
    return {other: same for other, same in found.items() if same}


def unused(map_file: Path, machine: Path, count: int) -> list[int]:
    """As many uids as nobody on this machine was given; they are not given by this."""
    highest = max(machine_uids.read(machine).highest, *users(map_file).values(), FIRST - 1)
    free: list[int] = []
    while len(free) < count:
        free.append(_free(1 + (free[-1] if free else highest)))
    return free


def _next(map_file: Path, given: dict[str, int], first: int, machine: Path | None) -> int:
    def choose(highest: int) -> int:
        return _free(max(first, highest + 1))

    own_highest = max(given.values(), default=0)
    return choose(own_highest) if machine is None else machine_uids.give(machine, map_file, own_highest, choose)


def _register(map_file: Path, given: dict[str, int], machine: Path) -> None:
    machine_uids.register(machine, map_file, max(given.values()))


def is_ours(uid: int) -> bool:
    """It can be a student's: of the range that is given out, and no account or group of this machine."""
    return FIRST <= uid <= LAST and uid not in RESERVED and not _is_taken(uid)


def _read(path: Path, highest: int) -> dict[str, int]:
    """Raises ValueError, which says what is wrong with it."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    if not isinstance(given, dict) or not all(type(uid) is int and 0 < uid <= LAST for uid in given.values()):
        raise ValueError("it is not a mapping of names to numbers")
    if len(set(given.values())) != len(given):
        raise ValueError("two users have the same uid")
    if max(given.values(), default=0) < highest:
        raise ValueError(f"it is older than the uid {highest}, the last that was given")
    return given


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _free(uid: int) -> int:
    while uid in RESERVED or _is_taken(uid):
        uid = RESERVED.stop if uid in RESERVED else uid + 1
    return uid


def _is_taken(uid: int) -> bool:
    """The machine has an account or a group of this number."""
    for ask in (pwd.getpwuid, grp.getgrgid):
        try:
            ask(uid)
        except KeyError:
            continue
        return True
    return False


def _highest(map_file: Path) -> int:
    try:
        text = durable.lock_of(map_file).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return 0
    return int(text) if text.isdecimal() else 0


def _remember(fd: int, uid: int) -> None:
    os.pwrite(fd, f"{uid:>10}\n".encode(), 0)
    os.fsync(fd)


def _damaged(map_file: Path, how: str) -> ClasshubError:
    return ClasshubError(
        f"The map of users to uids, {map_file}, is damaged: {how}.",
        cause="an edit by hand, a restored older copy, or a disk fault; a new map would hand homes to other users.",
        fix=_way_back(map_file),
    )


def _way_back(map_file: Path) -> str:
    """One command where our copy is sound, else two."""
    return durable.restored(map_file, lambda copy: _read(copy, _highest(map_file))) or (
        f"restore {map_file.name} from a backup of {quote(str(map_file.parent))}; "
        "`classhub doctor` then names the homes that do not fit"
    )

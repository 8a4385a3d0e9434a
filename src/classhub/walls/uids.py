"""One user, one uid: a locked map on disk. A uid, once given, is never given to anybody else.

The map holds for as long as the homes do: files on disk carry these numbers.
"""

from __future__ import annotations

import fcntl
import grp
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from classhub.errors import ClasshubError, OutsideFailed

FIRST = 50001
RESERVED = range(60001, 65536)  # systemd's dynamic and homed accounts, nobody: systemd.io/UIDS-GIDS
LAST = 2**31 - 2


def uid_for(map_file: Path, user: str, first: int = FIRST) -> int:
    """This user's uid (the gid is the same number), given now when there is none yet.

    Raises ClasshubError when the map is damaged or lost, OutsideFailed when it cannot be written.
    """
    try:
        with _locked(map_file) as highest_file:
            given = users(map_file)
            if user not in given:
                given[user] = _free(max(first, 1 + max(given.values(), default=0)))
                _write(map_file, given)
                _remember(highest_file, max(given.values()))
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
    except FileNotFoundError:
        if highest:
            raise _damaged(map_file, f"it is gone, and uids up to {highest} were given") from None
        return {}
    except ValueError as error:
        raise _damaged(map_file, str(error)) from error


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


@contextmanager
def _locked(map_file: Path) -> Iterator[int]:
    """Yields the descriptor of the lock file, which also holds the highest uid ever given."""
    fd = os.open(_lock_file(map_file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def _lock_file(map_file: Path) -> Path:
    return map_file.with_name(map_file.name + ".lock")


def _highest(map_file: Path) -> int:
    try:
        text = _lock_file(map_file).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return 0
    return int(text) if text.isdecimal() else 0


def _remember(fd: int, uid: int) -> None:
    os.pwrite(fd, f"{uid:>10}\n".encode(), 0)
    os.fsync(fd)


def _write(map_file: Path, given: dict[str, int]) -> None:
    """The map, then a copy of it for whoever damages the map."""
    for path in (map_file, _copy_of(map_file)):
        _put(path, given)


def _copy_of(map_file: Path) -> Path:
    return map_file.with_name(map_file.name + ".copy")


def _put(path: Path, given: dict[str, int]) -> None:
    """Beside it, to the disk, then in its place: a power cut leaves the old file or the new one."""
    part = path.with_name(path.name + ".part")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        json.dump(given, stream, indent=1)
        stream.write("\n")
        stream.flush()
        os.fsync(fd)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _damaged(map_file: Path, how: str) -> ClasshubError:
    return ClasshubError(
        f"The map of users to uids, {map_file}, is damaged: {how}.",
        cause="an edit by hand, a restored older copy, or a disk fault; a new map would hand homes to other users.",
        fix=_way_back(map_file),
    )


def _way_back(map_file: Path) -> str:
    """One command where our copy is sound, else two."""
    copy = _copy_of(map_file)
    try:
        _read(copy, _highest(map_file))
    except (OSError, ValueError):
        folder = quote(str(map_file.parent))
        return (
            f"restore {map_file.name} from a backup of {folder}; `classhub doctor` then names the homes that do not fit"
        )
    return f"restore our copy: cp -p {quote(str(copy))} {quote(str(map_file))}"

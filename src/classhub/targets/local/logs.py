"""Log files: kept small, read from the end, followed."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from classhub.hub.files import keep_newest
from classhub.hub.home import LOG_BYTES as USER_LOG_BYTES

PART_LOG_BYTES = 10 * 2**20
LINE_BYTES = 64 * 1024
"""A longer line is shown in pieces."""


async def keep_small(folder: Path) -> None:
    """For ever: what grew too large moves to NAME.1 (its older half is dropped). Writers append, so that nothing is lost on their side."""
    while True:
        await asyncio.sleep(20)
        await asyncio.to_thread(shrink_all, folder)


def shrink_all(folder: Path) -> None:
    """One pass over parts' and users' logs. One that cannot be shrunk does not keep the others from it."""
    users = folder / "users"
    for path in [*folder.glob("*.log"), *users.glob("*.log")]:
        with suppress(OSError):
            if path.stat().st_size > _limit(path):
                _shrink(path, _limit(path))
    for path in users.glob("*.log.previous"):
        with suppress(OSError):
            keep_newest(path, USER_LOG_BYTES)  # what a student left running may write there still


def _limit(path: Path) -> int:
    return USER_LOG_BYTES if path.parent.name == "users" else PART_LOG_BYTES


def _shrink(path: Path, limit: int) -> None:
    """Keep the newest `limit` bytes in NAME.1 and empty NAME, which its writer holds open.

    On a full disk the newest half stays in NAME itself: that needs no room, and gives some back.
    """
    older = path.with_suffix(".1.log") if path.parent.name != "users" else path.with_name(f"{path.name}.old")
    with path.open("rb+") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - limit))
        newest = file.read(limit)
        try:
            _replace(older, newest)
            newest = b""
        except OSError:
            newest = newest[-limit // 2 :]
        file.seek(0)
        file.write(newest)
        file.truncate()


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.chmod(0o600)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def tail(path: Path, lines: int, most_bytes: int = 256 * 1024) -> list[str]:
    """The last lines of a file; none when it is not there."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most_bytes))
            return file.read(most_bytes).decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def read_lines(path: Path, follow: bool) -> Iterator[str]:
    """The lines of its newest part, all of a log that was kept small; with follow, for ever also those that come, through
    truncation and replacement.
    """
    with path.open("rb") as file:
        rest = b""
        end = None if follow else os.fstat(file.fileno()).st_size
        while True:
            _catch_up(file, _limit(path))
            chunk = file.read(LINE_BYTES if end is None else max(0, min(LINE_BYTES, end - file.tell())))
            if chunk:
                *lines, rest = (rest + chunk).split(b"\n")
                yield from map(_text, lines)
                if len(rest) > LINE_BYTES:
                    yield _text(rest)
                    rest = b""
                continue
            if not follow or _was_replaced(path, file.fileno()):
                break
            time.sleep(0.2)
    if rest:
        yield _text(rest)
    if follow:
        yield from read_lines(path, follow)


def _catch_up(file: BinaryIO, limit: int) -> None:
    """To the beginning of one that was cut; past what is older than the newest `limit` bytes."""
    size, place = os.fstat(file.fileno()).st_size, file.tell()
    if place > size:
        file.seek(0)
    elif size - place > limit:
        file.seek(size - limit)


def _text(line: bytes) -> str:
    """Without the holes of a sparse file."""
    return line.replace(b"\0", b"").decode(errors="replace")


def _was_replaced(path: Path, fd: int) -> bool:
    try:
        return path.stat().st_ino != os.fstat(fd).st_ino
    except FileNotFoundError:
        return False

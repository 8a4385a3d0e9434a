"""Small JSON files that outlive power cuts: one writer at a time, whole or not at all, with a copy beside them."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any


@contextmanager
def locked(file: Path) -> Iterator[int]:
    """Yields the descriptor of the lock file. Raises OSError."""
    fd = os.open(lock_of(file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def lock_of(file: Path) -> Path:
    return file.with_name(file.name + ".lock")


def copy_of(file: Path) -> Path:
    return file.with_name(file.name + ".copy")


def write(file: Path, value: Mapping[str, Any]) -> None:
    """The file, then a copy of it for whoever damages the file. 0600. Raises OSError."""
    for path in (file, copy_of(file)):
        _put(path, value)


def restored(file: Path, read: Callable[[Path], object]) -> str:
    """The command, for people, that puts the copy in the file's place; empty where that is no sound one.

    read: raises OSError or ValueError for a copy that is of no use.
    """
    copy = copy_of(file)
    try:
        read(copy)
    except (OSError, ValueError):
        return ""
    return f"restore our copy: cp -p {quote(str(copy))} {quote(str(file))}"


def _put(path: Path, value: Mapping[str, Any]) -> None:
    """Beside it, to the disk, then in its place: a power cut leaves the old file or the new one."""
    part = path.with_name(path.name + ".part")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=1)
        stream.write("\n")
        stream.flush()
        os.fsync(fd)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""Take files from a folder that somebody else could write to, as root: no link is followed, nothing is waited for.

Whoever owns the folder may still be at work on it. What he could put there at any moment is a folder or a plain file of his
own, or is left out.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_FILES = 100_000
DEEPEST = 50
LISTED = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class TooMuch(Exception):
    """More bytes, files or folders in each other than will be taken."""


@contextmanager
def opened(name: str | Path, owner: int | None, inside: int | None = None) -> Iterator[int | None]:
    """None for what is no plain file of this owner (None: of anybody), as a link or a pipe."""
    try:
        handle = os.open(name, READ, dir_fd=inside)
    except OSError:
        yield None
        return
    try:
        found = os.fstat(handle)
        yield handle if stat.S_ISREG(found.st_mode) and owner in (None, found.st_uid) else None
    finally:
        os.close(handle)


def read(path: Path, most: int, owner: int | None = None) -> bytes | None:
    """None for what is no plain file, or a larger one."""
    with opened(path, owner) as handle:
        if handle is None or os.fstat(handle).st_size > most:
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read(most + 1)
    return data if len(data) <= most else None


class Copy:
    """Of a folder's plain files, into an empty folder of ours. `names`: paths in it, sorted."""

    def __init__(self, owner: int, most_bytes: int) -> None:
        self.names: list[str] = []
        self._owner = owner
        self._left = most_bytes
        self._most = MOST_FILES

    def take(self, source: Path, into: Path) -> None:
        """Read-only for all, and ours. Raises OSError when `source` is no folder, TooMuch."""
        handle = os.open(source, LISTED)
        try:
            self._folder(handle, into, "", DEEPEST)
        finally:
            os.close(handle)
        self.names.sort()

    def _folder(self, source: int, into: Path, below: str, deeper: int) -> None:
        for name in os.listdir(source):
            self._most -= 1
            if self._most < 0 or not deeper:
                raise TooMuch
            kind = _kind(source, name)
            if kind == stat.S_IFDIR:
                self._below(source, name, into / name, f"{below}{name}/", deeper - 1)
            elif kind == stat.S_IFREG:
                self._file(source, name, into / name, below + name)

    def _below(self, source: int, name: str, into: Path, below: str, deeper: int) -> None:
        try:
            handle = os.open(name, LISTED, dir_fd=source)
        except OSError:
            return
        try:
            into.mkdir(0o700)
            self._folder(handle, into, below, deeper)
        finally:
            os.close(handle)
        into.chmod(0o555)

    def _file(self, source: int, name: str, into: Path, path: str) -> None:
        with opened(name, self._owner, source) as handle:
            if handle is None:
                return
            found = os.fstat(handle)
            with into.open("xb") as file:
                while piece := os.read(handle, 1 << 20):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise TooMuch
                    file.write(piece)
        into.chmod(0o555 if found.st_mode & stat.S_IXUSR else 0o444)
        self.names.append(path)


def _kind(folder: int, name: str) -> int:
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return 0


def remove(folder: Path) -> None:
    """With all that is in it, read-only folders too. What was swapped for a link is not followed."""
    if os.geteuid() != 0:  # root may enter what is closed; as anybody else all of it is ours
        for inside, folders, _ in os.walk(folder):
            for path in (Path(inside), *(Path(inside, name) for name in folders)):
                if not path.is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)

"""What lies in a student's course folder, seen without following a link and without reading what was read before.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple, Optional

from classhub.materials import disk, names
from classhub.materials.merge import Leaf, Version
from classhub.materials.placing import Place
from classhub.materials.record import RACY_NS, Known, Record, print_of

UNREADABLE = (errno.EACCES, errno.EPERM, errno.EIO)


class InTheWay(Exception):
    """Where a folder should be lies something else, at `path`."""

    def __init__(self, path: str, leaf: Leaf) -> None:
        super().__init__(path)
        self.path = path
        self.leaf = leaf


class Sight(NamedTuple):
    """What lies at one path. error: why it cannot be seen. way: what lies where its folder should be."""

    path: str
    local: Version = None
    mode: int = 0
    way: Optional[InTheWay] = None  # noqa: UP045  evaluated by Python 3.9
    error: Optional[OSError] = None  # noqa: UP045


def split(path: str) -> tuple[str, bytes]:
    """Folder and name."""
    folder, _, name = path.rpartition("/")
    return folder, names.to_bytes(name)


def open_below(root: int, folder: str, made: set[str] | None = None) -> int:
    """made: what is missing is made, and named there.

    Raises FileNotFoundError, InTheWay, or OSError for a folder that may not be entered.
    """
    opened = disk.again(root)
    walked = ""
    for part in folder.split("/") if folder else []:
        walked = f"{walked}/{part}" if walked else part
        try:
            below = _enter(opened, walked, names.to_bytes(part), made)
        finally:
            disk.close(opened)
        opened = below
    return opened


def _enter(folder: int, path: str, name: bytes, made: set[str] | None) -> int:
    try:
        return disk.enter(folder, name)
    except FileNotFoundError:
        if made is None:
            raise
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        raise InTheWay(path, _leaf_in_the_way(folder, name)) from None
    with suppress(FileExistsError):
        disk.make_folder(folder, name)
        made.add(path)
    return disk.enter(folder, name)


def _leaf_in_the_way(folder: int, name: bytes) -> Leaf:
    try:
        return leaf_at(Place(folder, name)) or Leaf("odd")
    except disk.Changed:
        return Leaf("odd")


def look_at(root: int, path: str) -> os.stat_result | None:
    """Of the thing itself; None for nothing, and for what cannot be seen."""
    folder, name = split(path)
    try:
        opened = open_below(root, folder)
    except (OSError, InTheWay):
        return None
    try:
        return disk.look(opened, name)
    except OSError:
        return None
    finally:
        disk.close(opened)


def leaf_at(place: Place, known: Known | None = None, settled_ns: int = 0) -> Version:
    """known: what was seen there before, for which a file of the same times, size and inode is not read again.

    settled_ns: the disk's own time at the begin of this run.
    """
    found = disk.look(*place)
    return None if found is None else _leaf(place, found, known, settled_ns)


def _leaf(place: Place, found: os.stat_result, known: Known | None, settled_ns: int) -> Leaf:
    if stat.S_ISREG(found.st_mode):
        if known is not None and known.print == print_of(found):
            return Leaf("file", known.seen)
        return _hashed(place, known, settled_ns)
    if stat.S_ISLNK(found.st_mode):
        return Leaf("link", sha256(disk.target(*place)).hexdigest())
    return Leaf("folder") if stat.S_ISDIR(found.st_mode) else Leaf("odd")


def _hashed(place: Place, known: Known | None, settled_ns: int) -> Leaf:
    try:
        descriptor = disk.open_file(*place)
    except OSError as error:
        if error.errno in UNREADABLE:
            return Leaf("odd")
        raise
    try:
        found = disk.state_of(descriptor)
        digest = disk.digest(descriptor)
    except OSError as error:
        if error.errno in UNREADABLE:
            return Leaf("odd")
        raise
    finally:
        disk.close(descriptor)
    if known is not None:
        known.seen = digest
        # A program may set the time of what it writes; that of the last change of state it cannot.
        written_ns = max(found.st_mtime_ns, found.st_ctime_ns)
        known.print = print_of(found) if written_ns + RACY_NS < settled_ns else None
    return Leaf("file", digest)


def survey(root: int, paths: Iterable[str], record: Record, settled_ns: int) -> Iterator[Sight]:
    """Each folder is opened once."""
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    for folder, found in by_folder.items():
        try:
            opened = open_below(root, folder)
        except FileNotFoundError:
            yield from map(Sight, found)
        except InTheWay as way:
            yield from (Sight(path, way=way) for path in found)
        except OSError as error:
            yield from (Sight(path, error=error) for path in found)
        else:
            try:
                for path in found:
                    yield _sight(opened, path, record, settled_ns)
            finally:
                disk.close(opened)


def _sight(folder: int, path: str, record: Record, settled_ns: int) -> Sight:
    place = Place(folder, names.to_bytes(path.rpartition("/")[2]))
    known = record.paths.get(path)
    before = known.print if known else None
    try:
        found = disk.look(*place)
        if found is None:
            return Sight(path)
        leaf = _leaf(place, found, known, settled_ns)
    except disk.Changed:
        return Sight(path, Leaf("odd"))
    except OSError as error:
        return Sight(path, error=error)
    if known and known.print != before:
        record.changed = True
    return Sight(path, leaf, found.st_mode)

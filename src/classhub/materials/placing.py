"""The safe order of steps by which one thing comes to a place, leaves it, or makes room; each may be cut short anywhere.

A place is an open folder and a name in it. Nothing is written over or removed unless its bytes were looked at just before
and are safe elsewhere. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from classhub.materials import disk
from classhub.materials.arriving import Missed
from classhub.materials.disk import Changed


class Place(NamedTuple):
    folder: int
    name: bytes


class Safety(NamedTuple):
    """What a change of something that exists needs besides."""

    keep: Callable[[Place, int, str], None]
    """Puts a file into the undo store: place, descriptor, digest."""
    free: Callable[[bytes], Iterable[bytes]]
    """Names to try for a copy of a student's own."""


def stage(folder: int, fill: Fill, executable: bool = False) -> bytes:
    """Write a temporary file and give its name; on any failure it is gone."""
    name = disk.temporary_name()
    descriptor = _create(folder, name, executable)
    try:
        _fill(descriptor, fill)
    except BaseException:
        discard(folder, name)
        raise
    return name


def put_unseen(place: Place, fill: Fill, executable: bool) -> None:
    """Under its own name, in a folder that nobody sees; on any failure it is gone, or Missed is raised."""
    descriptor = _create(*place, executable)
    try:
        _fill(descriptor, fill)
    except BaseException:
        try:
            disk.unlink(*place)
        except OSError as error:
            raise Missed from error
        raise


def _create(folder: int, name: bytes, executable: bool) -> int:
    return disk.create(folder, name, 0o777 if executable else 0o666)


def _fill(descriptor: int, fill: Fill) -> None:
    try:
        fill(descriptor)
    finally:
        disk.close(descriptor)


Fill = Callable[[int], None]
"""Writes the content into an open file."""


def written(content: Iterable[bytes]) -> Fill:
    def fill(descriptor: int) -> None:
        for piece in content:
            disk.write(descriptor, piece)

    return fill


def copied(descriptor: int) -> Fill:
    """Of an open file, from its begin."""

    def fill(new: int) -> None:
        if not disk.copy(descriptor, new, disk.state_of(descriptor).st_size):
            written(disk.pieces(descriptor))(new)

    return fill


def part_of(descriptor: int, begin: int, size: int) -> Fill:
    """So many bytes of an open file, from there on. Raises OSError where it has less."""

    def fill(new: int) -> None:
        left = size
        for piece in disk.pieces(descriptor, begin, size):
            disk.write(new, piece)
            left -= len(piece)
        if left:
            raise OSError(errno.EIO, "the material is cut short")

    return fill


def discard(folder: int, temporary: bytes) -> None:
    """What cannot be removed now is removed by the next run."""
    with suppress(OSError):
        disk.unlink(folder, temporary)


def put(place: Place, temporary: bytes) -> None:
    """Where nothing lies. Raises FileExistsError; the temporary file is then still there."""
    folder, name = place
    if not disk.move(folder, temporary, name) and not _move_by_link(folder, temporary, name):
        _move_over_placeholder(folder, temporary, name)


def _move_by_link(folder: int, old: bytes, new: bytes) -> bool:
    """False where a disk has no hard links. Raises FileExistsError."""
    try:
        disk.link(folder, old, folder, new)
    except OSError as error:
        if error.errno not in disk.NO_HARD_LINKS:
            raise
        return False
    before, now = disk.look(folder, old), disk.look(folder, new)
    if before is None or now is None or before.st_ino != now.st_ino:
        # Saved under a new inode in the meantime: both stay, and the next look decides.
        raise Changed
    disk.unlink(folder, old)
    return True


def _move_over_placeholder(folder: int, old: bytes, new: bytes) -> None:
    """Where a disk has neither. Raises FileExistsError.

    An empty file takes the name, and is then replaced; one that stays after a kill is taken away by the next run.
    """
    disk.close(disk.create(folder, new))
    try:
        disk.replace(folder, old, new)
    except BaseException:
        with suppress(OSError):
            disk.unlink(folder, new)
        raise


def put_link(place: Place, where: bytes) -> None:
    """A symbolic link where nothing lies. Raises FileExistsError."""
    disk.make_link(*place, where)


def put_free(folder: int, temporary: bytes, candidates: Iterable[bytes]) -> bytes:
    """Under the first free name, which it gives."""
    for name in candidates:
        with suppress(FileExistsError):
            put(Place(folder, name), temporary)
            return name
    raise Changed


def with_bit(mode: int, executable: bool) -> int:
    return mode | (mode & 0o444) >> 2 if executable else mode & ~0o111


def make_room(place: Place, candidates: Iterable[bytes]) -> bytes:
    """Move what lies there to the first free name, and give that."""
    found = disk.look(*place)
    if found is None:
        raise Changed
    move = _mover(found.st_mode)
    for name in candidates:
        with suppress(FileExistsError):
            if not disk.move(*place, name):
                move(place, name)
            return name
    raise Changed


def _mover(mode: int) -> Callable[[Place, bytes], None]:
    """For a disk that cannot do it in one step."""
    if stat.S_ISDIR(mode):
        return lambda place, name: disk.move_folder(*place, name)
    return _move_link if stat.S_ISLNK(mode) else lambda place, name: put(Place(place.folder, name), place.name)


def _move_link(place: Place, name: bytes) -> None:
    where = disk.target(*place)
    disk.make_link(place.folder, name, where)
    if disk.target(*place) == where:
        disk.unlink(*place)


def remove_exactly(place: Place, digest: str) -> None:
    """Remove a file of ours if it still holds these bytes; else raise Changed."""
    descriptor = disk.open_file(*place)
    try:
        if disk.digest(descriptor) != digest:
            raise Changed
    finally:
        disk.close(descriptor)
    disk.unlink(*place)

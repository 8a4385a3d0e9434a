"""The safe order of steps by which one thing comes to a place, leaves it, or makes room; each may be cut short anywhere.

A place is an open folder and a name in it. Nothing is written over or removed unless its bytes were looked at just before
and are safe elsewhere. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple, Optional

from classhub.materials import disk, leaving
from classhub.materials.disk import Changed
from classhub.materials.merge import Leaf


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
    descriptor = disk.create(folder, name, 0o777 if executable else 0o666)
    try:
        try:
            fill(descriptor)
        finally:
            disk.close(descriptor)
    except BaseException:
        discard(folder, name)
        raise
    return name


Fill = Callable[[int], None]
"""Writes the content into an open file."""


def written(content: Iterable[bytes]) -> Fill:
    def fill(descriptor: int) -> None:
        for piece in content:
            disk.write(descriptor, piece)

    return fill


def copied(descriptor: int) -> Fill:
    """Of an open file, from its begin."""
    return lambda new: None if disk.copy(descriptor, new) else written(disk.pieces(descriptor))(new)


def discard(folder: int, temporary: bytes) -> None:
    """What cannot be removed now is removed by the next run."""
    with suppress(OSError):
        disk.unlink(folder, temporary)


def put(place: Place, temporary: bytes) -> None:
    """Where nothing lies. Raises FileExistsError; the temporary file is then still there."""
    try:
        disk.link(place.folder, temporary, *place)
    except OSError as error:
        if error.errno not in disk.NO_HARD_LINKS:
            raise
        _rename_to_free(place.folder, temporary, place.name)
    else:
        disk.unlink(place.folder, temporary)


def _rename_to_free(folder: int, old: bytes, new: bytes) -> None:
    """Where a disk has no hard links. Raises FileExistsError.

    At worst an empty file takes the name, and is then replaced; one that stays after a kill is taken away by the next run.
    """
    if disk.move(folder, old, new):
        return
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


def put_over(place: Place, temporary: bytes, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
    """Replace what lies there, if it is still `expected`; else raise Changed. executable: None leaves the bit.

    The name of a copy, if the student saved in the very moment: that is what he saved.
    """
    new = leaving.digest_at(place.folder, temporary)

    def change(before: os.stat_result) -> bytes | None:
        return _replace(place, temporary, new, _Seen(before, expected.digest), safety)

    def change_file(descriptor: int, before: os.stat_result) -> bytes | None:
        _make_ready(place.folder, temporary, descriptor, executable)
        return change(before)

    if expected.kind == "link":
        return _change_link(place, expected, change)
    return _change(place, expected, safety, change_file)


def put_link_over(place: Place, where: bytes, expected: Leaf, safety: Safety) -> bytes | None:
    """As put_over, with a symbolic link."""
    temporary = disk.temporary_name()
    put_link(Place(place.folder, temporary), where)

    def change(before: os.stat_result) -> bytes | None:
        return _replace(place, temporary, sha256(where).hexdigest(), _Seen(before, expected.digest), safety)

    try:
        if expected.kind == "link":
            return _change_link(place, expected, change)
        return _change(place, expected, safety, lambda _, before: change(before))
    except BaseException:
        discard(place.folder, temporary)
        raise


def remove(place: Place, expected: Leaf, safety: Safety) -> bytes | None:
    """As put_over, leaving nothing."""

    def change(before: os.stat_result) -> bytes | None:
        return _take_away(place, _Seen(before, expected.digest), safety)

    if expected.kind == "link":
        return _change_link(place, expected, change)
    return _change(place, expected, safety, lambda _, before: change(before))


Change = Callable[[int, os.stat_result], Optional[bytes]]  # noqa: UP045  evaluated by Python 3.9
"""Of an open file that was looked at; gives the name of a copy."""


def _change(place: Place, expected: Leaf, safety: Safety, change: Change) -> bytes | None:
    descriptor = disk.open_file(*place)
    try:
        before = disk.state_of(descriptor)
        if disk.digest(descriptor) != expected.digest:
            raise Changed
        safety.keep(place, descriptor, expected.digest)
        _check_same(place, before)
        copy = change(descriptor, before)
        # Jupyter saves in place: such a save between the look and the change went into the file that has just left.
        if copy is None and disk.digest(descriptor) != expected.digest:
            return _put_copy(place, descriptor, safety)
        return copy
    finally:
        disk.close(descriptor)


def _check_same(place: Place, before: os.stat_result) -> None:
    now = disk.look(*place)
    if now is None or signature(now) != signature(before):
        raise Changed


def signature(found: os.stat_result) -> tuple[int, int, int, int]:
    """Without the time of its last change of state: a second name is one. The number alone is given anew at once."""
    return stat.S_IFMT(found.st_mode), found.st_mtime_ns, found.st_size, found.st_ino


class _Seen(NamedTuple):
    """What was looked at, and is safe elsewhere."""

    state: os.stat_result
    digest: str


def _replace(place: Place, temporary: bytes, new: str, seen: _Seen, safety: Safety) -> bytes | None:
    """Other editors save by renaming: what such a save put there between the look and the change is found by the swap.

    The new version swaps from a name that says what may come to lie there, so that no run takes it for its own.
    """
    left = Place(place.folder, leaving.name_for(place.name, seen.digest, new))
    disk.replace(place.folder, temporary, left.name)
    own = disk.look(*left)
    try:
        if not disk.swap(place.folder, left.name, place.name):
            disk.replace(place.folder, left.name, place.name)
            return None
        try:
            return _let_go(left, seen, safety.free(place.name))
        except BaseException:
            disk.swap(place.folder, left.name, place.name)
            raise
    except BaseException:
        _discard_own(left, own)
        raise


def _discard_own(left: Place, own: os.stat_result | None) -> None:
    """Unless something else lies there by now: that is a student's, and the end of the run gives it a name again."""
    with suppress(OSError):
        now = disk.look(*left)
        if now is not None and own is not None and signature(now) == signature(own):
            disk.unlink(*left)


def _take_away(place: Place, seen: _Seen, safety: Safety) -> bytes | None:
    """First out of the way, then looked at once more, then removed."""
    taken = Place(place.folder, leaving.name_for(place.name, seen.digest))
    disk.replace(place.folder, place.name, taken.name)
    back = [place.name, *safety.free(place.name)]
    try:
        return _let_go(taken, seen, back)
    except BaseException:
        make_room(taken, back)
        raise


def _let_go(left: Place, seen: _Seen, candidates: Iterable[bytes]) -> bytes | None:
    """Remove what has left its name, unless it is not what was looked at: that gets a name again, which is given."""
    now = disk.look(*left)
    if now is not None and signature(now) != signature(seen.state) and not leaving.is_safe(*left, seen.digest):
        return make_room(left, candidates)
    disk.unlink(*left)
    return None


def _put_copy(place: Place, descriptor: int, safety: Safety) -> bytes:
    """Of an open file whose name is gone, at its old name if that is free."""
    temporary = stage(place.folder, copied(descriptor))
    return put_free(place.folder, temporary, [place.name, *safety.free(place.name)])


def put_free(folder: int, temporary: bytes, candidates: Iterable[bytes]) -> bytes:
    """Under the first free name, which it gives."""
    for name in candidates:
        with suppress(FileExistsError):
            put(Place(folder, name), temporary)
            return name
    raise Changed


def _change_link(
    place: Place,
    expected: Leaf,
    change: Callable[[os.stat_result], Optional[bytes]],  # noqa: UP045
) -> bytes | None:
    """A link has no bytes to keep: where it led is in the record."""
    before = disk.look(*place)
    try:
        target = disk.target(*place)
    except OSError as error:
        raise Changed from error
    if before is None or sha256(target).hexdigest() != expected.digest:
        raise Changed
    return change(before)


def _make_ready(folder: int, temporary: bytes, old: int, executable: bool | None) -> None:
    """The student's permissions survive a replacement; only whether it may be run is the course's.

    Onto the disk: a merged version exists nowhere else, and what it replaces is gone from its place.
    """
    mode = stat.S_IMODE(disk.state_of(old).st_mode)
    if executable is not None:
        mode = with_bit(mode, executable)
    descriptor = disk.open_file(folder, temporary)
    try:
        if stat.S_IMODE(disk.state_of(descriptor).st_mode) != mode:
            disk.set_mode(descriptor, mode)
        disk.settle(descriptor)
    finally:
        disk.close(descriptor)


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
            move(place, name)
            return name
    raise Changed


def _mover(mode: int) -> Callable[[Place, bytes], None]:
    if stat.S_ISDIR(mode):
        return lambda place, name: disk.move_folder(*place, name)
    return _move_link if stat.S_ISLNK(mode) else _move_file


def _move_file(place: Place, name: bytes) -> None:
    try:
        disk.link(*place, place.folder, name)
    except OSError as error:
        if error.errno not in disk.NO_HARD_LINKS:
            raise
        _rename_to_free(*place, name)
        return
    old, new = disk.look(*place), disk.look(place.folder, name)
    if old is None or new is None or old.st_ino != new.st_ino:
        # Saved under a new inode in the meantime: both stay, and the next look decides.
        raise Changed
    disk.unlink(*place)


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

"""Put a new version over what lies there, or take that away: only what was looked at just before, and is safe elsewhere.

Each step may be cut short. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from typing import NamedTuple, Optional

from classhub.materials import disk, leaving
from classhub.materials.disk import Changed
from classhub.materials.merge import Leaf
from classhub.materials.placing import Place, Safety, copied, discard, make_room, put_free, put_link, stage, with_bit


def put_over(place: Place, temporary: bytes, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
    """Replace what lies there, if it is still `expected`; else raise Changed. executable: None leaves the bit.

    The name of a copy, if the student saved in the very moment: that is what he saved.
    """
    new = leaving.digest_at(place.folder, temporary)

    def change(before: os.stat_result) -> bytes | None:
        return _replace(place, temporary, new, _Seen(before, expected.digest), safety)

    def change_file(descriptor: int, before: os.stat_result) -> bytes | None:
        _take_mode(place.folder, temporary, descriptor, executable)
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
    try:
        return _let_go(taken, seen, _back(place, safety))
    except BaseException:
        make_room(taken, _back(place, safety))
        raise


def _let_go(left: Place, seen: _Seen, candidates: Iterable[bytes]) -> bytes | None:
    """Remove what has left its name, unless it is not what was looked at: that gets a name again, which is given."""
    now = disk.look(*left)
    if now is not None and signature(now) != signature(seen.state) and not leaving.is_safe(*left, seen.digest):
        return make_room(left, candidates)
    disk.unlink(*left)
    return None


def _back(place: Place, safety: Safety) -> Iterable[bytes]:
    return chain((place.name,), safety.free(place.name))


def _put_copy(place: Place, descriptor: int, safety: Safety) -> bytes:
    """Of an open file whose name is gone, at its old name if that is free."""
    temporary = stage(place.folder, copied(descriptor))
    return put_free(place.folder, temporary, _back(place, safety))


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


def _take_mode(folder: int, temporary: bytes, old: int, executable: bool | None) -> None:
    """The student's permissions survive a replacement; only whether it may be run is the course's."""
    mode = stat.S_IMODE(disk.state_of(old).st_mode)
    if executable is not None:
        mode = with_bit(mode, executable)
    descriptor = disk.open_file(folder, temporary)
    try:
        if stat.S_IMODE(disk.state_of(descriptor).st_mode) != mode:
            disk.set_mode(descriptor, mode)
    finally:
        disk.close(descriptor)

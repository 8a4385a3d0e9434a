"""The store of what a sync took out of a student's folder: his own versions for ever, the course's up to a size.

<state>/undo/<digest of the path>/ holds `name` (the path) and a file for each version: <when>-<why>-<digest>. Nothing but
names has to be read to know what is there. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from classhub.materials import disk, names, own_place, placing, sweeping
from classhub.materials.disk import Changed
from classhub.materials.placing import Place

FOLDER = b"undo"
OWN = ("merged", "restored")
"""Why a version was kept that exists nowhere else: never removed."""
COURSE_BYTES = 50_000_000
"""Of versions that are the course's own: the mirror has them too."""


class Version(NamedTuple):
    """One former version of a file. name: what `restore` is told."""

    name: str
    when: str
    """As 20270111T090000Z."""
    why: str
    """ "merged", "restored" (it made room for another), "updated" or "removed"."""
    digest: str
    size: int


class Original(NamedTuple):
    """A file that is to be kept: where it lies, open, and what was read from it."""

    place: Place
    descriptor: int
    digest: str


def keep(state: int, path: str, file: Original, label: str) -> None:
    """Give a file a second name here, or copy it; label is <when>-<why>. Raises Changed if a copy shows other bytes.

    A file that has a second name already is copied: one that stays with the student would go on changing what is kept.
    """
    folder = _folder_of(state, path)
    try:
        for count in range(1, 1000):
            name = f"{label}-{file.digest}{'' if count == 1 else f'-{count}'}".encode()
            with suppress(FileExistsError):
                _keep_as(folder, name, file)
                return
        raise Changed
    finally:
        disk.close(folder)


def _keep_as(folder: int, name: bytes, file: Original) -> None:
    if disk.state_of(file.descriptor).st_nlink > 1:
        _copy(folder, name, file)
        return
    try:
        disk.link(*file.place, folder, name)
    except OSError as error:
        if error.errno not in disk.NO_HARD_LINKS:
            raise
        _copy(folder, name, file)


def _copy(folder: int, name: bytes, file: Original) -> None:
    temporary = placing.stage(folder, placing.copied(file.descriptor))
    try:
        copy = disk.open_file(folder, temporary)
        try:
            disk.settle(copy)
            if disk.digest(copy) != file.digest:
                raise Changed
        finally:
            disk.close(copy)
        placing.put(Place(folder, name), temporary)
    except BaseException:
        placing.discard(folder, temporary)
        raise


def _key(path: str) -> bytes:
    return sha256(names.to_bytes(path)).hexdigest()[:32].encode()


def _folder_of(state: int, path: str) -> int:
    store = ensure(state, FOLDER)
    try:
        folder = ensure(store, _key(path))
    finally:
        disk.close(store)
    if disk.look(folder, b"name") is None:
        temporary = placing.stage(folder, placing.written([names.to_bytes(path)]))
        disk.replace(folder, temporary, b"name")
    return folder


def ensure(folder: int, name: bytes) -> int:
    """A folder of our own, made for the student alone if it is not there."""
    return own_place.enter(folder, name)[0]


def _store(state: int) -> int:
    """A student who is short of room may keep it elsewhere. Raises OSError."""
    return disk.enter_through(state, FOLDER)


def versions(state: int, path: str) -> list[Version]:
    """The newest first."""
    try:
        folder = open_versions(state, path)
    except OSError:
        return []
    try:
        found = [_version(folder, name) for name in disk.names_in(folder)]
    finally:
        disk.close(folder)
    return sorted((one for one in found if one), reverse=True)


def open_versions(state: int, path: str) -> int:
    """Raises FileNotFoundError if there are none."""
    store = _store(state)
    try:
        return disk.enter(store, _key(path))
    finally:
        disk.close(store)


def _version(folder: int, name: bytes) -> Version | None:
    parts = name.decode("ascii", "replace").split("-")
    found = disk.look(folder, name)
    if len(parts) < 3 or len(parts[2]) != 64 or found is None:
        return None
    return Version(name.decode(), parts[0], parts[1], parts[2], found.st_size)


def prune(state: int, allowed_bytes: int = COURSE_BYTES, *, is_clean: bool = True) -> None:
    """Remove the oldest of the course's own versions, each only if it still holds what its name says.

    is_clean: nothing that was kept has a name of ours besides. A version that then has a second name is that of a file
    that stayed where it was, and goes: it would change with each save. Never raises.
    """
    with suppress(OSError):
        store = _store(state)
        try:
            if is_clean:
                _remove_second_names(store)
            for key, version in _beyond(store, allowed_bytes):
                with suppress(OSError):
                    _remove(store, key, version)
        finally:
            disk.close(store)


def sweep(state: int) -> bool:
    """Of what a run left that was killed. False if something of it could not be removed. Never raises."""
    is_clean = True
    try:
        store = _store(state)
    except OSError:
        return is_clean
    try:
        for _, folder in _folders(store):
            is_clean = sweeping.sweep_own(folder) and is_clean
    except OSError:
        return False
    finally:
        disk.close(store)
    return is_clean


def _folders(store: int) -> Iterator[tuple[bytes, int]]:
    """Name and open folder of each path; what else lies there is left alone."""
    for key in disk.names_in(store):
        try:
            folder = disk.enter(store, key)
        except OSError:
            continue
        try:
            yield key, folder
        finally:
            disk.close(folder)


def _remove_second_names(store: int) -> None:
    for _, folder in _folders(store):
        for name in disk.names_in(folder):
            found = disk.look(folder, name)
            if found is not None and found.st_nlink > 1 and _version(folder, name):
                placing.discard(folder, name)


def _beyond(store: int, allowed_bytes: int) -> list[tuple[bytes, Version]]:
    found = []
    for key, folder in _folders(store):
        listed = [_version(folder, name) for name in disk.names_in(folder)]
        found += [(one.when, key, one) for one in listed if one and one.why not in OWN]
    total, beyond = 0, []
    for _, key, version in sorted(found, reverse=True):
        total += version.size
        if total > allowed_bytes:
            beyond.append((key, version))
    return beyond


def _remove(store: int, key: bytes, version: Version) -> None:
    folder = disk.enter(store, key)
    try:
        name = os.fsencode(version.name)
        with suppress(Changed):
            placing.remove_exactly(Place(folder, name), version.digest)
    finally:
        disk.close(folder)

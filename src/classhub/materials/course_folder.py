"""The course's folder in a home: where it is, made if it is missing. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Optional

from classhub.materials import disk, names, placing
from classhub.materials.arriving import Arriving, Hidden
from classhub.materials.placing import Place
from classhub.materials.state import Unusable


class Opened(NamedTuple):
    """The course's folder. arriving: it is not shown yet."""

    folder: int
    arriving: Optional[Arriving] = None  # noqa: UP045  evaluated by Python 3.9


def open_course(
    home: Path, folder: str, day: str, moved: list[str], may_be_absolute: bool, *, hidden: Hidden | None = None
) -> Opened:
    """folder: a path below the home; an absolute one only for the caller's own wish. moved: gets the names of files that made room.

    hidden: for a folder that is not there yet; without it, it is seen from the begin. Raises Unusable or OSError.
    """
    if may_be_absolute and folder.startswith("/"):
        path = names.to_bytes(folder)
        with suppress(FileExistsError):
            disk.make_folders(path)
        return Opened(disk.open_folder(path))
    why = names.refused(folder) or ("the name begins with a dot" if _has_dot(folder) else "")
    if why:
        raise Unusable("folder", f"The course's folder cannot be {folder!r}: {why}.")
    path = os.fsencode(home)
    opened = disk.open_folder(path)
    *parents, last = folder.split("/")
    for part in parents:
        above, path = opened, path + b"/" + names.to_bytes(part)
        try:
            opened = _enter(home, path, above, day, moved)
        finally:
            disk.close(above)
    try:
        return _arrive(opened, names.to_bytes(last), hidden) or Opened(
            _enter(home, path + b"/" + names.to_bytes(last), opened, day, moved)
        )
    finally:
        disk.close(opened)


def _arrive(above: int, name: bytes, hidden: Hidden | None) -> Opened | None:
    """None where it has to be made in sight."""
    if hidden is None or not hidden.clear(above) or disk.look(above, name) is not None:
        return None
    try:
        own = hidden.new()
        if not own:
            return None
        disk.make_folder(above, own)
        return Opened(disk.enter(above, own), Arriving(above, own, name))
    except OSError:
        return None  # whatever it is, it is told of the paths that it concerns


def _has_dot(folder: str) -> bool:
    return any(part.startswith(".") for part in folder.split("/"))


def _enter(home: Path, path: bytes, above: int, day: str, moved: list[str]) -> int:
    name = path.rpartition(b"/")[2]
    found = disk.look(above, name)
    if found is not None and stat.S_ISLNK(found.st_mode):
        return _follow(home, path)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        moved.append(names.to_text(placing.make_room(Place(above, name), names.free_names(name, day))))
        found = None
    if found is None:
        with suppress(FileExistsError):
            disk.make_folder(above, name)
    return disk.enter(above, name)


def _follow(home: Path, path: bytes) -> int:
    """A link of the student's: followed once, if it stays in the home and out of the hidden folders there."""
    landing = disk.real_path(path)
    inside = os.path.relpath(landing, disk.real_path(os.fsencode(home)))
    hidden = any(part.startswith(b".") for part in inside.split(b"/"))
    text = names.to_text(path.rpartition(b"/")[2])
    if hidden:
        raise Unusable(
            "folder", f"{text} is a link that leaves the home or leads into a hidden folder. Remove the link."
        )
    try:
        return disk.open_folder(landing)
    except OSError as error:
        raise Unusable("folder", f"{text} is a link that leads to no folder. Remove the link.") from error

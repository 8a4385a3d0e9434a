"""Places of our own in a student's home: whatever he made of one makes room under a free name, and nothing of it is removed.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import stat
import time
from contextlib import suppress

from classhub.materials import disk, names, placing
from classhub.materials.disk import Changed
from classhub.materials.placing import Place


def enter(folder: int, name: bytes, day: str = "") -> tuple[int, bytes]:
    """A folder, made for the student alone if it is not there, or where a link of his leads to one.

    Open; and the new name of what lay there, or b"". day: for that name; default today. Raises OSError.
    """
    moved = b""
    found = disk.look(folder, name)
    if found is not None and not _is_folder(folder, name, found.st_mode):
        moved, found = _make_room(folder, name, day), None
    if found is None:
        with suppress(FileExistsError):
            disk.make_folder(folder, name, 0o700)
    opened = disk.enter_through(folder, name)
    disk.make_usable(opened)
    return opened, moved


def _is_folder(folder: int, name: bytes, mode: int) -> bool:
    if not stat.S_ISLNK(mode):
        return stat.S_ISDIR(mode)
    try:
        disk.close(disk.enter_through(folder, name))
    except OSError:
        return False
    return True


def clear_for_file(folder: int, name: bytes) -> None:
    """Afterwards a plain file lies there, or nothing. Raises OSError."""
    found = disk.look(folder, name)
    if found is not None and not stat.S_ISREG(found.st_mode):
        _make_room(folder, name)


def open_file(folder: int, name: bytes) -> int:
    """For writing, made if it is not there. Raises OSError."""
    clear_for_file(folder, name)
    return disk.open_own(folder, name)


def _make_room(folder: int, name: bytes, day: str = "") -> bytes:
    """b"" if another run was faster."""
    with suppress(Changed):
        return placing.make_room(Place(folder, name), names.free_names(name, day or time.strftime("%Y-%m-%d")))
    return b""

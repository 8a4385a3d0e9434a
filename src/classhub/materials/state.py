"""The folder of our own in a student's home: lock, record, last result, log.

~/.classhub/<course>/ and beside it sync.log. Whatever the student made of it (a file, a link that leads nowhere,
read-only), it is made usable or it is said why not. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from classhub.materials import disk, names, placing, record, sync_log
from classhub.materials.placing import Place

UNFINISHED = b"unfinished"
"""There while a run may have left temporary files."""
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


class Unusable(Exception):
    """Nothing can be done in this home. code is one word, the text is for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class State:
    """Open folders: `folder` of the course, `above` of the log. `moved`: names that made room for them."""

    def __init__(self, above: int, folder: int, moved: list[str]) -> None:
        self.above = above
        self.folder = folder
        self.moved = moved
        self.lock = -1
        self.has_marker = False

    def close(self) -> None:
        """Frees the lock, too."""
        for descriptor in (self.lock, self.folder, self.above):
            if descriptor >= 0:
                disk.close(descriptor)

    def mark_unfinished(self) -> None:
        """Before the first temporary file."""
        if not self.has_marker:
            disk.close(disk.open_own(self.folder, UNFINISHED))
            self.has_marker = True

    def mark_finished(self) -> None:
        if self.has_marker:
            with suppress(OSError):
                disk.unlink(self.folder, UNFINISHED)
                self.has_marker = False


def open_state(home: Path, course: str, where: Path | None, day: str) -> State:
    """Raises Unusable or OSError."""
    if names.refused(course) or "/" in course:
        raise Unusable("course", f"{course!r} is no name of a course.")
    moved: list[str] = []
    if where is not None:
        parent = os.fsencode(where.absolute().parent)
        disk.make_folders(parent)
        above, name = disk.open_folder(parent), os.fsencode(where.name)
    else:
        above, name = _in_home(home, day, moved), names.to_bytes(course)
    try:
        return State(above, _own(above, name, day, moved), moved)
    except BaseException:
        disk.close(above)
        raise


def _in_home(home: Path, day: str, moved: list[str]) -> int:
    try:
        root = disk.open_folder(os.fsencode(home))
    except OSError as error:
        raise Unusable("home", f"The home folder cannot be used: {error.strerror}.") from error
    try:
        return _own(root, names.STATE.encode(), day, moved)
    finally:
        disk.close(root)


def _own(folder: int, name: bytes, day: str, moved: list[str]) -> int:
    """A folder for us, or where a link of the student's leads to one; what else lies there makes room."""
    found = disk.look(folder, name)
    if found is not None and not _is_folder(folder, name, found.st_mode):
        moved.append(names.to_text(placing.make_room(Place(folder, name), names.free_names(name, day))))
        found = None
    if found is None:
        with suppress(FileExistsError):
            disk.make_folder(folder, name, 0o700)
    opened = disk.enter_through(folder, name)
    disk.make_usable(opened)
    return opened


def _is_folder(folder: int, name: bytes, mode: int) -> bool:
    if not stat.S_ISLNK(mode):
        return stat.S_ISDIR(mode)
    try:
        disk.close(disk.enter_through(folder, name))
    except OSError:
        return False
    return True


def take_lock(state: State, wait_s: float) -> bool:
    """False if another run holds it. The kernel frees it with its holder; where a disk has no locks, we go on without."""
    state.lock = disk.open_own(state.folder, b"lock")
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(state.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in NO_LOCKS:
                return True
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                raise
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)


def log(state: State, line: str) -> None:
    """One line more. A log that cannot be written stops nothing."""
    with suppress(OSError):
        sync_log.append(state.above, line.encode("utf-8", "backslashreplace"))


def was_cut_short(state: State) -> bool:
    state.has_marker = disk.look(state.folder, UNFINISHED) is not None
    return state.has_marker


def sweep_own(state: State) -> None:
    """What a run left that was killed while it wrote its result."""
    for name in disk.names_in(state.folder):
        if disk.is_temporary(name):
            placing.discard(state.folder, name)


def sweep(folder: int, budget: int = 50_000) -> int:
    """Remove the temporary files that a killed run left, in this folder and all below. Only while holding the lock.

    budget: how many names are looked at; gives what is left of it.
    """
    for name in disk.names_in(folder):
        budget -= 1
        if budget < 0:
            break
        found = disk.look(folder, name)
        if found is None:
            continue
        if stat.S_ISDIR(found.st_mode):
            with suppress(OSError):
                budget = _sweep_below(folder, name, budget)
        elif disk.is_temporary(name):
            placing.discard(folder, name)
    return budget


def _sweep_below(folder: int, name: bytes, budget: int) -> int:
    below = disk.enter(folder, name)
    try:
        return sweep(below, budget)
    finally:
        disk.close(below)


def read_skipped(state: State) -> frozenset[str]:
    """Paths, one a line, that the student does not want back. A folder stands for all below it."""
    try:
        lines = names.to_text(record.read(state.folder, b"skip")).splitlines()
    except (OSError, disk.Changed):
        return frozenset()
    return frozenset(line.strip().strip("/") for line in lines if line.strip())

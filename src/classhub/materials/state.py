"""The folder of our own in a student's home: lock, record, last result, log.

~/.classhub/<course>/ and beside it sync.log. Whatever the student made of it (a file, a link that leads nowhere,
read-only), it makes room or is made usable; where the disk refuses that, the run ends with its reason. Student's side:
standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from classhub.materials import disk, names, own_place, record, sweeping, sync_log

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
        self.is_locked = False
        """False also where the disk has no locks."""
        self.has_marker = False
        self.is_stuck = False
        """Whether something of ours could not be removed, of which only the marker knows."""
        self.cut_short = False
        """Whether the run before this one was."""

    def close(self) -> None:
        """Frees the lock, too."""
        for descriptor in (self.lock, self.folder, self.above):
            if descriptor >= 0:
                disk.close(descriptor)

    def mark_unfinished(self) -> None:
        """Before the first temporary file."""
        if not self.has_marker:
            disk.close(own_place.open_file(self.folder, UNFINISHED))
            self.has_marker = True

    def mark_arriving(self) -> bytes:
        """As mark_unfinished, with the name of a folder that nobody has seen yet; which it gives."""
        name = disk.temporary_name()
        marker = own_place.open_file(self.folder, UNFINISHED)
        try:
            disk.write(marker, name)
        finally:
            disk.close(marker)
        self.has_marker = True
        return name

    def mark_finished(self) -> None:
        if self.has_marker and not self.is_stuck:
            with suppress(OSError):
                own_place.clear_for_file(self.folder, UNFINISHED)
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
    opened, made_room = own_place.enter(folder, name, day)
    if made_room:
        moved.append(names.to_text(made_room))
    return opened


def take_lock(state: State, wait_s: float) -> bool:
    """False if another run holds it. The kernel frees it with its holder; where a disk has no locks, we go on without."""
    state.lock = own_place.open_file(state.folder, b"lock")
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(state.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            state.is_locked = True
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
    state.has_marker = state.cut_short = disk.look(state.folder, UNFINISHED) is not None
    return state.cut_short


def left_hidden(state: State) -> bytes:
    """The folder that nobody has seen, of a run that was cut short; b"" if it had none."""
    if not state.cut_short:
        return b""
    try:
        name = record.read(state.folder, UNFINISHED)
    except (OSError, disk.Changed):
        return b""
    return name if disk.is_temporary(name) else b""


def sweep_own(state: State) -> None:
    """What a run left that was killed while it wrote its result."""
    sweeping.sweep_own(state.folder)


def read_skipped(state: State) -> frozenset[str]:
    """Paths, one a line, that the student does not want back. A folder stands for all below it."""
    try:
        lines = names.to_text(record.read(state.folder, b"skip")).splitlines()
    except (OSError, disk.Changed):
        return frozenset()
    return frozenset(line.strip().strip("/") for line in lines if line.strip())

"""A student's home and runtime folder: made once, never touched by path once a student could have changed it."""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from shlex import quote

from classhub.hub.files import keep_newest
from classhub.walls.removal import AS_FOLDER, remove_tree

OWN = stat.S_IRWXU
LOG_BYTES = 2 * 2**20
"""Of a server's log that are kept: a student can make it as large as the disk, or sparse and far larger."""


class UnusableHome(Exception):
    """In words for the admin; the student's are reasons.UNUSABLE_HOME."""


def ensure_home(folder: Path, uid: int | None) -> None:
    """Make it 0700 for this uid (None: our own account). An existing home is only looked at, and opened to its own student.

    A hub that is killed in the middle leaves an empty folder of our own account: the next start hands it over.
    """
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if uid is not None:
            _hand_over(folder, uid)
    except OSError as error:
        raise UnusableHome(f"The home {folder.name} could not be made: {error.strerror}") from error
    _look_at(folder, os.geteuid() if uid is None else uid)


def _hand_over(folder: Path, uid: int) -> None:
    """Only a folder of ours with nothing in it; held by a descriptor, so that it is the one that we looked at."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        return  # a student's, which root may not even open on a network disk
    held = os.open(folder, AS_FOLDER)
    try:
        with os.scandir(held) as inside:
            is_empty = next(inside, None) is None
        if is_empty and os.fstat(held).st_uid == os.geteuid():
            os.fchmod(held, 0o700)
            os.fchown(held, uid, uid)
    finally:
        os.close(held)


def _look_at(folder: Path, uid: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise UnusableHome(f"The home {folder} is not a folder")
    if found.st_uid != uid:
        raise UnusableHome(
            f"The home {folder} belongs to uid {found.st_uid}, and this student has uid {uid}. "
            f"The admin can hand it over: chown -R {uid}:{uid} '{folder}'"
        )

    if found.st_mode & OWN != OWN:
        _open_up(folder, uid)


def _open_up(folder: Path, uid: int) -> None:
    """A student who closed the own home (`chmod 0 ~`) cannot undo it: that needs a server, which needs the home.

    As root by descriptor, as the student can put another thing in its place; our own account could open no closed folder.
    """
    try:
        if os.geteuid() != 0:
            folder.chmod(stat.S_IMODE(folder.lstat().st_mode) | OWN)
            return
        held = os.open(folder, AS_FOLDER)
        try:
            found = os.fstat(held)
            if found.st_uid == uid:
                os.fchmod(held, stat.S_IMODE(found.st_mode) | OWN)
        finally:
            os.close(held)
    except OSError as error:
        raise UnusableHome(
            f"The home {folder} is closed to its own student, and could not be opened: {error.strerror}. "
            f"The admin can open it: chmod u+rwx {quote(str(folder))}"
        ) from error


def fresh_runtime(folder: Path, uid: int | None) -> Path:
    """An empty 0700 folder for kernels' sockets; outside the home, so that a full home does not stop a start."""
    try:
        remove_tree(folder)
    except FileNotFoundError:
        pass
    except OSError:
        # something still writes in it, say: nothing of the runs before may stop a start
        folder.rename(folder.with_name(f"{folder.name}.{time.time_ns()}"))
    folder.mkdir(mode=0o700)
    if uid is not None:
        os.chown(folder, uid, uid)
    return folder


def rotate_log(log: Path) -> int:
    """Keep the end of the log of the run before as NAME.previous; a descriptor of the new one, 0600, appending."""
    if log.exists():
        with suppress(OSError):  # the supervisor cuts it later
            keep_newest(log, LOG_BYTES)
        log.replace(log.with_name(f"{log.name}.previous"))
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

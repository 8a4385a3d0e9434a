"""A student's home and runtime folder: made once, never touched by path once a student could have changed it."""

import os
import stat
import time
from pathlib import Path

from classhub.walls.removal import remove_tree


class UnusableHome(Exception):
    """In words, for the student's page and the admin's log."""


def ensure_home(folder: Path, uid: int | None) -> None:
    """Make it 0700 for this uid (None: our own account). An existing home is only looked at."""
    try:
        folder.mkdir(mode=0o700)
        if uid is not None:
            os.chown(folder, uid, uid, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError as error:
        raise UnusableHome(f"The home {folder.name} could not be made: {error.strerror}") from error
    _look_at(folder, os.geteuid() if uid is None else uid)


def _look_at(folder: Path, uid: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise UnusableHome(f"The home {folder} is not a folder")
    if found.st_uid != uid:
        raise UnusableHome(
            f"The home {folder} belongs to uid {found.st_uid}, and this student has uid {uid}. "
            f"The admin can hand it over: chown -R {uid}:{uid} '{folder}'"
        )


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
    """Keep the log of the run before as NAME.previous; a descriptor of the new one, 0600, appending."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.previous"))
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

"""Who has a lock that we wait for, and what to do when it does not let go. The kernel knows; nothing is written down."""

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LOCKS = Path("/proc/locks")


def pid_of(handle: int) -> int | None:
    """The process that holds the flock(2) of this open file; None where the machine does not tell."""
    found = os.fstat(handle)
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    with suppress(OSError):
        for line in LOCKS.read_text().splitlines():
            words = line.split()  # 1: FLOCK ADVISORY WRITE 4242 fe:00:5308417 0 EOF; "->" before one that waits
            if words[1:2] == ["FLOCK"] and words[5:6] == [place] and int(words[4]) > 0:
                return int(words[4])
    return None


def goes_first(pid: int | None) -> str:
    """Said at once."""
    who = f": {_what(pid)} (pid {pid})" if pid else ""
    return f"Another command is at work here{who}; it goes first."


def how_to_go_on(pid: int | None) -> str:
    """Said when that takes long."""
    if pid is None:
        return "It is still at work. Next: look for it in your other terminals; ended or finished, it lets us go on."
    if _is_stopped(pid):
        return (
            f"Process {pid} was stopped in the middle, as by Ctrl-Z. Next: `fg` in its terminal, or `kill -CONT {pid}`, "
            f"lets it go on; `kill {pid}; kill -CONT {pid}` ends it."
        )
    return f"Process {pid} is still at work. Next: wait, or, if it hangs, end it: `kill {pid}`."


def _what(pid: int) -> str:
    import psutil

    try:
        return as_command(psutil.Process(pid).cmdline())
    except psutil.Error:
        return "a command"


def as_command(argv: Sequence[str]) -> str:
    """As it was typed, without the interpreter before it."""
    names = [Path(word).name for word in argv]
    start = names.index("classhub") if "classhub" in names else 0
    return f"`{shlex.join([*names[start : start + 1], *argv[start + 1 :]])}`"


def _is_stopped(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return False

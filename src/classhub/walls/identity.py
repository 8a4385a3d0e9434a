"""Which process is meant: boot id, pid and start time together, so that a recycled pid is never taken for the old one.

Linux reads /proc. Elsewhere psutil's start time stands in, and a signal follows a check: there are no pidfds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LARGEST_PID = 2**31 - 1
KILLED_S = 5.0
"""So long at most for the kernel to end what was killed."""


@dataclass(frozen=True)
class Identity:
    """One process for ever: `start` is in clock ticks since boot (Linux) or microseconds since 1970 (macOS)."""

    boot_id: str
    pid: int
    start: int

    def to_json(self) -> dict[str, str | int]:
        return {"boot_id": self.boot_id, "pid": self.pid, "start": self.start}


def from_json(record: object) -> Identity | None:
    """Read back what to_json made; anything malformed is None, as whoever wrote it may have been cut short."""
    if not isinstance(record, Mapping):
        return None
    boot, pid, start = (record.get(key) for key in ("boot_id", "pid", "start"))
    if not isinstance(boot, str) or not boot or type(pid) is not int or type(start) is not int:
        return None
    if not 0 < pid <= LARGEST_PID or start < 0:
        return None
    return Identity(boot, pid, start)


def of(pid: int) -> Identity | None:
    """Who has this pid now; None when nobody, or only a zombie without threads that waits for its parent."""
    if not 0 < pid <= LARGEST_PID:
        return None
    start = _start_linux(pid) if sys.platform == "linux" else _start_elsewhere(pid)
    return None if start is None else Identity(_boot_id(), pid, start)


def me() -> Identity:
    """The process that asks. Raises RuntimeError where /proc is missing on Linux."""
    found = of(os.getpid())
    if found is None:
        raise RuntimeError("This process cannot find itself in /proc: is it mounted?")
    return found


def is_alive(identity: Identity) -> bool:
    """A zombie is dead: it runs no more code. Unless only its main thread has ended; then the others run on."""
    return of(identity.pid) == identity


def open_pidfd(identity: Identity) -> int | None:
    """A descriptor of exactly this process (readable once it ends), or None: gone, recycled, or no pidfds here.

    Opened first and checked afterwards: what was checked first could have been recycled in between.
    """
    if sys.platform != "linux" or not 0 < identity.pid <= LARGEST_PID:
        return None
    try:
        fd = os.pidfd_open(identity.pid)
    except OSError:
        return None
    if is_alive(identity):
        return fd
    os.close(fd)
    return None


def send(identity: Identity, signum: int) -> bool:
    """Signal exactly this process; False when it is gone. Raises PermissionError when it is another account's."""
    fd = open_pidfd(identity)
    if fd is None:
        return _send_checked(identity, signum)
    try:
        if sys.platform == "linux":
            signal.pidfd_send_signal(fd, signum)
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)
    return True


def end(processes: Iterable[Identity], patience_s: float = 10) -> None:
    """Ask all to end, wait for them together, kill the rest. Raises PermissionError as send does."""
    asked = list(filter(is_alive, processes))
    for process in asked:
        send(process, signal.SIGTERM)
    left = still_there(asked, patience_s)
    for process in left:
        send(process, signal.SIGKILL)
    still_there(left, KILLED_S)


def still_there(processes: Iterable[Identity], patience_s: float) -> list[Identity]:
    """Those that are still there when the others have ended, or the time is up."""
    left = list(filter(is_alive, processes))
    deadline = time.monotonic() + patience_s
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = list(filter(is_alive, left))
    return left


def _send_checked(identity: Identity, signum: int) -> bool:
    """Without pidfds (macOS, Linux < 5.3): check, then kill. The gap between the two is microseconds."""
    if _has_pidfds() or not is_alive(identity):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(identity.pid, signum)
        return True
    return False


@cache
def _has_pidfds() -> bool:
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _start_linux(pid: int) -> int | None:
    """Field 22 of /proc/PID/stat, proc_pid_stat(5). The name in field 2 may hold spaces and brackets.

    The state is that of the main thread: Z, with more threads than one (field 20), is a process that lives.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = stat.rpartition(b")")[2].split()
    if len(fields) < 20 or fields[0] in (b"X", b"x") or (fields[0] == b"Z" and int(fields[17]) < 2):
        return None
    return int(fields[19])


def _start_elsewhere(pid: int) -> int | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time() * 1_000_000)
    except psutil.Error:
        return None


@cache
def _boot_id() -> str:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return "unknown"
    return _boot_session()


def _boot_session() -> str:
    """macOS: kern.bootsessionuuid. Where there is none, the start time alone must tell two processes apart."""
    value = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(len(value))
    try:
        failed = ctypes.CDLL(None).sysctlbyname(b"kern.bootsessionuuid", value, ctypes.byref(size), None, 0)
    except AttributeError:
        return "unknown"
    return "unknown" if failed else value.value.decode("ascii", "replace") or "unknown"

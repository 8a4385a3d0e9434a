"""One at a time: commands that change a hub, and supervisors of it. And what Ctrl-C must not cut in two."""

import fcntl
import math
import os
import signal
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from classhub.targets.local import lock_holder

LONG_S = 10
"""After so long it is said how to go on."""
HELD_BACK = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def alone(state: Path, tell: Callable[[str], None], make: bool = False) -> Iterator[None]:
    """A lock on `.classhub`, until the end of the block; the kernel lets go of it when we are killed. tell: whom we wait for.

    That folder is private: what others may open, as config/, they may lock, for ever. make: if it is not there yet; it
    goes again when nothing was put into it.
    """
    try:
        handle = _locked(state, tell, make)
    except OSError:  # whoever reads the folder tells what is wrong with it
        yield
        return
    try:
        yield
    finally:
        if make:
            with suppress(OSError):  # it is not empty
                state.rmdir()
        os.close(handle)


def _locked(folder: Path, tell: Callable[[str], None], make: bool) -> int:
    """Its descriptor. A folder that was removed while we waited guards nothing. Raises OSError."""
    if make:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        if make and not os.path.lexists(folder):  # who made it before us has removed it in this moment
            return _locked(folder, tell, make)
        raise
    try:
        _flock(handle, tell)
        if _is_still(folder, handle):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return _locked(folder, lambda _: None, make)


def _flock(handle: int, tell: Callable[[str], None]) -> None:
    if _is_ours(handle):
        return
    tell(lock_holder.goes_first(lock_holder.pid_of(handle)))
    long = time.monotonic() + LONG_S
    while not _is_ours(handle):
        if time.monotonic() > long:
            tell(lock_holder.how_to_go_on(lock_holder.pid_of(handle)))
            long = math.inf
        time.sleep(0.05)


def _is_ours(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks: then it is up to the admin
    return True


def take_for_life(lock: Path, is_served: Callable[[], bool], patience_s: float = 10) -> bool:
    """For as long as this process lives. False when another has it and serves, or does not let go of it.

    Raises OSError when its folder is gone.
    """
    deadline = time.monotonic() + patience_s
    while _try(lock) is None:  # what it takes is never closed
        if is_served() or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def in_place_of_a_supervisor(lock: Path) -> Iterator[bool]:
    """True when no supervisor lives, and none begins before the end of the block."""
    try:
        handle = _try(lock)
    except OSError:  # its folder is gone: nothing to guard
        yield True
        return
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _try(lock: Path) -> int | None:
    """The lock's descriptor, or None while another has it. One whose file was removed meanwhile guards nothing."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_still(lock, handle):
            return handle
    except BlockingIOError:
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _is_still(lock: Path, handle: int) -> bool:
    try:
        return os.path.samestat(lock.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


@contextmanager
def whole() -> Iterator[None]:
    """Ctrl-C, a polite kill and a closed terminal wait for the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, frame: types.FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in HELD_BACK}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])

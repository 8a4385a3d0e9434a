"""Whether a Helm of ours is still at work, though the command that started it was killed.

Helm is left to finish then, as a half-done change is worse than a whole one. It holds a lock on a file of this folder, which
the kernel takes back when it ends, however it ends.
"""

import fcntl
import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from classhub.errors import Refused

LOCK = "helm.lock"
LONGEST_S = 3600


def place(state: Path) -> str:
    """Marks this folder on this machine."""
    return hashlib.sha256(f"{socket.gethostname()}:{state.resolve()}".encode()).hexdigest()[:16]


@contextmanager
def held(state: Path, tell: Callable[[str], None], longest_s: float = LONGEST_S) -> Iterator[int]:
    """A descriptor that every Helm of this turn is to inherit. Waits for one of an earlier command.

    state: .classhub/cluster; both folders are for this account alone.
    """
    for folder in (state.parent, state):
        _ensure_private(folder)
    descriptor = os.open(state / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait(descriptor, tell, time.monotonic() + longest_s)
        yield descriptor
    finally:
        os.close(descriptor)


def _ensure_private(folder: Path) -> None:
    """Also one that was made wider before; another account's stays as it is."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o777 != 0o700:
        folder.chmod(0o700)


def _wait(descriptor: int, tell: Callable[[str], None], until: float) -> None:
    said = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not said:
                tell("The Helm of a command that was killed is still at work here; it is waited for.")
                said = True
        if time.monotonic() > until:
            raise Refused("The Helm of a command that was killed does not end.", "", "ps aux | grep helm; end it")
        time.sleep(0.5)

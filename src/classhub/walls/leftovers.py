"""End whatever still runs as one student: for machines without control groups, where nothing else holds it together.

Not root, every server has our own account: there the environment that a server's programs inherit tells whose they are.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import time
from collections.abc import Callable, Container
from pathlib import Path

from classhub.walls import identity, uids
from classhub.walls.identity import Identity

CLASSHUB = re.compile(r"^classhub(\.|$)|/classhub$")
"""A word of the command line of `classhub`, `python -m classhub` and the supervisor."""

OPTIONS = 6
"""How far into a command line the program's name is looked for, behind the interpreter's options."""


def end(uid: int, runtime: Path, timeout_s: float = 5) -> bool:
    """True when nobody is left. runtime: our hub's runtime folder; what another hub runs under the same uid is spared.

    Raises ValueError for a uid that is no student's: only those of uids.uid_for are.
    """
    if not uids.is_ours(uid):
        raise ValueError(f"uid {uid} is not one of ClassHub's students.")
    return _end(lambda: running(uid, runtime), timeout_s)


def end_under_our_account(runtime: Path, timeout_s: float = 5) -> bool:
    """What one server started and left; True when nobody is left. runtime: that server's own JUPYTER_RUNTIME_DIR.

    Never us, whoever started us, or a ClassHub: `classhub up` and `down` may be typed in a terminal of that server.
    """
    import psutil

    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return _end(lambda: _of_server(str(runtime), spared), timeout_s)


def _end(find: Callable[[], list[Identity]], timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while left := find():
        for who in left:
            with contextlib.suppress(PermissionError):
                identity.send(who, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def running(uid: int, runtime: Path) -> list[Identity]:
    """Processes whose real uid this is. Known first, asked for their uid after: a recycled pid is then nobody's."""
    import psutil

    known = [identity.of(pid) for pid in psutil.pids()]
    return [who for who in known if who is not None and _is_left(who.pid, uid, runtime)]


def _of_server(runtime: str, spared: Container[int]) -> list[Identity]:
    import psutil

    known = [identity.of(pid) for pid in psutil.pids() if pid not in spared]
    return [who for who in known if who is not None and _is_of_server(who.pid, runtime)]


def _is_of_server(pid: int, runtime: str) -> bool:
    """One that does not show its environment is left alone: it may be anything of this account."""
    import psutil

    try:
        process = psutil.Process(pid)
        is_its = process.uids().real == os.getuid() and process.environ().get("JUPYTER_RUNTIME_DIR") == runtime
        return is_its and not any(map(CLASSHUB.search, process.cmdline()[:OPTIONS]))
    except (psutil.Error, OSError):
        return False


def _is_left(pid: int, uid: int, runtime: Path) -> bool:
    """Its account first. One that does not show its environment is left: its main thread may have ended, say."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.uids().real != uid:
            return False
    except psutil.Error:
        return False
    try:
        environ = process.environ()
    except psutil.NoSuchProcess as error:
        return isinstance(error, psutil.ZombieProcess)
    except (psutil.Error, OSError):
        return True
    return not _is_of_another_hub(environ, uid, runtime)


def _is_of_another_hub(environ: dict[str, str], uid: int, runtime: Path) -> bool:
    """Two hubs of one machine may share uids (uids.shared), and their runtime folders lie side by side: HUBS/ID/u/NAME.

    The text alone decides which path is looked at: below HUBS and a hub's private folder no student can make a link.
    """
    path = environ.get("JUPYTER_RUNTIME_DIR", "")
    found = re.fullmatch(rf"{re.escape(str(runtime.parent))}/([\w-]+)/u/[\w-]+", path, re.ASCII)
    if not found or found[1] == runtime.name:
        return False
    try:
        hub, own = (runtime.parent / found[1]).lstat(), Path(path).lstat()
    except OSError:
        return False
    return hub.st_mode == stat.S_IFDIR | 0o700 and hub.st_uid == os.geteuid() and own.st_uid == uid

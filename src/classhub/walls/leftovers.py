"""End whatever still runs as one student: for machines without control groups, where nothing else holds it together."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from classhub.walls import identity, uids
from classhub.walls.identity import Identity


def end(uid: int, runtime: Path, timeout_s: float = 5) -> bool:
    """True when nobody is left. runtime: our hub's runtime folder; what another hub runs under the same uid is spared.

    Raises ValueError for a uid that is no student's: only those of uids.uid_for are.
    """
    if not uids.is_ours(uid):
        raise ValueError(f"uid {uid} is not one of ClassHub's students.")
    until = time.monotonic() + timeout_s
    while left := running(uid, runtime):
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
    """Two hubs of one machine give the same uids. Believed is only what no student can make: RUNTIME/u/NAME of a hub."""
    folder = Path(environ.get("JUPYTER_RUNTIME_DIR", "/"))
    try:
        return (
            folder.parent.name == "u"
            and folder.parent.lstat().st_uid == os.geteuid()
            and folder.lstat().st_uid == uid
            and not folder.parent.parent.samefile(runtime)
        )
    except OSError:
        return False

"""A deployment's folders and orders for one server, whose program is a script instead of Python."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from classhub.hub.order import Order
from classhub.walls import identity
from classhub.walls.cgroups import Limits

SLEEPS = "#!/bin/sh\nexec sleep 100\n"
FOLDERS = ("state", "homes", "runtime", "servers", "logs", "events")


def order(folder: Path, script: str = SLEEPS, user: str = "alice@college.edu", server: str = "") -> Order:
    """Under our own account: no walls, no control group."""
    for name in (*FOLDERS, "runtime/u", "runtime/s"):
        (folder / name).mkdir(exist_ok=True)
    python = folder / "python"
    if not python.exists() or python.read_text() != script:
        python.write_text(script)
        python.chmod(0o700)
    return Order(
        user=user,
        server=server,
        machine={
            "root": False,
            "python": str(python),
            "hide": [],
            "id": "test",
            "folders": {name: str(folder / name) for name in FOLDERS},
        },
        sockets=folder / "runtime" / "s",
        command=["jupyterhub-singleuser"],
        arguments=[],
        given={"PATH": os.defpath},
        prefix=f"/user/{user}/",
        limits=Limits(),
    )


def alive_in(folder: Path) -> list[int]:
    """Processes whose standard output is a log of this deployment: whatever was born in it."""
    logs = str(folder / "logs")
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if str((path / "fd" / "1").readlink()).startswith(logs) and identity.of(int(path.name)):
                found.append(int(path.name))
        except OSError:
            continue
    return found


def is_empty(folder: Path, patience_s: float = 60) -> bool:
    """Nobody is left; what was killed takes a moment to be gone."""
    until = time.monotonic() + patience_s
    while alive_in(folder) and time.monotonic() < until:
        time.sleep(0.01)
    return not alive_in(folder)


@contextmanager
def deployment() -> Iterator[Path]:
    """A folder with a short name, as a socket's path holds 107 bytes; at the end nothing runs in it and it goes."""
    with tempfile.TemporaryDirectory(prefix="ch-") as folder:
        try:
            yield Path(folder)
        finally:
            for pid in alive_in(Path(folder)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

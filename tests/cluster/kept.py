"""Programs that live as long as somebody uses them, and no moment longer, whoever is killed.

Who uses a thing holds a shared lock on a file beside its folder; the kernel takes it back at any death. A keeper, one
process for each thing, starts the thing's programs, waits until nobody holds the lock, ends them and removes the folder.
The programs are told by the kernel when the keeper dies. Several workers of a test run share one thing.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from cluster import cache

TESTS = Path(__file__).parents[1]
PATIENCE_S = 600
SIGNAL_AT_PARENTS_DEATH = 1  # prctl's PR_SET_PDEATHSIG
_libc = ctypes.CDLL(None, use_errno=True)


def root() -> Path:
    return Path(tempfile.gettempdir()) / f"classhub-cluster-{os.getuid()}"


def use(folder: Path, module: str, *arguments: str) -> IO[str]:
    """Start the thing unless it runs; it lives until the answer is closed, or this process ends."""
    with cache.locked(root() / f"{folder.name}.start"):
        lease = _share(folder)
        if not (folder / "ready").exists() or not is_kept(folder):
            shutil.rmtree(folder, ignore_errors=True)  # what a killed keeper left
            try:
                _start_keeper(folder, module, arguments)
            except RuntimeError:
                lease.close()
                _forget(folder)
                raise
        return lease


def _share(folder: Path) -> IO[str]:
    """Waits while a keeper ends: it then holds the lock alone, and takes the file away."""
    path = folder.with_name(folder.name + ".users")
    while True:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lease = path.open("a")
        hold(lease)
        if path.exists() and os.path.samestat(os.fstat(lease.fileno()), path.stat()):
            return lease
        lease.close()


def hold(lease: IO[str]) -> None:
    fcntl.flock(lease, fcntl.LOCK_SH)


def is_kept(folder: Path) -> bool:
    try:
        with (folder / "keeper.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def sweep_stale() -> None:
    """Remove what killed keepers of any run left; called before a start, so that a machine never gathers it."""
    for folder in root().glob("*/*/"):
        if (folder / "keeper.lock").exists() and not is_kept(folder):
            _forget(folder)


def _forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_name(folder.name + ".users").unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # the run's last thing takes the run's folder along
        folder.parent.rmdir()


def _start_keeper(folder: Path, module: str, arguments: Sequence[str]) -> None:
    folder.mkdir(parents=True, mode=0o700)
    with (folder / "keeper.log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", module, str(folder), *arguments],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + PATIENCE_S
    while not (folder / "ready").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            keeper.terminate()
            keeper.wait()
            raise RuntimeError(f"{module} did not start:\n{_last_words(folder)}")
        time.sleep(0.05)


def _last_words(folder: Path) -> str:
    return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in folder.glob("*.log"))


class Children:
    """The programs of one thing, each with a log in its folder; ended last first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(TESTS)},
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call of the kernel
            )
        self.started[name] = child
        return child

    def stop(self, name: str, patience_s: float = 10) -> None:
        child = self.started.pop(name)
        child.terminate()
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def stop_all(self) -> None:
        for name in reversed(list(self.started)):
            self.stop(name)

    def until(self, is_so: Callable[[], bool], name: str, patience_s: float = 400) -> None:
        """Wait for it while the program NAME lives."""
        late = time.monotonic() + patience_s
        while not is_so():
            if self.started[name].poll() is not None or time.monotonic() > late:
                raise RuntimeError(f"{name} is not ready.")
            time.sleep(0.05)


def _die_with_parent() -> None:
    _libc.prctl(SIGNAL_AT_PARENTS_DEATH, signal.SIGKILL)


def keep(
    folder: Path,
    begin: Callable[[Children], None],
    clean: Callable[[], None] = lambda: None,
    kind: type[Children] = Children,
) -> None:
    """A keeper's whole life."""
    lock = (folder / "keeper.begun").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / "keeper.begun").rename(folder / "keeper.lock")  # held from the first moment that a sweep may see it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = kind(folder)
    try:
        begin(children)
        (folder / "ready").touch()
        alone = _wait_until_unused(folder)
    except Exception:  # noqa: BLE001 - whatever it was, who waits reads it
        traceback.print_exc()
        sys.exit(1)  # the folder stays for who waits
    finally:
        children.stop_all()
        clean()
    _keep_logs(folder)
    _forget(folder)
    alone.close()


def _wait_until_unused(folder: Path) -> IO[str]:
    """The users' file, locked for this process alone: who comes now waits, then starts anew."""
    users = folder.with_name(folder.name + ".users").open("a")
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return users
        except BlockingIOError:
            time.sleep(0.3)


def _keep_logs(folder: Path) -> None:
    """CLASSHUB_CLUSTER_LOGS names a folder for the logs of all programs, to look at after a failure."""
    if kept := os.environ.get("CLASSHUB_CLUSTER_LOGS"):
        place = Path(kept) / folder.name
        place.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copy(log, place)

"""Where what is costly to make is kept between runs, and how two runs take turns at making it."""

import fcntl
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    made = Path(root) / "classhub" / "kubernetes"
    made.mkdir(parents=True, exist_ok=True)
    return made


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder NAME of the cache; `make` fills a fresh one, which gets its name only when whole."""
    wanted = folder() / name
    if wanted.exists():
        return wanted
    with locked(folder() / f".{name}.lock"):
        if not wanted.exists():
            begun = folder() / f".{name}.unfinished"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(wanted)
    return wanted


@contextmanager
def locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another run makes {path.name.strip('.').removesuffix('.lock')} already; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


@contextmanager
def progress(what: str, detail: Callable[[], str] = lambda: "", every_s: float = 30) -> Iterator[None]:
    """A line at once, one every half minute while it lasts, and one at the end."""
    begun, over = time.monotonic(), threading.Event()

    def tell() -> None:
        while not over.wait(every_s):
            say(f"{what}: {time.monotonic() - begun:.0f} s{detail()}")

    say(f"{what}.")
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
        say(f"{what}: ended after {time.monotonic() - begun:.0f} s.")

"""Whether a secret shows in what everybody on a machine can read of its programs: their command lines."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Lines(set[str]):
    """All command lines that were seen."""

    def programs(self) -> set[str]:
        return {Path(line.split("\0")[0]).name for line in self}


def command_lines_now() -> Lines:
    found = Lines()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.add(path.read_text(errors="replace"))
    return found


@contextmanager
def command_lines() -> Iterator[Lines]:
    """Looked at all the time while the block runs."""
    seen, done = Lines(), threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.update(command_lines_now())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()

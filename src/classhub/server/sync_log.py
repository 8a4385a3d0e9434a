"""~/.classhub/sync.log: beside the syncs' own lines what went wrong around them. Never raises, never waits.

The file is opened for each line, as a sync opens it too, and the one that finds it large moves it aside.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

NAME = ".classhub/sync.log"
LARGEST = 256 * 1024
"""Bytes; there are at most two files of that size."""


class _Careful(logging.Handler):
    """A home may be full, read-only, or hold anything under these names: then there is no log, and nothing else is wrong."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            if _append(self._path, line) > LARGEST:
                self._path.replace(f"{self._path}.1")


def _append(path: Path, line: bytes) -> int:
    """The file's size after it. A pipe of that name would keep us waiting for a reader; a link would lead us elsewhere."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    opened = os.open(path, flags, 0o600)
    try:
        if stat.S_ISREG(os.fstat(opened).st_mode):
            os.write(opened, line)
        return os.fstat(opened).st_size
    finally:
        os.close(opened)


def open_log(home: Path) -> logging.Logger:
    """A logger of its own, which passes nothing on; nothing is written before the first line."""
    log = logging.Logger("classhub.material", logging.INFO)
    handler = _Careful(home / NAME)
    line = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    line.converter = time.gmtime
    handler.setFormatter(line)
    log.addHandler(handler)
    return log

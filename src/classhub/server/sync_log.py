"""~/.classhub/sync.log: beside the syncs' own lines what went wrong around them. Never raises, never waits.

The file is opened for each line, as a sync opens it too.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from classhub.materials import disk, sync_log

FOLDER = ".classhub"


class _Careful(logging.Handler):
    """A home may be full, read-only, or hold anything under these names: then there is no log, and nothing else is wrong."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            line = self.format(record).encode("utf-8", "backslashreplace")
            self._folder.mkdir(mode=0o700, exist_ok=True)
            opened = disk.open_folder(os.fsencode(self._folder))
            try:
                sync_log.append(opened, line)
            finally:
                disk.close(opened)


def open_log(home: Path) -> logging.Logger:
    """A logger of its own, which passes nothing on; nothing is written before the first line."""
    log = logging.Logger("classhub.material", logging.INFO)
    handler = _Careful(home / FOLDER)
    line = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    line.converter = time.gmtime
    handler.setFormatter(line)
    log.addHandler(handler)
    return log

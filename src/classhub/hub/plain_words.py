"""Failures that are nobody's bug, a setting of the wrong type or a full disk, stand in the hub's log as a sentence."""

import errno
import logging
import sqlite3
from typing import Any

from classhub.hub import unsaid

DISK = {
    errno.ENOSPC: "The disk is full. Make room: `df -h` shows where",
    errno.EDQUOT: "The disk quota is used up. Make room",
    errno.EROFS: "The disk is read-only. `dmesg` tells why",
    errno.EIO: "The disk does not answer. `dmesg` tells why",
}
DATABASE = {
    "full": "The hub's database could not be written: the disk is full. Make room: `df -h` shows where",
    "malformed": "The hub's database is damaged. Put it back from a backup; `classhub up` says how to begin a new one",
    "not a database": "The hub's database is damaged. Put it back from a backup; `classhub up` says how to begin a new one",
    "readonly": "The hub's database could not be written: it or its disk is read-only",
    "disk I/O error": "The hub's database could not be read or written: the disk does not answer, or it is full",
}
_BAD_CONFIG = "Bad config encountered"
_WHOLE_CONFIG = "Config at the time"
"""As traitlets begins what it says when the hub cannot start, the second in debug."""


def of(error: BaseException | None) -> str:
    """A sentence without a full stop; empty for what needs its traceback."""
    if error is None:
        return ""
    if type(error).__name__ == "TraitError":
        return unsaid.of_trait(str(error)).rstrip(".")
    original = getattr(error, "orig", error)
    if isinstance(original, sqlite3.Error):
        return next((words for part, words in DATABASE.items() if part in str(original)), "")
    if isinstance(error, OSError) and error.errno in DISK:
        return f"{DISK[error.errno]} ({error.filename})" if error.filename else DISK[error.errno]
    # JupyterHub and SQLAlchemy wrap what happened first
    return of(error.__cause__) or of(error.__context__) if error.__cause__ or error.__context__ else ""


def install() -> None:
    """From now on, for every logger of this process."""
    make = logging.getLogRecordFactory()

    def make_plain(*args: Any, **more: Any) -> logging.LogRecord:
        record = make(*args, **more)
        words = of(record.exc_info[1]) if record.exc_info else ""
        if words:
            told = str(record.msg).strip() and record.getMessage().split("\n")[0].strip()
            record.msg, record.args, record.exc_info = f"{told}: {words}." if told else f"{words}.", (), None
        elif str(record.msg).startswith(_BAD_CONFIG):
            record.msg, record.args = unsaid.of_trait(record.getMessage()), ()
        elif str(record.msg).startswith(_WHOLE_CONFIG):
            record.msg, record.args = f"{_WHOLE_CONFIG}: not shown, it holds secrets", ()
        return record

    logging.setLogRecordFactory(make_plain)

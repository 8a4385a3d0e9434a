"""The files in .classhub: read them, and say in words which one is damaged and what to do. Nothing damaged is deleted."""

import json
import shlex
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from classhub.errors import OutsideFailed

HARM = "a full disk, a power cut, a restored half of it or an edit by hand"


def read_json(path: Path, needed: Sequence[str] = (), then: str = "") -> dict[str, Any]:
    """A mapping that holds the keys `needed`. Raises FileNotFoundError, or OutsideFailed when it is damaged.

    then: what moving the file away costs, as a clause.
    """
    try:
        raw = json.loads(path.read_text())
    except NotADirectoryError as error:
        raise FileNotFoundError(str(path)) from error
    except ValueError as error:
        raise damaged(path, then) from error
    if not isinstance(raw, dict) or any(name not in raw for name in needed):
        raise damaged(path, then)
    return raw


def damaged(path: Path, then: str) -> OutsideFailed:
    """Says which file, and the command that keeps it and lets `up` make a new one."""
    move = f"mv {shlex.quote(str(path))} {shlex.quote(f'{path}.damaged')}"
    return OutsideFailed(
        f"{path} is damaged: it cannot be read.",
        HARM,
        f"Put it back from a backup, or move it away and start anew{then}:\n  {move} && classhub up",
    )


def need_sound_database(path: Path) -> None:
    """Raises OutsideFailed when the hub's database cannot be used. Only reads; nothing to do before the first start."""
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            return  # locked, or a disk's trouble: the hub says it in its own time
        verdict = str(error)
    if verdict != "ok":
        raise _damaged_database(path, str(verdict))


def _damaged_database(path: Path, verdict: str) -> OutsideFailed:
    kept = shlex.quote(str(path.parent / "damaged"))
    reason = " ".join(verdict.split("\n", maxsplit=1)[0].strip("* ").split())
    return OutsideFailed(
        f"The hub's database, {path}, is damaged: {reason}.",
        HARM,
        "Put it back from a backup, or move it away and begin with an empty one: homes stay, accounts and passwords are "
        f"made anew:\n  mkdir -p {kept} && mv {shlex.quote(str(path))}* {kept}/ && classhub up",
    )

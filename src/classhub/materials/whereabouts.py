"""Where a course lies in a home: the folder that its last sync used, as the records say. Reads only.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from classhub.materials import names, own_file

LARGEST = 64 << 20
"""Bytes of a record that are read."""


class Found(NamedTuple):
    """A file of a course. path: below the course's folder; folder: below the home."""

    course: str
    path: str
    folder: str


def state_of(home: Path, course: str) -> Path:
    """The folder of the sync's own records."""
    return home / names.STATE / course


def recorded(state: Path) -> Iterator[str]:
    """Folders that the records name, the last result's first. A run that failed early may have left it without one."""
    for record in (own_file.read_json(state / "result.json", LARGEST), _base(state)):
        folder = record.get("folder")
        if isinstance(folder, str) and folder:
            yield folder


def _base(state: Path) -> dict[str, object]:
    """Whether its checksum holds is no matter here: the folder has to be there, too."""
    body = (own_file.read(state / "base.json", LARGEST) or b"").partition(b"\n")[2]
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def folder_in_use(home: Path, state: Path) -> str | None:
    """It stays there when a release names another folder. None: never synced, or the student removed it."""
    return next((folder for folder in recorded(state) if not names.refused(folder) and _is_there(home, folder)), None)


def _is_there(home: Path, folder: str) -> bool:
    try:
        return os.path.isdir(home / folder)  # noqa: PTH112 - Path.is_dir raises where it may not look
    except ValueError:
        return False


def course_of(home: Path, file: str) -> Found | None:
    """Of a path in the home."""
    wanted = os.path.normpath(os.path.join(home, file))  # noqa: PTH118  no link is followed
    for state in sorted((home / names.STATE).glob("*")):
        folder = folder_in_use(home, state) or next(recorded(state), "")
        whole = os.path.normpath(os.path.join(home, folder)) if folder else ""  # noqa: PTH118
        if whole and wanted.startswith(whole + os.sep):
            return Found(state.name, wanted[len(whole) + 1 :], folder)
    return None

"""What the home holds of a course: the folder, the release that was synced last, and what a link's path became."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from classhub.materials import manifest as releases
from classhub.materials import names, own_file, whereabouts
from classhub.materials.manifest import Manifest

LATE_S = 30.0
RENAMES = 20
"""A name that changed more often than that is going round in circles."""


def state_of(home: Path, course: str) -> Path:
    """The folder of the sync's own records."""
    return whereabouts.state_of(home, course)


def manifest_of(home: Path, course: str) -> Manifest | None:
    """The release that was synced last; None: none, or not readable."""
    text = own_file.read(state_of(home, course) / "manifest.json", whereabouts.LARGEST)
    try:
        return releases.from_json(text) if text else None
    except releases.Malformed:
        return None


def folder_in_use(home: Path, course: str) -> str | None:
    """Where the last sync put this course; it stays there when a release names another folder. None: never synced."""
    return whereabouts.folder_in_use(home, state_of(home, course))


def now_called(manifest: Manifest | None, path: str) -> str:
    """The path of now; the same one if it was not renamed. A renamed folder takes along what is below it."""
    for _ in range(RENAMES if manifest else 0):
        newer = _renamed(manifest, path)
        if newer == path:
            break
        path = newer
    return path


def _renamed(manifest: Manifest | None, path: str) -> str:
    if manifest is None or path in manifest.files:
        return path
    parts = path.split("/")
    for length in range(len(parts), 0, -1):
        newer = manifest.renames.get("/".join(parts[:length]))
        if newer and not names.refused(newer):
            return "/".join([newer, *parts[length:]])
    return path


def opens_in_s(manifest: Manifest | None, now: float) -> float | None:
    """Seconds until the next file is released; None: none is to come. now: since the epoch.

    A time that has passed here but not for the mirror is asked about again soon: two clocks are never the same.
    """
    moments = filter(None, map(moment_of, (manifest.coming if manifest else {}).values()))
    waits = (moment.timestamp() - now for moment in moments)
    return min((wait if wait > 0 else LATE_S for wait in waits), default=None)


def moment_of(text: str) -> datetime | None:
    """ISO 8601 with an offset; None: it is none."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def is_there(home: Path, folder: str, path: str) -> bool:
    """Is there anything of that name? A link to nowhere is nothing that could be opened."""
    try:
        return os.path.exists(home / folder / path)  # noqa: PTH110 - Path.exists raises in 3.9 for odd names
    except (OSError, ValueError):
        return False

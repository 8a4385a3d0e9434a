"""What was applied when, by whom. One file per revision, private: it holds the settings, so that each is a way back."""

import getpass
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classhub.errors import NotFound
from classhub.hub.files import write_private
from classhub.plan.changes import digest
from classhub.plan.steps import Revision

KEPT = 50


def add(folder: Path, settings: Mapping[str, Any], what: str) -> Revision:
    """Write the next revision; the oldest beyond 50 go."""
    numbers = _numbers(folder)
    revision = Revision((numbers[-1] if numbers else 0) + 1, time.time(), who(), what, digest(settings))
    text = json.dumps(
        {
            "when": revision.when,
            "who": revision.who,
            "what": what,
            "digest": revision.digest,
            "settings": dict(settings),
        }
    )
    write_private(_file(folder, revision.number), text)
    for number in numbers[: max(0, len(numbers) + 1 - KEPT)]:
        _file(folder, number).unlink(missing_ok=True)
    return revision


def revisions(folder: Path) -> list[Revision]:
    """Oldest first."""
    found = []
    for number in _numbers(folder):
        raw = json.loads(_file(folder, number).read_text())
        found.append(Revision(number, raw["when"], raw["who"], raw["what"], raw["digest"]))
    return found


def settings_of(folder: Path, number: int) -> dict[str, Any]:
    """Raises NotFound for a number that is not kept."""
    try:
        settings: dict[str, Any] = json.loads(_file(folder, number).read_text())["settings"]
    except FileNotFoundError as error:
        raise NotFound(f"There is no revision {number} here.", fix="classhub history") from error
    return settings


def who() -> str:
    """The account behind sudo, else our own."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:04}.json"


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.json") if path.stem.isdigit())

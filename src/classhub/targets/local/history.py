"""What was applied when, by whom. One file per revision, private: it holds the settings, so that each is a way back."""

import getpass
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from classhub.errors import NotFound, OutsideFailed
from classhub.hub.files import write_private
from classhub.plan.changes import digest, digests
from classhub.plan.steps import Revision
from classhub.targets.local.state_files import damaged, read_json

KEPT = 50
FIELDS = ("when", "who", "what", "digest", "settings")


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


def mark(folder: Path, outcome: str) -> None:
    """Write down what became of the newest revision. Nothing where there is none, or it is damaged."""
    path = _file(folder, newest(folder))
    with suppress(FileNotFoundError, OutsideFailed):
        write_private(path, json.dumps({**read_json(path, FIELDS), "outcome": outcome}))


def newest(folder: Path) -> int:
    """The number of the newest revision, 0 before the first. Reads names only: `inspect` asks it many times a second."""
    return max(_numbers(folder), default=0)


def revisions(folder: Path) -> list[Revision]:
    """Oldest first."""
    found = []
    for number in _numbers(folder):
        try:
            raw = read_json(_file(folder, number), FIELDS)
            found.append(_revision(number, raw))
        except OutsideFailed:  # an old revision is no reason to stop; there is just no way back to it
            path = _file(folder, number)
            found.append(Revision(number, path.stat().st_mtime, "", f"(damaged, no way back to it: {path})", ""))
    return found


def _revision(number: int, raw: Mapping[str, Any]) -> Revision:
    parts = digests(raw["settings"]) if isinstance(raw["settings"], dict) else {}
    return Revision(number, raw["when"], raw["who"], raw["what"], raw["digest"], parts, raw.get("outcome", ""))


def settings_of(folder: Path, number: int) -> dict[str, Any]:
    """Raises NotFound for a number that is not kept, OutsideFailed for a damaged one."""
    path = _file(folder, number)
    try:
        settings = read_json(path, FIELDS)["settings"]
    except FileNotFoundError as error:
        raise NotFound(f"There is no revision {number} here.", fix="classhub history") from error
    if not isinstance(settings, dict):
        raise damaged(path, "")
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

"""Put course material into a home that never had it: a plain copy, once, as the student.

In the background: a slow disk must not keep a server from starting. The copy appears under its name only when whole.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

COURSES = "CLASSHUB_COURSES"


def deliver_in_background(log: Any) -> threading.Thread:
    """Start one thread for all courses named in the environment; the thread is returned for tests."""
    courses = json.loads(os.environ.pop(COURSES, "[]"))
    thread = threading.Thread(target=_deliver_all, args=(courses, Path.home(), log), daemon=True)
    thread.start()
    return thread


def _deliver_all(courses: list[dict[str, str]], home: Path, log: Any) -> None:
    for course in courses:
        try:
            if deliver(Path(course["material"]), home, course["folder"], course["name"]):
                log.info("course %s: material is in %s", course["name"], course["folder"])
        except OSError as error:
            # the server must start whatever a home looks like; the log says what is in the way
            log.warning("course %s: its material could not be copied: %s", course["name"], error)


def deliver(material: Path, home: Path, folder: str, course: str) -> bool:
    """Copy once; True when this call brought the material. A folder that is there already is never touched."""
    mark = home / ".classhub" / course / "delivered"
    target = home / folder
    if mark.exists():
        return False
    brought = not os.path.lexists(target)
    if brought:
        _copy_whole(material, target)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return brought


def _copy_whole(material: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.copytree(
            material, part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
        for path in [part, *part.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o600))
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)

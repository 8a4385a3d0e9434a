"""What staff want done in a home whose server runs: a file each in the course's state folder, until the server has done it.

Written as the student, like everything in a home; so it can ask for nothing that the student could not ask for.
Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from classhub.materials import names, own_file, whereabouts

LARGEST = 1 << 20
KEPT_S = 3600.0
"""An answer that nobody fetched goes after this time."""


class Order(NamedTuple):
    """Start this file of a course over."""

    file: Path
    course: str
    path: str


def place(home: Path, course: str, path: str) -> Path:
    """The file in which the answer will be. Raises OSError."""
    folder = whereabouts.state_of(home, course) / "orders"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{time.time():.6f}-{os.getpid()}"
    own_file.write(folder / f"{name}.json", json.dumps({"path": path}))
    return folder / f"{name}.done"


def waiting(home: Path) -> Iterator[Order]:
    """Oldest first. What is no order is removed, where it can be."""
    for file in sorted((home / names.STATE).glob("*/orders/*.json")):
        path = own_file.read_json(file, LARGEST).get("path")
        if isinstance(path, str) and path:
            yield Order(file, file.parent.parent.name, path)
        else:
            with suppress(OSError):
                file.unlink()


def done(order: Order, answer: dict[str, Any]) -> None:
    """Raises OSError. The order goes also where its answer cannot be written: it would be done again and again."""
    order.file.unlink()
    own_file.write(order.file.with_suffix(".done"), json.dumps(answer))
    for old in order.file.parent.glob("*.done"):
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - KEPT_S:
                old.unlink()


def wait(answer: Path, timeout_s: float) -> dict[str, Any] | None:
    """None: not done in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if answer.is_file():
            found = own_file.read_json(answer, LARGEST)
            answer.unlink()
            return found
        time.sleep(0.1)
    return None

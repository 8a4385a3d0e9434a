"""python -m classhub.materials VERB FILE: what staff do in a student's home, as the student. One line of JSON comes back.

VERB is versions, restore or start-over; FILE is as in the home, comp141/labs/lab01.ipynb. Standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classhub.materials import orders, restore, whereabouts
from classhub.materials.result import Result
from classhub.materials.result import to_json as result_json
from classhub.materials.whereabouts import Found

WAIT_S = 60.0
"""For the running server to start a file over: it looks for such orders about three times a minute."""


def main(arguments: Sequence[str]) -> int:
    """0; 1 with a sentence; 2 for wrong usage."""
    if len(arguments) not in (2, 3) or arguments[0] not in ("versions", "restore", "start-over"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    verb, file, *version = arguments
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  the home that HOME names
    found = whereabouts.course_of(home, file)
    if found is None:
        return _said({"error": f"{file} is in no course's folder of this home.", "next": "whose"}, 1)
    if verb == "versions":
        listed = restore.versions(whereabouts.state_of(home, found.course), found.path)
        return _said(
            {"versions": [{"name": one.name, "when": one.when, "why": one.why, "bytes": one.size} for one in listed]}
        )
    if verb == "restore":
        return _restored(home, found, *version)
    return _ordered(home, found.course, found.path)


def _restored(home: Path, found: Found, version: str = "") -> int:
    course, path, folder = found
    if not version:
        kept = restore.versions(whereabouts.state_of(home, course), path)
        if not kept:
            return _said({"error": f"No former version of {path} is kept.", "next": "fresh"}, 1)
        version = kept[0].name
    return _result(restore.restore(home, course, path, version, folder=folder))


def _ordered(home: Path, course: str, path: str) -> int:
    """The running server does it: it has what the mirror wants to be shown, and we have not."""
    done = orders.wait(orders.place(home, course, path), WAIT_S)
    if done is None:
        return _said({"error": "The server of this home has not done it yet; it will, when it looks next."}, 1)
    return _said(done, 0 if done.get("status") == "done" else 1)


def _result(result: Result) -> int:
    return _said(json.loads(result_json(result)), 0 if result.status == "done" else 1)


def _said(what: dict[str, Any], code: int = 0) -> int:
    sys.stdout.write(json.dumps(what) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

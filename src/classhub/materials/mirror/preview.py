"""What the next release will do to each student, before it is out. Pure.

Of a student's copy the mirror knows what the last sync reported: the release that was applied, and the files that differ
from it. Whether two changes of one notebook merge shows only in the home; so that is said as a possibility.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from classhub.materials.manifest import Entry, Manifest

STUDENTS_OWN = ("kept", "beside", "merged")
"""What a report says of a file in which the student has written."""


def told(current: Manifest | None, coming: Manifest, reports: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """coming: the release that waits, or what the source has now. reports: the last result by name."""
    before = current.files if current else {}
    new, changed, removed = _difference(before, coming.files)
    students = [_student(name, result, changed, removed) for name, result in sorted(reports.items())]
    return {
        "classhub": 1,
        "from": current.release if current else "",
        "to": coming.release,
        "source": coming.source,
        "new": new,
        "changed": changed,
        "removed": removed,
        "renamed": {old: now for old, now in coming.renames.items() if old in before and now in coming.files},
        "students": students,
    }


def _difference(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[list[str], list[str], list[str]]:
    new = sorted(path for path in after if path not in before)
    changed = sorted(path for path, entry in after.items() if path in before and before[path] != entry)
    return new, changed, sorted(path for path in before if path not in after)


def _student(name: str, result: Mapping[str, Any], changed: Iterable[str], removed: Iterable[str]) -> dict[str, Any]:
    """touched: files of both, in which the student has written: merged where that is clean, else the new one lies beside."""
    own = {item["path"] for item in result.get("items", ()) if item["action"] in STUDENTS_OWN}
    touched = [path for path in changed if path in own]
    return {
        "name": name,
        "release": result.get("release_applied", ""),
        "updated": [path for path in changed if path not in own],
        "touched": touched,
        "kept": [path for path in removed if path in own],
        "removed": [path for path in removed if path not in own],
    }

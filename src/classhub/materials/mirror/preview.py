"""What the release that waits will do, as far as the mirror can know it: from what students' syncs reported last. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror.results import Report

OWN = frozenset(("kept", "merged", "beside"))
"""Actions that tell of a file in which a student has work of his own."""


def preview(current: Manifest | None, waiting: Manifest | None, reports: Iterable[Report]) -> dict[str, Any]:
    """Without a release that waits all of it is empty. students: those with work of their own in files that change."""
    before = current.files if current else {}
    after = waiting.files if waiting else before
    files = {
        "new": sorted(after.keys() - before.keys()),
        "updated": sorted(path for path in after.keys() & before.keys() if _differs(before[path], after[path])),
        "removed": sorted(before.keys() - after.keys()),
    }
    changed = {*files["updated"], *files["removed"]}
    touched = [{"name": one.name, "edited": found} for one in reports if (found := _edited(one.result, changed))]
    release = waiting.release if waiting else ""
    return {"release": release, "source": waiting.source if waiting else "", "files": files, "students": touched}


def _differs(one: Entry, other: Entry) -> bool:
    return (one.kind, one.digest) != (other.kind, other.digest)


def _edited(result: Mapping[str, Any], changed: set[str]) -> list[str]:
    return sorted(
        {item["path"] for item in result.get("items", ()) if item["action"] in OWN and item["path"] in changed}
    )

"""What a student may do to one file: start it over, bring a former version back, see what changed. Waits; run apart."""

from __future__ import annotations

from typing import Any

from classhub.materials.manifest import Malformed
from classhub.materials.result import Result
from classhub.materials.source import Offline, Source
from classhub.server import copies, news
from classhub.server.courier import Courier

LARGEST = 32 << 20
"""Bytes of a file that is combined with what a tab holds."""


WHY_KEPT = {
    "merged": "yours, before a new version came in",
    "restored": "before another version was brought back",
    "updated": "the course’s, before a newer one came",
    "removed": "the course’s, before it was taken out",
}
CHANGED = {
    ("edited", ""): "you changed it",
    ("edited", "updated"): "you changed it, and the course has a new version",
    ("edited", "withdrawn"): "you changed it, and the course has it no more; yours stays",
    ("missing", ""): "you removed it; it comes back",
    ("missing", "updated"): "you removed it; a new version comes",
    ("missing", "withdrawn"): "you removed it, and the course has it no more",
    ("", "new"): "new, on its way to you",
    ("", "updated"): "a new version is on its way to you",
    ("", "withdrawn"): "the course has it no more",
}


def start_over(courier: Courier, course: str, path: str) -> dict[str, Any]:
    from classhub.materials import restore as restoring

    source, folder = courier.origin.source(course), copies.folder_in_use(courier.home, course)
    return _told(courier, restoring.start_over(source, courier.home, course, path, folder=folder))


def restore(courier: Courier, course: str, path: str, version: str) -> dict[str, Any]:
    from classhub.materials import restore as restoring

    folder = copies.folder_in_use(courier.home, course)
    return _told(courier, restoring.restore(courier.home, course, path, version, folder=folder))


def _told(courier: Courier, result: Result) -> dict[str, Any]:
    courier.log.info("%s: %s: %s", result.course, result.status, result.message)
    return {
        "status": result.status,
        "message": result.error.get("text", "") or result.message,
        "items": news.item_lines(result.items),
    }


def versions(courier: Courier, course: str, path: str) -> list[dict[str, Any]]:
    """The newest first."""
    from classhub.materials import restore as restoring

    found = restoring.versions(copies.state_of(courier.home, course), path)
    return [
        {"name": one.name, "when": one.when, "words": WHY_KEPT.get(one.why, one.why), "bytes": one.size}
        for one in found
    ]


def changes(courier: Courier, course: str) -> list[dict[str, str]]:
    """Of the release of now; while the mirror is away, of the one that was seen last."""
    try:
        return _changes(courier, course, courier.origin.source(course))
    except Offline:
        from classhub.materials.restore import Stored

        return _changes(courier, course, Stored(copies.state_of(courier.home, course)))


def _changes(courier: Courier, course: str, source: Source) -> list[dict[str, str]]:
    from classhub.materials import changes as looking

    folder = copies.folder_in_use(courier.home, course)
    try:
        found = looking.changes(source, courier.home, course, folder=folder)
    except (OSError, Malformed) as error:
        raise Offline("Your course's folder cannot be looked at now.") from error
    return [
        {"path": one.path, "shown": news.printable(one.path), "words": CHANGED.get((one.yours, one.course), "changed")}
        for one in found
    ]


def combine(courier: Courier, course: str, path: str, base: str, mine: str) -> str | None:
    """What an open tab holds and has not saved, with what lies on the disk now. base: what the tab had last read or written.

    None: both changed the same, or the file is of a kind that is never merged. Nothing is written.
    """
    from classhub.materials import by_cell, by_line

    theirs = _on_disk(courier, course, path)
    if theirs is None:
        return None
    merge = by_cell.merge if path.endswith(".ipynb") else by_line.merge
    merged = merge(_bytes(base), _bytes(mine), theirs)
    return None if merged is None else merged.decode("utf-8")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _on_disk(courier: Courier, course: str, path: str) -> bytes | None:
    folder = copies.folder_in_use(courier.home, course)
    place = courier.home / folder / path if folder else None
    if place is None or not place.is_file() or place.stat().st_size > LARGEST:
        return None
    content = place.read_bytes()
    return None if b"\0" in content else content

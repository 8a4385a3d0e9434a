"""What a student may do to one file: start it over, bring a former version back, see what changed. Waits; run apart."""

from __future__ import annotations

from typing import Any

from classhub.materials.result import Result
from classhub.server import copies, news
from classhub.server.courier import Courier

LARGEST = 32 << 20
"""Bytes of a file that is combined with what a tab holds."""


def start_over(courier: Courier, course: str, path: str) -> dict[str, Any]:
    from classhub.materials import restore as restoring

    source = courier.origin.source(course)
    return _told(courier, restoring.start_over(source, courier.home, course, path))


def restore(courier: Courier, course: str, path: str, version: str) -> dict[str, Any]:
    from classhub.materials import restore as restoring

    return _told(courier, restoring.restore(courier.home, course, path, version))


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
    rows = [{"name": one.name, "when": one.when, "why": one.why, "bytes": one.size} for one in found]
    return sorted(rows, key=lambda row: str(row["when"]), reverse=True)


def combine(courier: Courier, course: str, path: str, base: str, mine: str) -> str | None:
    """What an open tab holds and has not saved, with what lies on the disk now. base: what the tab had last read or written.

    None: both changed the same, or the file is of a kind that is never merged. Nothing is written.
    """
    from classhub.materials import by_cell, by_line

    theirs = _on_disk(courier, course, path)
    if theirs is None:
        return None
    merge = by_cell.merge if path.endswith(".ipynb") else by_line.merge
    merged = merge(*(text.encode("utf-8", "surrogatepass") for text in (base, mine)), theirs)
    return None if merged is None else merged.decode("utf-8")


def _on_disk(courier: Courier, course: str, path: str) -> bytes | None:
    folder = copies.folder_in_use(courier.home, course)
    place = courier.home / folder / path if folder else None
    if place is None or not place.is_file() or place.stat().st_size > LARGEST:
        return None
    content = place.read_bytes()
    return None if b"\0" in content else content

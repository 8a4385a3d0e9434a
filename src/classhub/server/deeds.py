"""What a student may do to one file: start it over, bring a former version back, see what changed. Waits; run apart."""

from __future__ import annotations

from typing import Any

from classhub.materials.result import Result
from classhub.server import copies, news
from classhub.server.courier import Courier


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

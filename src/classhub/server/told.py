"""What classhub/api/material says of the courier's work. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

from classhub.materials.result import Result
from classhub.server import news
from classhub.server.state import Now, Snapshot

Contents = Callable[[str], str]
"""What JupyterLab calls a path below the home."""


def status(snapshot: Snapshot, contents: Contents) -> dict[str, Any]:
    courses = [_course(now, contents) for now in snapshot.courses]
    words = {"number": snapshot.number, "listed": snapshot.is_listed, "away": snapshot.away, "tries": snapshot.tries}
    return {**words, "courses": courses}


def _course(now: Now, contents: Contents) -> dict[str, Any]:
    result = now.result
    return {
        "name": now.course.name,
        "title": news.printable(now.course.called),
        "running": now.running,
        "looks": now.looks,
        "release": result.release_applied if result else "",
        "at": contents(_folder(now)),
        "short": news.in_short(result, now.running),
        "status": result.status if result else "",
        "message": result.message if result else "",
        "when": result.started if result else "",
        "items": news.item_lines(result.items) if result else [],
        "news": _news(now.told, contents) if now.told else None,
    }


def _folder(now: Now) -> str:
    return (now.result.folder if now.result else "") or now.course.folder or now.course.name


def _news(told: Result, contents: Contents) -> dict[str, Any]:
    """id: another one for other news. changed: files that an open tab shows as they were."""
    return {
        "id": f"{told.started} {crc32(repr((told.release_applied, told.items)).encode('ascii', 'backslashreplace')):08x}",
        "message": told.message,
        "put": any(item.action in news.PUT_SOMEWHERE for item in told.items),
        "items": news.item_lines(item for item in told.items if item.action in news.TOLD),
        "changed": [contents(f"{told.folder}/{path}") for path in news.changed_paths(told)],
    }

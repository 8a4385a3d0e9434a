"""What a sync did, in the few words that a status bar holds, and as the list that a student may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from classhub.materials import telling
from classhub.materials.result import Item, Result

ARRIVED = ("new", "restored", "updated", "merged", "removed")
PUT_SOMEWHERE = ("beside", "aside")
TOLD = (*ARRIVED, *PUT_SOMEWHERE, "blocked")
"""Actions that a student hears of. `kept` and `skipped` are said again by every sync, and are no news."""
SHOWN_ITEMS = 200
IN_WORDS = {
    "new": "new",
    "restored": "brought back",
    "updated": "new version",
    "merged": "your work and the new version are both in it",
    "removed": "taken out of the course; you had not changed it",
    "kept": "yours, as you left it",
    "beside": "yours is as you left it; the new version is beside it",
    "aside": "yours has a new name; the course's file has this one",
    "skipped": "not handed out",
    "blocked": "could not be written",
}


def has_news(result: Result) -> bool:
    return any(item.action in TOLD for item in result.items)


def joined(before: Result | None, now: Result | None) -> Result | None:
    """One sync that was done in parts. What the first of them did is there already, or the student's own, for the next."""
    if before is None or now is None:
        return now or before
    did = [item for item in before.items if item.action in TOLD and item.action != "blocked"]
    known = {item.path for item in did}
    items = dict.fromkeys((*did, *(item for item in now.items if item.action in TOLD or item.path not in known)))
    told = telling.line(items, now.error) if now.status in ("done", "partial") else now.message
    seconds, size = before.seconds + now.seconds, before.bytes + now.bytes
    began, same = before.started, before.same
    return replace(now, items=tuple(items), message=told, started=began, seconds=seconds, same=same, bytes=size)


def changed_paths(result: Result) -> list[str]:
    """Files below the course's folder that are not what an open tab shows."""
    return [item.path for item in result.items if item.action in ("updated", "merged", "restored", "aside")]


def in_short(result: Result | None, running: bool) -> str:
    """At most five words."""
    if result is None:
        return "looking…" if running else "not looked yet"
    if result.status == "offline":
        return "not reachable, yours is here"
    if result.status == "failed":
        return "a problem, see here"
    if result.status == "partial":
        goes_on = running or result.error.get("code") == "budget"  # between two parts of a sync, or soon
        return "still coming" if goes_on else "not all arrived"
    if result.status == "busy":
        return "looking…"
    return _of_items(result.items) or "up to date"


def _of_items(items: Iterable[Item]) -> str:
    by_action: dict[str, list[Item]] = {}
    for item in items:
        by_action.setdefault(item.action, []).append(item)
    put = [item for action in PUT_SOMEWHERE for item in by_action.get(action, [])]
    if put:
        return f"kept your {name(put[0].path)}{'…' if len(put) > 1 else ''}"
    arrived = len(by_action.get("new", [])) + len(by_action.get("restored", []))
    changed = len(by_action.get("updated", [])) + len(by_action.get("merged", []))
    if arrived:
        return f"{arrived} new {'file' if arrived == 1 else 'files'}"
    return f"{changed} updated {'file' if changed == 1 else 'files'}" if changed else ""


def name(path: str) -> str:
    """The last part, as a person reads it: bytes that are no letters become a mark."""
    return printable(path.rsplit("/", 1)[-1])


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def item_lines(items: Iterable[Item]) -> list[dict[str, Any]]:
    """For the browser. Paths that are no UTF-8 travel as lone surrogates, and are shown by `shown`."""
    return [
        {
            "path": item.path,
            "shown": printable(item.path),
            "action": item.action,
            "words": IN_WORDS.get(item.action, item.action),
            "where": printable(item.where),
            "why": item.why,
        }
        for item in list(items)[:SHOWN_ITEMS]
    ]

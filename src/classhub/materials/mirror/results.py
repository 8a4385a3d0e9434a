"""What students' syncs reported last: one small file per student in the course's store."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from classhub.materials.mirror import whole_file
from classhub.materials.result import ACTIONS, STATUSES

LARGEST = 256_000
LONGEST_NAME = 150
CONFLICTS = ("beside", "aside", "blocked")
"""Actions after which somebody may have to look."""


class Unfit(Exception):
    """This is no report of a sync."""


@dataclass(frozen=True)
class Report:
    name: str
    when: str
    """ISO 8601, by the mirror's clock."""
    result: Mapping[str, Any]


class Results:
    """folder: STORE/COURSE/results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, course: str, body: bytes, when: str) -> None:
        """In the place of this student's earlier one. Raises Unfit."""
        found = _looked_over(body, course)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{_slug(name)}.json"
        whole_file.write_json(path, {"name": name, "when": when, "result": found}, lasting=False)

    def all(self) -> Iterator[Report]:
        """By name of the file. One that cannot be read is nobody's."""
        for path in sorted(self._folder.glob("*.json")):
            raw = whole_file.read_json(path)
            if isinstance(raw.get("name"), str) and isinstance(raw.get("result"), dict):
                yield Report(raw["name"], str(raw.get("when", "")), raw["result"])


def standing(report: Report, release: str) -> dict[str, Any]:
    """A student in the list for staff. release: the one that is out."""
    result = report.result
    items = result["items"]
    return {
        "name": report.name,
        "when": report.when,
        "status": result["status"],
        "release": result["release_applied"],
        "is_behind": result["release_applied"] != release,
        "conflicts": [item for item in items if item["action"] in CONFLICTS],
        "message": result["message"],
        "error": result["error"],
    }


def _looked_over(body: bytes, course: str) -> dict[str, Any]:
    """The known parts, each of its type: a student can send anything, and staff will read it."""
    if len(body) > LARGEST:
        raise Unfit(f"A report has at most {LARGEST} bytes.")
    try:
        raw = json.loads(body)
        if raw["course"] != course or raw["status"] not in STATUSES:
            raise Unfit("This reports on another course, or in words that are not known.")
        words = {name: _line(raw.get(name, "")) for name in WORDS}
        numbers = {name: _number(raw.get(name, 0)) for name in NUMBERS}
        items = [_item(item) for item in raw.get("items", [])]
        error = {name: _line(raw.get("error", {}).get(name, "")) for name in ("code", "text")}
        return {"course": course, "status": raw["status"], **words, **numbers, "items": items, "error": error}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unfit("This is no report of a sync.") from None


WORDS = ("release_wanted", "release_applied", "source", "folder", "started", "message")
NUMBERS = ("seconds", "same", "bytes", "free_bytes")


def _item(raw: Mapping[str, Any]) -> dict[str, str]:
    if raw["action"] not in ACTIONS:
        raise ValueError
    return {"action": raw["action"], **{name: _line(raw.get(name, "")) for name in ("path", "where", "why")}}


def _line(value: Any) -> str:
    """Without what would write over a terminal."""
    if not isinstance(value, str):
        raise TypeError
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", "\ufffd", value[:4000])


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e18:
        raise TypeError
    return value


def _slug(name: str) -> str:
    """A file name that is no other student's; what is too long ends in a digest instead."""
    kept = quote(name.encode("utf-8", "surrogatepass"), safe="@+").replace(".", "%2E").replace("~", "%7E")
    if len(kept) <= LONGEST_NAME:
        return kept
    return f"{kept[:LONGEST_NAME]}~{hashlib.sha256(kept.encode()).hexdigest()[:16]}"

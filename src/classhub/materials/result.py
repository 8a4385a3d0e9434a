"""What one sync did: the record that is written as its last act, posted to staff, and said to the student in one line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

VERSION = 1
STATUSES = ("done", "partial", "offline", "busy", "failed")
ACTIONS = (
    "new",
    "restored",
    "updated",
    "removed",
    "merged",
    "kept",
    "beside",
    "aside",
    "skipped",
    "blocked",
)
"""restored: delivered again where it was missing. beside: the new version lies beside the student's own. aside: the
student's own was moved to a name of its own. skipped: not delivered by rule. blocked: the disk did not let us."""


class Item(NamedTuple):
    """One path that something was done to, or that needs a word. Untouched files are only counted."""

    path: str
    action: str
    where: str = ""
    """The name of the copy beside, or of the student's own that was moved."""
    why: str = ""


@dataclass(frozen=True)
class Result:
    """JSON by to_json. Holds no credential and no traceback."""

    course: str
    status: str
    release_wanted: str = ""
    release_applied: str = ""
    source: str = ""
    folder: str = ""
    started: str = ""
    """ISO 8601 in UTC."""
    seconds: float = 0.0
    same: int = 0
    """Files that were there already as they should be."""
    items: tuple[Item, ...] = ()
    bytes: int = 0
    """Written."""
    free_bytes: int | None = None
    error: Mapping[str, str] = field(default_factory=dict)
    """code, text; empty when all went well."""
    message: str = ""
    """The one line for a person."""

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(item.action for item in self.items))


def to_json(result: Result) -> str:
    """ASCII."""
    items = [{"path": path, "action": action, "where": where, "why": why} for path, action, where, why in result.items]
    return json.dumps({"version": VERSION, **vars(result), "items": items, "counts": result.counts})

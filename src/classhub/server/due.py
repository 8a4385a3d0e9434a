"""Which course is to be synced now, and when the next one will be. Pure: the time comes as an argument, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from classhub.materials.result import Result
from classhub.server import pace

BUSY_S = 3.0
"""Another server of the same student syncs: it will be done soon."""


@dataclass(frozen=True)
class _Last:
    release: str
    when: float
    again: float
    failures: int = 0


class Due:
    """Remembers how the last sync of each course ended."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last: dict[str, _Last] = {}

    def is_due(self, name: str, release: str, now: float) -> bool:
        last = self._last.get(name)
        return last is None or last.release != release or now >= last.again

    def synced(
        self, name: str, release: str, result: Result | None, now: float, opens_in_s: float | None = None
    ) -> None:
        """No result: it broke. opens_in_s: until a file is released that this student may not have yet."""
        last = self._last.get(name)
        failures = 0 if result and result.status in ("done", "busy") else (last.failures if last else 0) + 1
        pause = self._pause_s(result, failures, opens_in_s)
        self._last[name] = _Last(release, now, now + pause, failures)

    def _pause_s(self, result: Result | None, failures: int, opens_in_s: float | None) -> float:
        if result and result.status == "busy":
            return BUSY_S
        if failures:
            return pace.pause_s(self._every_s, failures)
        if result and any(item.action in ("updated", "merged") for item in result.items):
            return self._every_s  # somebody may have saved over it in that moment: materials/overtaken.py
        return pace.FULL_EVERY_S if opens_in_s is None else min(pace.FULL_EVERY_S, opens_in_s + 1)

    def next_in_s(self, now: float) -> float:
        """Seconds; FULL_EVERY_S if nothing is waited for."""
        return max(0.0, min((last.again - now for last in self._last.values()), default=pace.FULL_EVERY_S))

"""What a student and the pages need to know of the courier's work. Written by its thread, read by the server's."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from classhub.materials.result import Result
from classhub.server import news
from classhub.server.courses import Course


@dataclass(frozen=True)
class Now:
    """One course at this moment."""

    course: Course
    result: Result | None = None
    """Of the last sync of everything."""
    told: Result | None = None
    """The last one that brought something or put something aside; later syncs that found nothing new leave it."""
    running: bool = False


@dataclass(frozen=True)
class Snapshot:
    """All courses at one moment."""

    courses: tuple[Now, ...] = ()
    is_listed: bool = False
    """Has the list been asked for, with success, since the start?"""
    away: str = ""
    """Why the mirror cannot be asked, for a person; empty: it can."""

    def of(self, name: str) -> Now | None:
        return next((now for now in self.courses if now.course.name == name), None)


class State:
    """Holds the snapshot of now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = Snapshot()

    def snapshot(self) -> Snapshot:
        return self._now

    def remembered(self, courses: Iterable[Course]) -> None:
        with self._lock:
            self._now = replace(self._now, courses=tuple(map(Now, courses)))

    def listed(self, courses: Iterable[Course]) -> None:
        """A course that is not on the list any more is not shown; its folder stays where it is."""
        with self._lock:
            known = {now.course.name: now for now in self._now.courses}
            fresh = tuple(replace(known.get(one.name, Now(one)), course=one) for one in courses)
            self._now = Snapshot(fresh, is_listed=True)

    def added(self, course: Course) -> None:
        """One that only a link named."""
        with self._lock:
            if self._now.of(course.name) is None:
                self._now = replace(self._now, courses=(*self._now.courses, Now(course)))

    def away(self, why: str) -> None:
        with self._lock:
            self._now = replace(self._now, away=why)

    def began(self, name: str) -> None:
        self._change(name, running=True)

    def ended(self, name: str, result: Result | None, is_whole: bool) -> None:
        """is_whole: a sync of everything, and not of one file for a link. No result: it broke."""
        changes: dict[str, object] = {"running": False}
        if result is not None and is_whole:
            changes["result"] = result
        if result is not None and news.has_news(result):
            changes["told"] = result
        self._change(name, **changes)

    def _change(self, name: str, **changes: object) -> None:
        with self._lock:
            courses = tuple(
                replace(now, **changes) if now.course.name == name else now  # type: ignore[arg-type]
                for now in self._now.courses
            )
            self._now = replace(self._now, courses=courses)

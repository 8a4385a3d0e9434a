"""What a student and the pages need to know of the courier's work. Written by its thread, read by the server's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
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
    looks: int = 0
    """Syncs of everything that have ended since the start."""


@dataclass(frozen=True)
class Snapshot:
    """All courses at one moment."""

    courses: tuple[Now, ...] = ()
    is_listed: bool = False
    """Has the list been asked for, with success, since the start?"""
    away: str = ""
    """Why the mirror cannot be asked, for a person; empty: it can."""
    tries: int = 0
    """How often the mirror could not be asked."""
    number: int = 0
    """Rises with each change."""

    def of(self, name: str) -> Now | None:
        return next((now for now in self.courses if now.course.name == name), None)


class State:
    """Holds the snapshot of now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = Snapshot()
        self._listeners: list[Callable[[], None]] = []

    def snapshot(self) -> Snapshot:
        return self._now

    def listen(self, listener: Callable[[], None]) -> None:
        """Called after each change, in the thread that made it; must not wait."""
        self._listeners.append(listener)

    def remembered(self, courses: Iterable[Course]) -> None:
        self._change(lambda now: replace(now, courses=tuple(map(Now, courses))))

    def listed(self, courses: Iterable[Course]) -> None:
        """A course that is not on the list any more is not shown; its folder stays where it is."""

        def change(now: Snapshot) -> Snapshot:
            fresh = tuple(replace(now.of(one.name) or Now(one), course=one) for one in courses)
            return replace(now, courses=fresh, is_listed=True, away="")

        self._change(change)

    def added(self, course: Course) -> None:
        """One that only a link named."""
        self._change(lambda now: now if now.of(course.name) else replace(now, courses=(*now.courses, Now(course))))

    def away(self, why: str) -> None:
        self._change(lambda now: replace(now, away=why, tries=now.tries + 1))

    def began(self, name: str) -> None:
        self._change_one(name, lambda one: replace(one, running=True))

    def ended(self, name: str, result: Result | None, is_whole: bool) -> None:
        """is_whole: a sync of everything, and not of one file for a link. No result: it broke."""

        def change(one: Now) -> Now:
            told = result if result is not None and news.has_news(result) else one.told
            whole = result if result is not None and is_whole else one.result
            return replace(one, running=False, result=whole, told=told, looks=one.looks + is_whole)

        self._change_one(name, change)

    def _change_one(self, name: str, change: Callable[[Now], Now]) -> None:
        self._change(
            lambda now: replace(
                now, courses=tuple(change(one) if one.course.name == name else one for one in now.courses)
            )
        )

    def _change(self, change: Callable[[Snapshot], Snapshot]) -> None:
        with self._lock:
            changed = change(self._now)
            if changed == self._now:
                return
            self._now = replace(changed, number=self._now.number + 1)
        for listener in self._listeners:
            listener()

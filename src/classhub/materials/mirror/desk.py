"""All that the service's pages need, in one place."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.access import as_the_hub_writes
from classhub.materials.mirror.door import Door, OpenDoor
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings
from classhub.materials.mirror.shelf import Shelf

LOG = logging.getLogger("classhub.mirror")
READERS = 4
"""Threads that read files, so that a slow disk stops nobody's small question."""


class Refused(Exception):
    """The publisher cannot or must not do this; a sentence for staff."""


class Publisher(Protocol):
    """Who looks at the sources and makes releases. Answers are JSON, passed on as they are. All raise Refused."""

    def look_soon(self, course: str) -> None:
        """At the source, without waiting for the next turn."""
        ...

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        """Let a release go out: the named one, or the one that waits ("")."""
        ...

    async def preview(self, course: str) -> dict[str, Any]: ...

    async def lint(self, course: str) -> dict[str, Any]: ...

    async def on_demand(self, repository: str, person: str) -> Course | None:
        """The course of a repository that a link names, with this person in it; None if the admin does not allow it."""
        ...

    def on_demand_courses(self) -> list[Course]:
        """Those that links have led to so far."""
        ...

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        """Path -> digest of a commit of the source; None if there is none. Also kept in the store."""
        ...


def utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    settings: Settings
    door: Door
    publisher: Publisher
    now: Callable[[], datetime] = utc
    library: Callable[[str], dict[str, Any] | None] = lambda _: None
    """Of a course: what library_keep.Keeper.told says."""
    shelves: dict[str, Shelf] = field(init=False)
    readers: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        courses = [as_the_hub_writes(course) for course in self.settings.courses]
        courses += self.publisher.on_demand_courses()
        self.shelves = {one.name: Shelf(one, self.settings.store / one.name, self.now) for one in courses}
        self.readers = ThreadPoolExecutor(READERS, "reader")

    def add(self, course: Course) -> Shelf:
        """One that is new, or has other people now."""
        shelf = self.shelves[course.name] = Shelf(course, self.settings.store / course.name, self.now)
        return shelf

    def results(self, course: str) -> Results:
        return Results(self.settings.store / course / "results")

    def read_all(self) -> None:
        """Once before the first question: a term of releases takes a moment."""
        for shelf in self.shelves.values():
            self.current(shelf)

    def current(self, shelf: Shelf) -> Manifest | None:
        """None also for a course whose store is damaged: it must keep no other from its people."""
        try:
            return shelf.current()
        except Exception:
            LOG.exception("%s: its store cannot be read", shelf.course.name)
            return None

    @property
    def is_open(self) -> bool:
        """Whether nobody has to show a token."""
        return isinstance(self.door, OpenDoor)

"""A mirror with two courses over real HTTP, and the hub that it asks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from classhub.materials.fetch import HttpSource
from classhub.materials.mirror import door
from classhub.materials.mirror.desk import Desk, Refused
from classhub.materials.mirror.door import HubDoor
from classhub.materials.mirror.service import application
from classhub.materials.mirror.settings import Assignment, Course, Section, Settings, Source, Who
from materials.hub import Hub
from materials.running import Running
from unit.materials.stores import publish

NOON = datetime(2099, 1, 11, 12, 0, tzinfo=UTC)
LAB03 = "2099-01-12T12:00:00+00:00"
PREFIX = "/services/material"
BUSY = "b" * 40
"""A commit for which the publisher has no time."""


@dataclass
class Clock:
    """Both clocks of the mirror: the calendar's, and the one that only rises."""

    now: datetime = NOON

    def calendar(self) -> datetime:
        return self.now

    def rising(self) -> float:
        return self.now.timestamp()

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Publishing:
    """Stands where the one who makes releases will: notes what it is asked."""

    asked: list[tuple[str, ...]] = field(default_factory=list)

    def look_soon(self, course: str) -> None:
        self.asked.append(("look", course))

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        if release == "9-0000000":
            raise Refused("There is no release 9-0000000.")
        self.asked.append(("publish", course, release))
        return {"release": release}

    async def preview(self, course: str) -> dict[str, Any]:
        return {"preview": course}

    async def lint(self, course: str) -> dict[str, Any]:
        return {"lint": course}

    async def on_demand(self, repository: str, person: str) -> None:
        return None

    def on_demand_courses(self) -> list[Course]:
        return []

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        if commit == BUSY:
            raise Refused("The mirror is at work.")
        return None


FILES = {
    "readme.md": b"Welcome\n",
    "labs/lab03.ipynb": b'{"secret": "until Tuesday"}',
    "labs/lab04/task.py": b"never\n",
    "sections/a/notes.txt": b"of A\n",
    "sections/b/notes.txt": b"of B\n",
    "data/big.bin": bytes(range(256)) * 4096,
    "empty.txt": b"",
}
COURSES = (
    Course(
        "comp141",
        title="Computing",
        folder="comp141",
        instructor=Who(names=frozenset({"Prof@college.edu"})),
        tas=Who(groups=frozenset({"tas"})),
        students=Who(names=frozenset({"Alice@College.edu", "jane.doe", "absent@college.edu"})),
        sections=(
            Section("A", Who(names=frozenset({"ALICE@college.edu"})), ("sections/a",)),
            Section("B", Who(names=frozenset({"jane.doe"})), ("sections/b",)),
        ),
        assignments=(
            Assignment("lab03", "labs/lab03.ipynb", release={"": LAB03}),
            Assignment("lab04", "labs/lab04", release={"B": "2099-06-01T12:00:00+00:00"}),
        ),
    ),
    Course("phys101", folder="phys101", students=Who(groups=frozenset({"physics"}))),
    Course("open", folder="open"),
    Course(
        "twice",
        students=Who(names=frozenset({"early", "late"})),
        sections=(Section("E", Who(names=frozenset({"early"}))), Section("L", Who(names=frozenset({"late"})))),
        assignments=(
            Assignment("lab", "lab.txt", release={"E": "2099-01-13T00:00:00+00:00", "L": "2099-01-15T00:00:00+00:00"}),
        ),
    ),
)


class Mirror:
    """url: without the course. desk: of the service, for its clocks and its publisher."""

    def __init__(self, store: Path) -> None:
        self.store, self.clock, self.hub, self.publisher = store, Clock(), Hub(), Publishing()
        self.hub_server = Running(self.hub.application)
        self.server = Running(self._application)
        self.url = f"{self.server.url}{PREFIX}"

    def _application(self) -> Any:
        source = Source("git", "https://git.college.edu/comp141", hook=self.store / "hook.secret")
        courses = (Course(**{**vars(COURSES[0]), "source": source}), *COURSES[1:])
        self.door = HubDoor(f"{self.hub_server.url}/hub/api", self.clock.rising)
        self.desk = Desk(Settings(self.store, courses), self.door, self.publisher, self.clock.calendar)
        return application(self.desk, PREFIX)

    def source(self, token: str, course: str = "comp141", cache: Path | None = None) -> HttpSource:
        return HttpSource(self.url, course, token, cache)

    def publish(self, name: str, files: dict[str, bytes], course: str = "comp141", hour: int = 0, day: int = 11) -> Any:
        when = NOON.replace(day=day, hour=hour).isoformat()
        return publish(self.store, course, name, files, title="Computing", folder=course, published=when)

    def close(self) -> None:
        self.server.close()
        self.hub_server.close()


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setattr(door, "ASK_S", 60)
    made = Mirror(tmp_path / "store")
    made.publish("1-aaaaaaa", FILES)
    made.publish("1-bbbbbbb", {"atoms.txt": b"physics"}, course="phys101")
    made.publish("1-ccccccc", {"all.txt": b"open"}, course="open")
    yield made
    made.close()


@pytest.fixture
def alice(mirror: Mirror) -> str:
    return mirror.hub.user("alice@college.edu")

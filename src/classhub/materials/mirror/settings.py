"""What the mirror is told, as JSON: it runs apart from the command line and never reads config/.

plan/mirror_settings.py writes it. Holds paths of files with secrets, and no secret.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classhub.materials.links import repository_key


@dataclass(frozen=True)
class Who:
    """Some of the hub's users."""

    everyone: bool = False
    names: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def includes(self, name: str, groups: Collection[str]) -> bool:
        """groups: of the hub, those that this user is in."""
        return self.everyone or name in self.names or not self.groups.isdisjoint(groups)


@dataclass(frozen=True)
class Source:
    """Where a course's material comes from; the fields are those of config.model.Material."""

    kind: str
    source: str
    branch: str = ""
    folder: str = ""
    every_s: int = 30
    key: Path | None = None
    token: Path | None = None
    hook: Path | None = None
    hold: bool = False


@dataclass(frozen=True)
class Section:
    name: str
    students: Who = Who()
    folders: tuple[str, ...] = ()
    """Inside the material; for these students alone."""


@dataclass(frozen=True)
class Assignment:
    """Times are ISO 8601 with an offset, by section; "" is the time for everybody."""

    name: str
    path: str
    title: str = ""
    due: Mapping[str, str] = field(default_factory=dict)
    release: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    name: str
    title: str = ""
    folder: str = ""
    """In a student's home."""
    source: Source | None = None
    instructor: Who = Who()
    tas: Who = Who()
    students: Who = Who(everyone=True)
    sections: tuple[Section, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    libraries: tuple[str, ...] = ()
    on_demand: bool = False
    """Of a repository that a link named; for those who clicked such a link, and nobody else."""

    @property
    def repositories(self) -> tuple[str, ...]:
        """What links of nbgitpuller call its source, without a user and a password."""
        return (repository_key(self.source.source),) if self.source and self.source.kind == "git" else ()


@dataclass(frozen=True)
class Settings:
    store: Path
    """Holds a folder for each course."""
    courses: tuple[Course, ...] = ()
    imports_here: bool = False
    """Whether what this interpreter can import is what a student's kernel can."""
    libraries: Path | None = None
    """Folder of courses' libraries, which students' servers see; None: none are built."""
    builder: Mapping[str, Any] = field(default_factory=dict)
    """Fields of library_build.Builder."""
    repositories: tuple[str, ...] = ()
    """Those that no course names and that links may lead to, as on_demand.OnDemand takes them."""


def from_json(text: str | bytes) -> Settings:
    """Raises ValueError for what plan/mirror_settings.py cannot have written."""
    try:
        raw = json.loads(text)
        courses = tuple(_course(one) for one in raw["courses"])
        libraries = Path(raw["libraries"]) if raw.get("libraries") else None
        return Settings(
            Path(raw["store"]),
            courses,
            bool(raw.get("imports_here")),
            libraries,
            dict(raw.get("builder", {})),
            tuple(raw.get("repositories", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are no settings of a mirror: {type(error).__name__} {error}") from error


def _course(raw: Mapping[str, Any]) -> Course:
    people = raw.get("people", {})
    given: dict[str, Any] = {name: _who(people[name]) for name in ("instructor", "tas", "students") if name in people}
    return Course(
        name=raw["name"],
        title=raw.get("title", ""),
        folder=raw.get("folder", raw["name"]),
        source=_source(raw["source"]) if raw.get("source") else None,
        sections=tuple(
            Section(one["name"], _who(one["students"]), tuple(one["folders"])) for one in raw.get("sections", ())
        ),
        assignments=tuple(
            Assignment(one["name"], one["path"], one["title"], one["due"], one["release"])
            for one in raw.get("assignments", ())
        ),
        libraries=tuple(raw.get("libraries", ())),
        **given,
    )


def _source(raw: Mapping[str, Any]) -> Source:
    given: dict[str, Any] = {name: Path(raw[name]) for name in ("key", "token", "hook") if raw.get(name)}
    given |= {name: raw[name] for name in ("branch", "folder", "every_s", "hold") if name in raw}
    return Source(raw["kind"], raw["source"], **given)


def _who(raw: Mapping[str, Any]) -> Who:
    return Who(bool(raw.get("everyone")), frozenset(raw.get("names", ())), frozenset(raw.get("groups", ())))

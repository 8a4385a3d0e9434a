"""The courses of this person: as the mirror lists them, and as the home remembers them while the mirror is away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classhub.materials import links, own_file

REMEMBERED = ".classhub/courses.json"
LARGEST = 1 << 20
"""Bytes: a list of courses that is larger is none."""


class NoList(ValueError):
    """What should be a list of courses is something else."""


@dataclass(frozen=True)
class Course:
    """One course whose material this person gets."""

    name: str
    title: str = ""
    folder: str = ""
    release: str = ""
    """The one of now; a new word here is a reason to sync."""
    repositories: tuple[str, ...] = ()
    """`links.repository_key` of where its material comes from: links of nbgitpuller name that."""
    library: str = ""
    """Its packages; a new word here is a reason to fetch them."""

    @property
    def called(self) -> str:
        return self.title or self.name


def parse(raw: Any) -> tuple[Course, ...]:
    """Raises NoList. A course with an impossible name is left out: its name would become part of a path."""
    try:
        return tuple(_course(one) for one in raw["courses"] if links.is_course(one["name"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise NoList(f"this is no list of courses: {type(error).__name__}") from error


def _course(raw: Any) -> Course:
    words = {name: raw.get(name) or "" for name in ("name", "title", "folder", "release", "library")}
    if not all(isinstance(word, str) for word in words.values()):
        raise TypeError("not a text")
    return Course(**words, repositories=repositories(raw.get("repositories")))


def repositories(raw: Any) -> tuple[str, ...]:
    return tuple(links.repository_key(one) for one in raw if isinstance(one, str)) if isinstance(raw, list) else ()


def to_json(courses: Iterable[Course]) -> str:
    return json.dumps({"classhub": 1, "courses": [asdict(course) for course in courses]})


def remember(home: Path, courses: Iterable[Course]) -> None:
    """For a start without the mirror. Raises OSError."""
    path = home / REMEMBERED
    path.parent.mkdir(mode=0o700, exist_ok=True)
    own_file.write(path, to_json(courses))


def remembered(home: Path) -> tuple[Course, ...]:
    """Never raises: a list that cannot be read is none."""
    try:
        return parse(own_file.read_json(home / REMEMBERED, LARGEST))
    except NoList:
        return ()

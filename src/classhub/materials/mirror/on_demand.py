"""Repositories that no course names, for links to them: where the admin allows one, it becomes a course of who clicked.

What is known of each lies in its folder of the store, so that it goes on after a restart.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from classhub.materials import links, names
from classhub.materials.mirror import whole_file
from classhub.materials.mirror.settings import Course, Source, Who

NAME = "on_demand.json"
MOST = 200
MOST_OF_ONE = 20
"""Repositories of one person."""
EVERY_S = 300
"""Between two looks: nobody who owns such a repository asked for a mirror."""
_UNFIT = re.compile(r"[^a-z0-9]+")


class Full(Exception):
    """No more of them; a sentence for whoever clicked."""


class OnDemand:
    """store: of the whole mirror. allowed: `links.repository_key`s in which * stands for anything. taken: folders in homes."""

    def __init__(self, store: Path, allowed: Sequence[str], taken: Collection[str]) -> None:
        self._store = store
        self._allowed = [re.compile(".*".join(map(re.escape, one.split("*")))) for one in allowed]
        self._taken = frozenset(one.casefold() for one in taken)

    def is_allowed(self, repository: str) -> bool:
        """Not by a way through another's: hosts resolve such parts of an address."""
        is_straight = not {"", ".", ".."} & set(repository.removeprefix("file:/").split("/"))
        return is_straight and any(one.fullmatch(repository) for one in self._allowed)

    def courses(self) -> Iterator[Course]:
        """Those that somebody asked for, and that are allowed still."""
        for file in sorted(self._store.glob(f"*/{NAME}")):
            told = _read(file)
            if told and file.parent.name == name_of(told["repository"]) and self.is_allowed(told["repository"]):
                yield _course(file.parent.name, told)

    def join(self, repository: str, person: str) -> Course | None:
        """The course, with this person in it; None if it is not allowed. Raises Full, OSError."""
        if not self.is_allowed(repository):
            return None
        known = {course.name: course for course in self.courses()}
        name = name_of(repository)
        if name not in known and len(known) >= MOST:
            raise Full("This hub brings no more repositories. Ask your instructor to make it a course.")
        if sum(person in one.students.names for one in known.values() if one.name != name) >= MOST_OF_ONE:
            raise Full("You have as many repositories as one person may have here.")
        people = known[name].students.names if name in known else frozenset()
        folder = known[name].folder if name in known else self._folder(repository, known.values())
        told = {"repository": repository, "folder": folder, "people": sorted(people | {person})}
        (self._store / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write_json(self._store / name / NAME, told)
        return _course(name, told)

    def _folder(self, repository: str, others: Collection[Course]) -> str:
        """As nbgitpuller calls it, unless that is another course's."""
        wanted = links.repository_name(repository)
        taken = self._taken | {one.folder.casefold() for one in others}
        is_free = wanted and wanted.casefold() not in taken and not names.refused(wanted)
        return wanted if is_free else name_of(repository)


def name_of(repository: str) -> str:
    """A name that a course may have, and that no other repository gets."""
    plain = _UNFIT.sub("-", links.repository_name(repository).lower()).strip("-")[:30] or "repository"
    return f"{plain}-{sha256(repository.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _course(name: str, told: dict[str, Any]) -> Course:
    repository = told["repository"]
    address = repository.removeprefix("file:") if repository.startswith("file:") else f"https://{repository}"
    return Course(
        name=name,
        title=links.repository_name(repository) or name,
        folder=told["folder"],
        source=Source("git", address, every_s=EVERY_S),
        students=Who(names=frozenset(told["people"])),
        on_demand=True,
    )


def _read(file: Path) -> dict[str, Any] | None:
    """None for what we cannot have written."""
    try:
        told = json.loads(file.read_bytes())
        words = [told["repository"], told["folder"], *told["people"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return told if all(isinstance(one, str) for one in words) else None

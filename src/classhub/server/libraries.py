"""Courses' libraries on the path of the kernels that start from now on; those that run keep what they have.

Kernels and terminals inherit this process's PYTHONPATH, which reaches subprocesses too. The college's own entries stay.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from classhub.materials import library
from classhub.materials.library import Library, Unfit
from classhub.materials.source import Offline, Source
from classhub.server import copies

VARIABLE = "PYTHONPATH"


class Teller(Protocol):
    """A source that knows of libraries: HttpSource."""

    def library(self) -> Any: ...


class Libraries:
    """Of all courses of this server. Used by the courier's thread, but for `begin`."""

    def __init__(self, home: Path, log: logging.Logger) -> None:
        self._home = home
        self._log = log
        self._given = os.environ.get(VARIABLE, "")
        self._folders: dict[str, Path] = {}
        self._last: dict[str, str] = {}

    def begin(self, courses: Iterable[str]) -> None:
        """With what was there last time: no kernel waits for the mirror."""
        for course in courses:
            folder = library.last(copies.state_of(self._home, course))
            if folder is not None:
                self._folders[course] = folder
        self._set()

    def keep_only(self, courses: Collection[str]) -> None:
        """Of a course that this person has no more nothing is on the path, now and at the next start."""
        gone = [course for course in self._folders if course not in courses]
        for course in gone:
            del self._folders[course]
            with suppress(OSError):
                library.remember(copies.state_of(self._home, course), None)
        if gone:
            self._set()

    def id_of(self, course: str) -> str:
        """Of the one that kernels get now; empty: none."""
        folder = self._folders.get(course)
        return folder.name if folder else ""

    def update(self, course: str, source: Source) -> None:
        """Never raises: a library that cannot be had leaves the last good one."""
        tell = getattr(source, "library", None)
        if tell is None:
            return
        try:
            self._take(course, library.read(tell()), source)
        except (Offline, Unfit) as error:
            self._say(course, str(error))
        except OSError as error:
            self._say(course, f"It cannot be kept in the home: {error.strerror}.")

    def _take(self, course: str, wanted: Library | None, source: Source) -> None:
        state = copies.state_of(self._home, course)
        folder = library.ensure(wanted, state, source, library.interpreter_tag()) if wanted else None
        if folder == self._folders.get(course):
            return
        if folder is None:
            self._folders.pop(course, None)
        else:
            self._folders[course] = folder
            self._say(course, f"{wanted.id if wanted else ''} is used by kernels that start from now on.")
        self._set()
        library.remember(state, folder)

    def _set(self) -> None:
        """In the order of the courses' names. An empty entry would be the folder that a kernel starts in."""
        path = joined(self._folders, self._given)
        if path:
            os.environ[VARIABLE] = path
        else:
            os.environ.pop(VARIABLE, None)

    def _say(self, course: str, what: str) -> None:
        """Once, not at each look."""
        if self._last.get(course) != what:
            self._last[course] = what
            self._log.info("%s: library: %s", course, what)


def joined(folders: Mapping[str, Path], given: str) -> str:
    own = [str(folder) for _, folder in sorted(folders.items())]
    return os.pathsep.join([*own, *([given] if given else [])])

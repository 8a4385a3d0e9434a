"""Where material comes from, as a student's server sees it: a mirror's address, or a mirror's store on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from classhub.materials import fetch, links
from classhub.materials.connection import Connection
from classhub.materials.manifest import Malformed
from classhub.materials.result import Result
from classhub.materials.source import Offline, Source
from classhub.server import copies, courses, settings
from classhub.server.courses import Course


class Origin(Protocol):
    """What the courier asks. Every call ends by itself, and raises Offline where nobody answers."""

    def courses(self) -> tuple[Course, ...]: ...

    def source(self, course: str) -> Source: ...

    def report(self, result: Result) -> bool:
        """For staff. False: they do not know it."""
        ...

    def course_of(self, repository: str) -> Course | None:
        """A course outside the list, for the repository that a link names. None: nobody allowed that repository."""
        ...


def origin_of(given: settings.Settings, home: Path) -> Origin:
    return MirrorOrigin(given.where, home, given.files) if given.is_address else StoreOrigin(Path(given.where))


class MirrorOrigin:
    """A mirror over HTTP, with the token of this server. files: the socket on which it hands over files, on one machine."""

    def __init__(self, url: str, home: Path, files: str = "") -> None:
        self._url = url.rstrip("/")
        self._home = home
        self._files = files

    def courses(self) -> tuple[Course, ...]:
        return self._listed("/courses")

    def source(self, course: str) -> Source:
        kept = copies.state_of(self._home, course) / "answer.json"
        source = fetch.HttpSource(self._url, course, settings.token, kept)
        return fetch.HandedSource(self._files, source) if self._files else source

    def report(self, result: Result) -> bool:
        source = fetch.HttpSource(self._url, result.course, settings.token)
        try:
            return source.report(result)
        finally:
            source.close()

    def course_of(self, repository: str) -> Course | None:
        """A mirror that makes courses on demand knows the question; every other one answers with its list."""
        key = links.repository_key(repository)
        listed = self._listed(f"/courses?repository={quote(key, safe='')}")
        return next((course for course in listed if key in course.repositories), None)

    def _listed(self, path: str) -> tuple[Course, ...]:
        connection = Connection(self._url, settings.token)
        try:
            answer = connection.ask("GET", path)
            if answer.status != 200:
                raise Offline(_refusal(answer.status))
            return courses.parse(json.loads(answer.whole(courses.LARGEST)))
        except (courses.NoList, ValueError, RecursionError) as error:
            raise Offline("The place that hands out course material answers in words of another program.") from error
        finally:
            connection.close()


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "The place that hands out course material does not know this server. Restarting the server helps."
    return f"The place that hands out course material cannot answer now (HTTP {status})."


class StoreOrigin:
    """A mirror's store as a folder: everybody who can read it gets all of it."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._known: dict[str, Course] = {}

    def courses(self) -> tuple[Course, ...]:
        try:
            return tuple(filter(None, map(self._course, sorted(self._store.iterdir()))))
        except OSError as error:
            raise Offline(f"The folder with the course material cannot be read: {error.strerror}.") from error

    def _course(self, folder: Path) -> Course | None:
        """None: no course, or none that has a release. A release is read once: its name stands for what is in it."""
        try:
            if not links.is_course(folder.name):
                return None
            release = (folder / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        known = self._known.get(folder.name)
        if known is None or known.release != release:
            known = self._known[folder.name] = self._read(folder, release)
        return known

    def _read(self, folder: Path, release: str) -> Course:
        keys = courses.repositories(_status(folder))
        try:
            manifest = self.source(folder.name).manifest()
        except (Offline, Malformed):
            return Course(folder.name, release=release, repositories=keys)
        return Course(folder.name, manifest.title, manifest.folder, release, keys)

    def source(self, course: str) -> Source:
        return fetch.FolderSource(self._store, course)

    def report(self, result: Result) -> bool:
        """Nobody to tell: the home holds the record."""
        return True

    def course_of(self, repository: str) -> Course | None:
        return None


def _status(folder: Path) -> Any:
    """What the mirror wrote down about its source, if it did."""
    try:
        return json.loads((folder / "status.json").read_bytes()).get("repositories")
    except (OSError, ValueError, AttributeError):
        return None

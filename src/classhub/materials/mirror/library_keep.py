"""Keep each course's library: built when what it is made of changes, the last good one served until the new one is whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from classhub.materials.manifest import Entry, Manifest, to_json
from classhub.materials.mirror import foreign, whole_file
from classhub.materials.mirror.libraries import Broken, refuse_kept_back, wanted
from classhub.materials.mirror.library_build import Built, Interpreter, build, interpreter
from classhub.materials.mirror.library_builder import Builder


def _entry(file: Path) -> Entry:
    data = file.read_bytes()
    return Entry("file", sha256(data).hexdigest(), len(data))


KEPT = 3
"""Libraries of a course that stay: kernels that run have one of before."""
RETRY_S = 3600
"""What could not be built is built once more after so long, or when it changes, or when staff ask."""
MOST_BYTES = 1 << 26
"""Of our own files: a library's list of files."""


class Keeper:
    """All libraries of a mirror. Blocking, but for `told`: for a thread. One course is built by one thread at a time."""

    def __init__(self, root: Path, builder: Builder, blob: Callable[[str, str], Path]) -> None:
        """root: only we look into it. blob(course, digest): a file of the store."""
        self.root = root
        self._builder = builder
        self._blob = blob
        self._courses: frozenset[str] = frozenset()
        self._told: dict[str, dict[str, Any]] = {}
        """As in the files, which only we write: every look of every student's server asks for it."""

    def serve(self, courses: Iterable[str]) -> None:
        """Of all others nothing is told: `told` is asked by whoever writes a name into an address."""
        self._courses = frozenset(courses)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return interpreter(self._builder)

    def ensure(self, course: str, libraries: Sequence[str], release: Manifest, kept_back: Iterable[str] = ()) -> str:
        """Build if it must be. A sentence when it cannot be built: the one before stays; else empty. Raises OSError.

        kept_back: paths of the material that are not for everybody, or not yet.
        """
        if not libraries:
            self._file(course).unlink(missing_ok=True)
            self._told[course] = {}
            return ""
        try:
            asked = wanted(libraries, release, self._interpreter.tag)
            if (self._current(course) or {}).get("id") == asked.id:
                return ""
            refuse_kept_back(asked.folders, kept_back)
        except Broken as error:
            return str(error)
        if failed := self._failed(course, asked.id):
            return failed
        try:
            built = build(
                asked,
                release,
                lambda digest: self._blob(course, digest),
                self._folder(course) / asked.id,
                builder=self._builder,
                known=self._interpreter.names,
            )
        except Broken as error:
            self._keep_failure(course, asked.id, str(error))
            return str(error)
        self._point(course, asked.id, built)
        return ""

    def retry(self, course: str) -> None:
        """At the next `ensure`, whenever it failed. Raises OSError."""
        self._failure(course).unlink(missing_ok=True)

    def told(self, course: str) -> dict[str, Any] | None:
        """What a student's server is told; None when the course has no library (yet), or is no course."""
        return self._current(course) if course in self._courses else None

    def _current(self, course: str) -> dict[str, Any] | None:
        if course not in self._told:
            self._told[course] = _read(self._file(course))
        told = self._told[course]
        return told if told and Path(told["folder"]).is_dir() else None

    def _failed(self, course: str, name: str) -> str:
        """Why this very one could not be built a short time ago; else empty."""
        told = _read(self._failure(course))
        try:
            is_fresh = told.get("id") == name and 0 <= time.time() - float(told["when"]) < RETRY_S
        except (LookupError, TypeError, ValueError):
            return ""
        return str(told.get("why", "")) if is_fresh else ""

    def _keep_failure(self, course: str, name: str, why: str) -> None:
        self._folder(course)
        whole_file.write_json(self._failure(course), {"id": name, "why": why, "when": time.time()})

    def _folder(self, course: str) -> Path:
        folder = self.root / course
        folder.mkdir(exist_ok=True, parents=True)
        folder.chmod(0o711)  # whatever the umask: a build's own folder lies in it, and nobody lists it
        return folder

    def _file(self, course: str) -> Path:
        return self.root / course / "current.json"

    def _failure(self, course: str) -> Path:
        return self.root / course / "failed.json"

    def _point(self, course: str, name: str, built: Built) -> None:
        files = {
            path.relative_to(built.folder).as_posix(): _entry(path)
            for path in sorted(built.folder.rglob("*"))
            if path.is_file()
        }
        manifest = json.loads(to_json(Manifest(course, name, files)))
        told = {
            **{"id": name, "tag": self._interpreter.tag, "pure": built.pure, "packages": list(built.packages)},
            **{"folder": str(built.folder), "manifest": manifest},
        }
        whole_file.write_json(self._file(course), told)
        self._told[course] = told
        self._clear(course)

    def _clear(self, course: str) -> None:
        whole = [path for path in (self.root / course).iterdir() if path.is_dir() and not path.name.startswith(".")]
        for old in sorted(whole, key=lambda path: -path.stat().st_ctime_ns)[KEPT:]:
            foreign.remove(old)


def _read(file: Path) -> dict[str, Any]:
    """Empty for what is no JSON object in a plain file; waits for nothing."""
    try:
        found = json.loads(foreign.read(file, MOST_BYTES) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

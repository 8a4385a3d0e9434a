"""Keep each course's library: built when what it is made of changes, the last good one served until the new one is whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from classhub.materials.manifest import Entry, Manifest, to_json
from classhub.materials.mirror import whole_file
from classhub.materials.mirror.libraries import Broken, wanted
from classhub.materials.mirror.library_build import Builder, Built, Interpreter, build, interpreter


def _entry(file: Path) -> Entry:
    data = file.read_bytes()
    return Entry("file", sha256(data).hexdigest(), len(data))


KEPT = 3
"""Libraries of a course that stay: kernels that run have one of before."""


class Keeper:
    """All libraries of a mirror. Blocking: for a thread. One course is built by one thread at a time."""

    def __init__(self, root: Path, builder: Builder, blob: Callable[[str, str], Path]) -> None:
        """root: seen by students, read-only. blob(course, digest): a file of the store."""
        self.root = root
        self._builder = builder
        self._blob = blob
        self._told: dict[str, dict[str, Any]] = {}
        """As in the files, which only we write: every look of every student's server asks for it."""

    @cached_property
    def _interpreter(self) -> Interpreter:
        return interpreter(self._builder)

    def ensure(self, course: str, libraries: Sequence[str], release: Manifest) -> str:
        """Build if it must be. A sentence when it cannot be built: the one before stays; else empty. Raises OSError."""
        if not libraries:
            self._file(course).unlink(missing_ok=True)
            self._told[course] = {}
            return ""
        try:
            asked = wanted(libraries, release, self._interpreter.tag)
            if (self.told(course) or {}).get("id") != asked.id:
                folder = self._folder(course) / asked.id
                built = build(
                    asked,
                    release,
                    lambda digest: self._blob(course, digest),
                    folder,
                    builder=self._builder,
                    known=self._interpreter.names,
                )
                self._point(course, asked.id, built)
        except Broken as error:
            return str(error)
        return ""

    def told(self, course: str) -> dict[str, Any] | None:
        """What a student's server is told; None when the course has no library (yet)."""
        if course not in self._told:
            self._told[course] = whole_file.read_json(self._file(course))
        told = self._told[course]
        return told if told and Path(told["folder"]).is_dir() else None

    def _folder(self, course: str) -> Path:
        folder = self.root / course
        folder.mkdir(exist_ok=True, parents=True)
        folder.chmod(0o755)  # whatever the umask
        return folder

    def _file(self, course: str) -> Path:
        return self.root / course / "current.json"

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
            for folder in [old, *(path for path in old.rglob("*") if path.is_dir())]:
                folder.chmod(0o700)
            shutil.rmtree(old)

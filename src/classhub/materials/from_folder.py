"""Releases from the folder that a mirror writes. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from classhub.materials import lists, manifest
from classhub.materials.manifest import Manifest
from classhub.materials.source import Offline

PIECE = 1 << 20
OF_ONE_FILE = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO)
"""It is as if the store did not have it."""
HEX = re.compile(r"[0-9a-f]{4,64}")


class StoredBlob:
    """A file in a mirror's folder; `path` for whoever can copy without reading."""

    def __init__(self, digest: str, path: Path) -> None:
        self.digest = digest
        self._path = path

    def path(self) -> Path:
        return self._path

    def pieces(self) -> Iterator[bytes]:
        """They end early where this one file is gone or damaged, which whoever verifies them sees; the others can be had."""
        try:
            with self._path.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except OSError as error:
            if error.errno not in OF_ONE_FILE:
                raise Offline(_unreadable(error)) from error


class FolderSource:
    """Everything of a course, as it lies in a store that the mirror writes."""

    def __init__(self, store: Path, course: str) -> None:
        self._folder = store / course

    def manifest(self) -> Manifest:
        release = self._read("current").decode("utf-8", "replace").strip()
        if not release or "/" in release or release.startswith("."):
            raise Offline("No release of this course is out yet.")
        return manifest.from_json(self._read(f"releases/{release}.json"))

    def blobs(self, digests: Iterable[str]) -> Iterator[StoredBlob]:
        for digest in digests:
            path = self._folder / "blobs" / digest[:2] / digest
            if _can_be_read(path):
                yield StoredBlob(digest, path)

    def published(self) -> Mapping[str, frozenset[str]]:
        return lists.published(lists.parsed(self._read("published.json")))

    def tree(self, commit: str) -> Mapping[str, str] | None:
        path = f"commits/{commit}.json"
        if not HEX.fullmatch(commit) or not os.path.exists(self._folder / path):  # noqa: PTH110 - Path.exists may raise
            return None
        return lists.tree(lists.parsed(self._read(path)))

    def _read(self, path: str) -> bytes:
        try:
            with (self._folder / path).open("rb") as file:
                content = file.read(lists.LARGEST + 1)
        except OSError as error:
            raise Offline(_unreadable(error)) from error
        if len(content) > lists.LARGEST:
            raise Offline("The folder of the material holds a list that is too long.")
        return content


def _can_be_read(path: Path) -> bool:
    """Raises Offline where the whole store is away."""
    try:
        with path.open("rb") as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError as error:
        if error.errno in OF_ONE_FILE:
            return False
        raise Offline(_unreadable(error)) from error


def _unreadable(error: OSError) -> str:
    return f"The folder of the material cannot be read: {error.strerror or type(error).__name__}."

"""Releases from the folder that a mirror writes. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from classhub.materials import lists, manifest
from classhub.materials.manifest import Manifest
from classhub.materials.open_blob import OF_ONE_FILE, OpenBlob, unreadable
from classhub.materials.source import Offline

HEX = re.compile(r"[0-9a-f]{4,64}")


class FolderSource:
    """Everything of a course, as it lies in a store that the mirror writes."""

    def __init__(self, store: Path, course: str) -> None:
        self._folder = store / course

    def manifest(self) -> Manifest:
        release = self._read("current").decode("utf-8", "replace").strip()
        if not release or "/" in release or release.startswith("."):
            raise Offline("No release of this course is out yet.")
        return manifest.from_json(self._read(f"releases/{release}.json"))

    def blobs(self, digests: Iterable[str]) -> Iterator[OpenBlob]:
        folder = os.path.join(self._folder, "blobs")  # noqa: PTH118 - a Path costs more than the file itself
        for digest in digests:
            opened = _opened(f"{folder}/{below(digest)}")
            if opened is not None:
                descriptor, size = opened
                try:
                    yield OpenBlob(digest, descriptor, size, is_whole=False)
                finally:
                    os.close(descriptor)

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
            raise Offline(unreadable(error)) from error
        if len(content) > lists.LARGEST:
            raise Offline("The folder of the material holds a list that is too long.")
        return content


def below(digest: str) -> str:
    """Where a store keeps a blob, in its folder of them."""
    return f"{digest[:2]}/{digest}"


def _opened(path: str) -> tuple[int, int] | None:
    """With its size. None for one that is not there or cannot be read. Raises Offline where the whole store is away."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in OF_ONE_FILE:
            return None
        raise Offline(unreadable(error)) from error
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return descriptor, found.st_size
    os.close(descriptor)
    return None

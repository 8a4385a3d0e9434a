"""Where a student's side gets a release from: the one question-and-answer that fetch.py's sources have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from classhub.materials.manifest import Manifest


class Offline(Exception):
    """The source does not answer, answers nonsense or too late. The text is for a person and holds no credential."""


class Blob(Protocol):
    """The bytes of one file, in pieces; nothing is verified yet."""

    digest: str

    def pieces(self) -> Iterator[bytes]:
        """Each at most 1 MiB. Raises Offline."""
        ...


class Source(Protocol):
    """What sync asks. Every call ends by itself: connect 5 s, silence 10 s. All raise Offline."""

    def manifest(self) -> Manifest:
        """The release that this student is to have now. Raises manifest.Malformed."""
        ...

    def blobs(self, digests: Iterable[str]) -> Iterator[Blob]:
        """Those that the source has, in the order asked; each must be read before the next. One it lacks is left out."""
        ...

    def published(self) -> Mapping[str, frozenset[str]]:
        """Every digest that was ever published at a path, for a copy that nobody has a record of."""
        ...

    def tree(self, commit: str) -> Mapping[str, str] | None:
        """Path -> digest of a commit of the course's repository; None if unknown. For folders that nbgitpuller made."""
        ...

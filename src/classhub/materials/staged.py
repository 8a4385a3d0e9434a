"""A new version that is ready to take its place: a temporary file in the same folder, or where a link leads.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Protocol

from classhub.materials import names, placing
from classhub.materials.manifest import Entry
from classhub.materials.merge import Leaf
from classhub.materials.placing import Place, Safety
from classhub.materials.source import Blob


class Damaged(Exception):
    """The source gave other bytes than it promised."""


class OutOfTime(Exception):
    """A file that was begun came too slowly to be finished."""


class Staged(Protocol):
    def put(self, place: Place) -> None:
        """Where nothing lies. Raises FileExistsError; it may then be put elsewhere."""
        ...

    def put_over(self, place: Place, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
        """As placing.put_over."""
        ...

    def discard(self) -> None: ...


class StagedFile:
    def __init__(self, folder: int, content: Iterable[bytes], executable: bool) -> None:
        self.folder = folder
        self.name = placing.stage(folder, content, executable)

    def put(self, place: Place) -> None:
        placing.put(place, self.name)
        self.name = b""

    def put_over(self, place: Place, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
        copy = placing.put_over(place, self.name, expected, executable, safety)
        self.name = b""
        return copy

    def discard(self) -> None:
        if self.name:
            placing.discard(self.folder, self.name)
            self.name = b""


class StagedLink:
    def __init__(self, entry: Entry) -> None:
        self.where = names.to_bytes(entry.target)

    def put(self, place: Place) -> None:
        placing.put_link(place, self.where)

    def put_over(self, place: Place, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
        return placing.put_link_over(place, self.where, expected, safety)

    def discard(self) -> None:
        pass


def verified(blob: Blob, size: int, check: Callable[[int], None]) -> Iterator[bytes]:
    """The pieces of a blob; raises Damaged at the end if they are not what its name says. check: called with bytes so far."""
    whole = sha256()
    total = 0
    for piece in blob.pieces():
        total += len(piece)
        if total > size:
            raise Damaged
        whole.update(piece)
        yield piece
        check(total)
    if whole.hexdigest() != blob.digest:
        raise Damaged

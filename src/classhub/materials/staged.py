"""A new version that is ready to take its place: a temporary file in the same folder, or where a link leads.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Protocol

from classhub.materials import disk, names, pack, placing, replacing
from classhub.materials.manifest import Entry
from classhub.materials.merge import Leaf
from classhub.materials.open_blob import OpenBlob
from classhub.materials.placing import Fill, Place, Safety
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
        """As replacing.put_over."""
        ...

    def discard(self) -> None:
        """Raises OSError if a temporary file has to stay."""
        ...


class StagedFile:
    def __init__(self, folder: int, fill: Fill, executable: bool) -> None:
        self.folder = folder
        self.name = placing.stage(folder, fill, executable)

    def settle(self) -> None:
        """Onto the disk, for what exists nowhere else."""
        descriptor = disk.open_file(self.folder, self.name)
        try:
            disk.settle(descriptor)
        finally:
            disk.close(descriptor)

    def put(self, place: Place) -> None:
        placing.put(place, self.name)
        self.name = b""

    def put_over(self, place: Place, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
        copy = replacing.put_over(place, self.name, expected, executable, safety)
        self.name = b""
        return copy

    def discard(self) -> None:
        if self.name:
            with suppress(FileNotFoundError):
                disk.unlink(self.folder, self.name)
            self.name = b""


class StagedLink:
    def __init__(self, entry: Entry) -> None:
        self.where = names.to_bytes(entry.target)

    def put(self, place: Place) -> None:
        placing.put_link(place, self.where)

    def put_over(self, place: Place, expected: Leaf, executable: bool | None, safety: Safety) -> bytes | None:
        return replacing.put_link_over(place, self.where, expected, safety)

    def discard(self) -> None:
        pass


Check = Callable[[int], None]
"""Called with the bytes that have come so far; may raise OutOfTime."""
Watch = Callable[[], Check]
"""Makes one, when the first byte is waited for."""


def content_of(blob: Blob, size: int, watch: Watch) -> Fill:
    """Writes a blob, by the shortest way there is; raises Damaged if it is not what its name says."""

    def fill(descriptor: int) -> None:
        if not isinstance(blob, OpenBlob) or not _copy(blob, size, descriptor):
            placing.written(verified(blob, size, watch))(descriptor)

    return fill


def _copy(blob: OpenBlob, size: int, descriptor: int) -> bool:
    """False if there is no shorter way than to read it; it has to be written from the begin then."""
    if blob.size != size:
        raise Damaged
    if size <= pack.LARGEST or not disk.copy(blob.descriptor, descriptor, size):
        return False
    if not blob.is_whole and disk.digest(descriptor) != blob.digest:
        raise Damaged
    return True


def verified(blob: Blob, size: int, watch: Watch) -> Iterator[bytes]:
    """The pieces of a blob; raises Damaged at the end if they are not what its name says."""
    whole, check = sha256(), watch()
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

"""Files by their content: a blob's name is the SHA-256 of its bytes."""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from classhub.materials.from_folder import below
from classhub.materials.mirror.whole_file import keep_folder
from classhub.outside.room import has_room

PIECE = 1 << 20
PART = ".part-"
LARGEST = 2 << 30
"""Bytes of one file."""
LARGEST_TOGETHER = 10 << 30
"""Bytes that are put before any is kept: those that a release has new."""


class TooLarge(Exception):
    """One file. The text is a whole sentence."""


class NoRoom(Exception):
    """For anything more. The text is a whole sentence."""


class Blobs:
    """What is put here is readable at once, and under its name when keep() has brought it to the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._new: dict[str, Path] = {}
        """Digest to the file that will have that name."""
        self._put = 0

    def path(self, digest: str) -> Path:
        return self._new.get(digest) or self._final(digest)

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def read(self, digest: str) -> bytes:
        """Raises OSError."""
        return self.path(digest).read_bytes()

    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Digest and size. Raises TooLarge, NoRoom. Whatever the pieces raise leaves nothing behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PART, dir=self.folder)
        part, sum_, size = Path(name), sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    size += len(piece)
                    self._bound(size, len(piece))
                    file.write(piece)
                    sum_.update(piece)
            self._take(part, sum_.hexdigest(), size)
        finally:
            if part not in self._new.values():
                part.unlink(missing_ok=True)
        return sum_.hexdigest(), size

    def _bound(self, size: int, more: int) -> None:
        if size > LARGEST:
            raise TooLarge(f"It has more than {LARGEST:,} bytes.")
        if self._put + size > LARGEST_TOGETHER:
            raise NoRoom(f"What is new in it has more than {LARGEST_TOGETHER:,} bytes.")
        if not has_room(self.folder, more):
            raise NoRoom("The disk that keeps the material here is nearly full.")

    def _take(self, part: Path, digest: str, size: int) -> None:
        """A file of another size under this name is one that a damaged disk left."""
        try:
            is_there = self.path(digest).stat().st_size == size
        except OSError:
            is_there = False
        if not is_there:
            part.chmod(stat.S_IRUSR)  # what is not released yet is for nobody else of this machine
            self._new[digest] = part
            self._put += size

    def keep(self) -> None:
        """To the disk, then under their names: a power cut leaves no blob that is not whole."""
        for part in self._new.values():
            handle = os.open(part, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
        folders = {self._final(digest).parent for digest in self._new}
        for folder in folders:
            folder.mkdir(exist_ok=True)
        for digest, part in self._new.items():
            part.replace(self._final(digest))
        self._new.clear()
        self._put = 0
        for folder in folders:
            keep_folder(folder)
        if folders:
            keep_folder(self.folder)

    def forget(self) -> None:
        """Drop what was put and not kept."""
        for part in self._new.values():
            part.unlink(missing_ok=True)
        self._new.clear()
        self._put = 0

    def all(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("??/*") if len(path.name) == 64)

    def left_parts(self) -> Iterator[Path]:
        """Of writers that were killed. Only whoever holds the course's lock may remove them."""
        return (path for path in self.folder.glob(f"{PART}*") if path not in self._new.values())

    def _final(self, digest: str) -> Path:
        return place(self.folder, digest)


def place(folder: Path, digest: str) -> Path:
    """Of a blob that is kept."""
    return folder / below(digest)


def pieces(path: Path) -> Iterator[bytes]:
    """Of a file, each at most 1 MiB. Raises OSError."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

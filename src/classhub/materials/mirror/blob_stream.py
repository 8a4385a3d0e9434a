"""Many blobs as one stream of bytes, read ahead of whoever sends them by one piece only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from classhub.materials.mirror.blobs import place

PIECE = 1 << 17
"""Small files travel together up to this size, large ones in parts of it."""


@dataclass(frozen=True)
class Frame:
    """A blob to send."""

    digest: str
    size: int
    path: Path

    @property
    def head(self) -> bytes:
        return f"{self.digest} {self.size}\n".encode()


def frames(folder: Path, digests: Iterable[str], elsewhere: Mapping[str, Path] | None = None) -> list[Frame]:
    """Of those that are there, in order. elsewhere: digests that are not in the folder of blobs."""
    found = []
    for digest in digests:
        path = (elsewhere or {}).get(digest) or place(folder, digest)
        try:
            found.append(Frame(digest, path.stat().st_size, path))
        except OSError:
            continue
    return found


def length(sent: Iterable[Frame]) -> int:
    return sum(len(frame.head) + frame.size for frame in sent)


def pieces(sent: Iterable[Frame]) -> Iterator[bytes]:
    """Heads and contents, PIECE by PIECE. Raises OSError, also for a file that became shorter: its length is promised."""
    waiting: list[bytes] = []
    size = 0
    for frame in sent:
        for read in chain([frame.head], part(frame.path, 0, frame.size)):
            waiting.append(read)
            size += len(read)
            if size >= PIECE:
                yield b"".join(waiting)
                waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def part(path: Path, start: int, stop: int) -> Iterator[bytes]:
    """Bytes start:stop of one file. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while start < stop:
            read = file.read(min(PIECE, stop - start))
            if not read:
                raise OSError("a blob ends before its end")
            start += len(read)
            yield read

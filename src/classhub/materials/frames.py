"""Many files in one answer: for each a line "DIGEST SIZE" and its bytes. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from classhub.materials.source import Offline

if TYPE_CHECKING:
    from classhub.materials.connection import Answer

PIECE = 1 << 18
LONGEST_LINE = 90
LARGEST = 1 << 32
WORTH_READING = 1_000_000
"""Bytes of a file that was not wanted, and after which the next one comes."""
LINE = re.compile(rb"([0-9a-f]{64}) (0|[1-9][0-9]{0,15})\n")


class SentBlob:
    """A file that is under way."""

    def __init__(self, digest: str, size: int, answer: Answer) -> None:
        self.digest = digest
        self._left = size
        self._answer = answer

    def pieces(self) -> Iterator[bytes]:
        while self._left:
            piece = self._answer.some(min(PIECE, self._left))
            if not piece:
                raise Offline("The material broke off in the middle of a file.")
            self._left -= len(piece)
            yield piece

    def skip(self) -> bool:
        """Whether its end was reached: a new connection costs less than a film that nobody takes."""
        if self._left > WORTH_READING:
            return False
        for _ in self.pieces():
            pass
        return True


def blobs(answer: Answer, asked: Sequence[str], sizes: Mapping[str, int]) -> Generator[SentBlob, None, list[str]]:
    """In the order asked; some may be missing. sizes: of those that are known. Raises Offline for all else.

    Gives those that are still to be asked for, over another connection.
    """
    waiting = iter(asked)
    while line := answer.line(LONGEST_LINE):
        found = LINE.fullmatch(line)
        if found is None:
            raise Offline("The material arrives in a form that is none.")
        digest, size = found[1].decode(), int(found[2])
        if digest not in waiting:  # which consumes those that the mirror lacks
            raise Offline("The mirror sends a file that nobody asked for.")
        if sizes.get(digest, size) != size or size > LARGEST:
            raise Offline("The mirror sends a file of another size than it told.")
        blob = SentBlob(digest, size, answer)
        yield blob
        if not blob.skip():
            return list(waiting)
    answer.end()
    return []

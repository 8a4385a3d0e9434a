"""Blobs that the mirror of this machine hands over as open files (mirror/handing.py); all else is asked over HTTP.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import socket
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from classhub.materials import disk, pack
from classhub.materials.manifest import Manifest
from classhub.materials.open_blob import OpenBlob
from classhub.materials.over_http import HttpSource
from classhub.materials.pack import Pack, Span
from classhub.materials.source import Blob

AT_ONCE = 100
"""Descriptors in one answer, which the mirror keeps to; the kernel takes 253."""
AT_FIRST = 10
"""So that writing can begin."""
WAIT_S = 8.0
"""For each answer. The mirror of this machine has it at hand, but a whole class may ask at one time."""
PIECE = 4096


if TYPE_CHECKING:
    Opened = Callable[[Iterable[Sequence[str]]], Iterator[OpenBlob]]
    """Of groups of AT_ONCE digests at most those that are handed over, each until the next one is asked for."""


class HandedSource:
    """path: of the socket. Where it has not all, or is not there, HTTP brings the rest."""

    def __init__(self, path: str, http: HttpSource) -> None:
        self._path = path
        self._http = http
        self._has_failed = False
        """Then it is not tried again."""
        self._manifest: Manifest | None = None
        """Until its pack was found out."""
        self._pack: Pack | None = None

    def manifest(self) -> Manifest:
        self._pack, self._manifest = None, self._http.manifest()
        return self._manifest

    def published(self) -> Mapping[str, frozenset[str]]:
        return self._http.published()

    def tree(self, commit: str) -> Mapping[str, str] | None:
        return self._http.tree(commit)

    def library(self) -> Any:
        return self._http.library()

    def blobs(self, digests: Iterable[str]) -> Iterator[Blob]:
        """What is handed over comes first."""
        missing = dict.fromkeys(digests)
        wanted = list(missing)
        with self.handed(wanted) as opened:
            for blob in opened(_groups(wanted)):
                del missing[blob.digest]
                yield blob
        if missing:
            yield from self._http.blobs(missing)

    def close(self) -> None:
        self._http.close()

    @contextmanager
    def handed(self, wanted: Collection[str]) -> Iterator[Opened]:
        """For several threads, while it lasts. Raises nothing."""
        packed = self._packed(wanted)
        try:
            yield partial(self._opened, packed)
        finally:
            if packed.descriptor >= 0:
                disk.close(packed.descriptor)

    def _opened(self, packed: _Packed, groups: Iterable[Sequence[str]]) -> Iterator[OpenBlob]:
        if self._has_failed:
            return
        try:
            with self._mirror() as mirror:
                yield from _in_turn(mirror, groups, packed)
        except (OSError, ValueError):
            self._has_failed = True

    def _packed(self, wanted: Collection[str]) -> _Packed:
        """One that holds nothing, where it is not worth it, or the mirror has it not: then it is not tried again."""
        worth = self._pack_for(wanted)
        if worth is None or self._has_failed:
            return _Packed()
        try:
            with self._mirror() as mirror:
                descriptor = mirror.pack(worth)
        except (OSError, ValueError):
            self._has_failed = True
            return _Packed()
        if descriptor < 0:
            self._pack = None
            return _Packed()
        return _Packed(descriptor, worth.places)

    def _mirror(self) -> _Mirror:
        return _Mirror(self._path, self._http.course, self._http.token())

    def _pack_for(self, wanted: Collection[str]) -> Pack | None:
        """The release's, if at least half of it is wanted."""
        if self._manifest is not None and len(wanted) >= pack.WORTH:
            self._pack, self._manifest = pack.of(self._manifest), None
        found = self._pack
        return found if found and 2 * sum(digest in found.places for digest in wanted) >= len(found.places) else None


def _groups(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    yield digests[:AT_FIRST]
    for start in range(AT_FIRST, len(digests), AT_ONCE):
        yield digests[start : start + AT_ONCE]


class _Packed(NamedTuple):
    """An open pack."""

    descriptor: int = -1
    places: Mapping[str, Span] = MappingProxyType({})

    def blob(self, digest: str) -> OpenBlob:
        begin, size = self.places[digest]
        return OpenBlob(digest, self.descriptor, size, is_whole=True, begin=begin)


def _in_turn(mirror: _Mirror, groups: Iterable[Sequence[str]], packed: _Packed) -> Iterator[OpenBlob]:
    """The next ones are opened there while these are written here."""
    before: Sequence[str] = ()
    for group in groups:
        asked = [digest for digest in group if digest not in packed.places]
        if asked:
            mirror.ask(digests=asked)
        yield from mirror.answer(before)
        for digest in group:
            if digest in packed.places:
                yield packed.blob(digest)
        before = asked
    yield from mirror.answer(before)


class _Mirror:
    """One conversation, which begins with the first question. All raise OSError, and ValueError for what is no answer."""

    def __init__(self, path: str, course: str, token: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._path = path
        self._who = {"token": token, "course": course}
        self._is_connected = False
        self._said = b""
        self._descriptors: list[int] = []
        """That came and were not taken."""

    def __enter__(self) -> _Mirror:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        for descriptor in self._descriptors:
            disk.close(descriptor)

    def ask(self, **what: Any) -> None:
        if not self._is_connected:
            self._socket.settimeout(WAIT_S)
            self._socket.connect(self._path)
            self._is_connected = True
        self._socket.sendall(json.dumps({**self._who, **what}).encode() + b"\n")

    def pack(self, wanted: Pack) -> int:
        """Its descriptor, which is the caller's; -1 if it cannot be had."""
        self.ask(pack=wanted.name)
        if self._answer(1) == "0":
            return -1
        descriptor = self._descriptors.pop(0)
        if disk.state_of(descriptor).st_size == wanted.size:
            return descriptor
        disk.close(descriptor)
        return -1

    def answer(self, digests: Sequence[str]) -> Iterator[OpenBlob]:
        """To the first question that has none; without digests it was not asked."""
        said = self._answer(len(digests)) if digests else ""
        for at, word in enumerate(said):
            if word == "1":
                yield from self._blob(digests[at], self._descriptors.pop(0))

    def _blob(self, digest: str, descriptor: int) -> Iterator[OpenBlob]:
        try:
            found = disk.state_of(descriptor)
            if stat.S_ISREG(found.st_mode):
                yield OpenBlob(digest, descriptor, found.st_size, is_whole=True)
        finally:
            disk.close(descriptor)

    def _answer(self, count: int) -> str:
        """1 or 0 for each, of which those with a 1 have their descriptors in turn."""
        said = self._line()
        if len(said) != count or said.strip("01") or said.count("1") > len(self._descriptors):
            raise ValueError
        return said

    def _line(self) -> str:
        until = time.monotonic() + WAIT_S
        while b"\n" not in self._said:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            piece, descriptors, _, _ = socket.recv_fds(self._socket, PIECE, 2 * AT_ONCE, socket.MSG_CMSG_CLOEXEC)
            self._descriptors += descriptors
            self._said += piece
            if not piece or len(self._said) > PIECE:
                raise ConnectionError
        line, _, self._said = self._said.partition(b"\n")
        return line.decode("ascii")

"""Blobs that the mirror of this machine hands over as open files (mirror/handing.py); all else is asked over HTTP.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from classhub.materials import disk
from classhub.materials.manifest import Manifest
from classhub.materials.open_blob import OpenBlob
from classhub.materials.over_http import HttpSource
from classhub.materials.source import Blob

AT_ONCE = 100
"""Descriptors in one answer, which the mirror keeps to; the kernel takes 253."""
AT_FIRST = 10
"""So that writing can begin."""
WAIT_S = 2.0
"""For each answer; the mirror of this machine has it at hand."""
PIECE = 4096


class HandedSource:
    """path: of the socket. Where it has not all, or is not there, HTTP brings the rest."""

    def __init__(self, path: str, http: HttpSource) -> None:
        self._path = path
        self._http = http
        self._has_failed = False
        """Then it is not tried again."""

    def manifest(self) -> Manifest:
        return self._http.manifest()

    def published(self) -> Mapping[str, frozenset[str]]:
        return self._http.published()

    def tree(self, commit: str) -> Mapping[str, str] | None:
        return self._http.tree(commit)

    def library(self) -> Any:
        return self._http.library()

    def blobs(self, digests: Iterable[str]) -> Iterator[Blob]:
        """What is handed over comes first."""
        missing = dict.fromkeys(digests)
        for blob in self.opened(list(missing)):
            del missing[blob.digest]
            yield blob
        if missing:
            yield from self._http.blobs(missing)

    def close(self) -> None:
        self._http.close()

    def opened(self, digests: Sequence[str]) -> Iterator[OpenBlob]:
        """Those that are handed over, each until the next one is asked for. May be asked by several threads. Raises nothing."""
        if self._has_failed:
            return
        try:
            with _Mirror(self._path, self._http.course, self._http.token()) as mirror:
                yield from _in_groups(mirror, digests)
        except (OSError, ValueError):
            self._has_failed = True


def _in_groups(mirror: _Mirror, digests: Sequence[str]) -> Iterator[OpenBlob]:
    """The next ones are opened there while these are written here."""
    later = range(AT_FIRST, len(digests), AT_ONCE)
    groups = [digests[:AT_FIRST], *(digests[start : start + AT_ONCE] for start in later)]
    for number, group in enumerate(groups):
        for asked in groups[number and number + 1 : number + 2]:
            mirror.ask(asked)
        yield from mirror.answer(group)


class _Mirror:
    """One conversation. All raise OSError, and ValueError for what is no answer."""

    def __init__(self, path: str, course: str, token: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._path = path
        self._who = {"token": token, "course": course}
        self._said = b""
        self._descriptors: list[int] = []
        """That came and were not taken."""

    def __enter__(self) -> _Mirror:
        self._socket.settimeout(WAIT_S)
        try:
            self._socket.connect(self._path)
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        for descriptor in self._descriptors:
            disk.close(descriptor)

    def ask(self, digests: Sequence[str]) -> None:
        self._socket.sendall(json.dumps({**self._who, "digests": digests}).encode() + b"\n")

    def answer(self, digests: Sequence[str]) -> Iterator[OpenBlob]:
        """To the first question that has none."""
        said = self._line()
        if len(said) != len(digests) or said.count("1") > len(self._descriptors):
            raise ValueError
        for at, word in enumerate(said):
            if word == "1":
                yield from self._blob(digests[at], self._descriptors.pop(0))

    def _blob(self, digest: str, descriptor: int) -> Iterator[OpenBlob]:
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                yield OpenBlob(digest, descriptor, is_whole=True)
        finally:
            disk.close(descriptor)

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

"""Reading a socket with an end to every wait. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from typing import Any

CONNECT_S = 5.0
SILENCE_S = 10.0
"""Waiting in which at least ENOUGH bytes must come: one byte now and then is silence, too."""
ENOUGH = 10_000
WHOLE_S = 15.0
"""Waiting for a whole answer, where it is not read piece by piece."""


class TooSlow(OSError):
    """The other side is silent, or as good as silent."""


class Patience(io.RawIOBase):
    """Reads of a socket. Of silence only the time spent waiting counts: a slow disk on our side is nobody's silence."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.expect(WHOLE_S)

    def expect(self, whole_s: float) -> None:
        """A new answer, or a new part of one, which must be there whole after that time."""
        self._end, self._silence_s, self._came = time.monotonic() + whole_s, SILENCE_S, 0

    def close(self) -> None:
        """Not with the answer that was read: the next one comes over the same socket."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        begin = time.monotonic()
        left_s = min(self._end - begin, self._silence_s)
        if left_s <= 0:
            raise TooSlow
        self._sock.settimeout(left_s)
        try:
            came = self._sock.recv_into(buffer)
        except socket.timeout:  # noqa: UP041 (3.9 has two of them)
            raise TooSlow from None
        self._silence_s -= time.monotonic() - begin
        self._came += came
        if self._came >= ENOUGH:
            self._silence_s, self._came = SILENCE_S, 0
        return came


class Patient:
    """What http.client needs of a socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.patience = Patience(sock)

    def sendall(self, content: bytes) -> None:
        self._sock.settimeout(SILENCE_S)
        self._sock.sendall(content)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self.patience, 1 << 16)

    def close(self) -> None:
        """http.client does so before it has read an answer that ends with its connection; `end` is ours."""

    def end(self) -> None:
        self._sock.close()


def connected(host: str, port: int, is_secure: bool) -> Patient:
    """Within CONNECT_S, the search for the name apart. Raises OSError, and ValueError for what can be no name."""
    end = time.monotonic() + CONNECT_S
    sock = _first_that_answers(_addresses(host, port), end)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if is_secure:
            sock.settimeout(max(0.1, end - time.monotonic()))
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise
    return Patient(sock)


def _first_that_answers(addresses: list[Any], end: float) -> socket.socket:
    """The time is shared by those that are left: a silent one must not use up what a good one needs."""
    failure: OSError = TooSlow()
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        left_s = (end - time.monotonic()) / (len(addresses) - tried)
        if left_s <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(left_s)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = TooSlow() if isinstance(error, socket.timeout) else error
        else:
            return sock
    raise failure


def _addresses(host: str, port: int) -> list[Any]:
    """The system's own search for a name can take half a minute, and cannot be interrupted: another thread waits."""
    found: list[Any] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            found.append(error)

    searcher = threading.Thread(target=look, daemon=True)
    searcher.start()
    searcher.join(CONNECT_S)
    if not found:
        raise TooSlow
    if isinstance(found[0], Exception):
        raise found[0]
    return list(found[0])

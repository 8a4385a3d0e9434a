"""Numbered channels of bytes over one websocket, as exec and port-forward have them. Single-threaded: for select loops.

httpx2's own websocket reads in a thread of its own, and one TLS connection may not be read and written by two.
"""

import contextlib
import os
import select
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpcore2
import wsproto
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.silence import BrokenOff

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
END = 255
"""Protocol v5: this channel's second byte names a channel that ends."""
PIECE = 65536
FULL = 1 << 20
"""Bytes that may wait to be written before more is taken."""
MOST = 16
"""Pieces that are taken at a time: a program may write faster than what it says is passed on."""
PING_S, DEAD_S = 15, 45


class Channels:
    """What was read but not taken yet is kept, so ask `receive` until it gives nothing before a select."""

    def __init__(self, stream: Any, protocol: str) -> None:
        self.protocol = protocol
        self.is_open = True
        self._sock: socket.socket = stream.get_extra_info("socket")
        self._frames = wsproto.connection.Connection(wsproto.ConnectionType.CLIENT)
        self._out = bytearray()
        self._message = bytearray()
        self._heard = self._pinged = self._waited = time.monotonic()
        with contextlib.suppress(httpcore2.ReadTimeout):  # bytes that came with the 101 are in httpx2's hands
            self._frames.receive_data(stream.read(PIECE, timeout=0.001) or None)
        self._sock.setblocking(False)

    def send(self, channel: int, piece: bytes) -> None:
        """Queue and write what can be written now."""
        if self.is_open:
            self._out += self._frames.send(BytesMessage(bytes([channel]) + piece))
            self._flush()

    def is_full(self) -> bool:
        return len(self._out) > FULL

    def wait(
        self, read: Sequence[int] = (), write: Sequence[int] = (), *, timeout_s: float = PING_S, take: bool = True
    ) -> set[int]:
        """Until there is something to do; which of the other descriptors are ready. take=False: nobody wants more just now."""
        if (now := time.monotonic()) - self._waited > PING_S:
            self._heard = now  # we were away ourselves, held up by a slow reader: the silence was ours
        if take and isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            timeout_s = 0
        self._keep_alive()
        ours = [self._sock.fileno()]
        for_reading, for_writing = [*read, *(ours if take else [])], [*write, *(ours if self._out else [])]
        readable, writable, _ = select.select(for_reading, for_writing, [], max(0, min(timeout_s, PING_S)))
        self._flush()
        if take:
            self._fill()
        self._waited = time.monotonic()
        return {*readable, *writable}

    def receive(self) -> Iterator[tuple[int, bytes]]:
        """Whole messages that have come: (channel, bytes)."""
        for event in self._frames.events():
            if isinstance(event, BytesMessage | TextMessage):
                self._message += event.data.encode() if isinstance(event.data, str) else event.data
                if event.message_finished:
                    whole, self._message = bytes(self._message), bytearray()
                    if whole:
                        yield whole[0], whole[1:]
            elif isinstance(event, Ping):
                self._out += self._frames.send(event.response())
            elif isinstance(event, CloseConnection):
                self.is_open = False
                with contextlib.suppress(wsproto.utilities.LocalProtocolError):
                    self._out += self._frames.send(event.response())
            elif not isinstance(event, Pong):
                self.is_open = False
        self._flush()

    def close(self) -> None:
        with contextlib.suppress(wsproto.utilities.LocalProtocolError, OSError):
            self._out += self._frames.send(CloseConnection(1000))
            self._flush()
        self.is_open = False

    def _fill(self) -> None:
        for _ in range(MOST):
            if not self.is_open:
                return
            try:
                piece = self._sock.recv(PIECE)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                piece = b""
            self._heard = time.monotonic()
            if not piece:
                self.is_open = False
                return
            try:
                self._frames.receive_data(piece)
            except wsproto.utilities.RemoteProtocolError:
                self.is_open = False
            if len(piece) < PIECE and not (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
                return

    def _flush(self) -> None:
        while self._out:
            try:
                # A TLS write that would block must be tried again with the same bytes: the buffer only grows at its end.
                sent = self._sock.send(self._out[:PIECE])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                # Nobody listens any more, but what was said before may still wait to be read: `_fill` finds the end.
                self._out.clear()
                return
            del self._out[:sent]

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._heard > DEAD_S:
            self.is_open = False
        elif self.is_open and now - max(self._heard, self._pinged) > PING_S - 1:
            self._pinged = now
            self._out += self._frames.send(Ping(b""))


@contextlib.contextmanager
def opened(calls: Calls, call: Call, protocols: Sequence[str]) -> Iterator[Channels]:
    """protocols: those we speak, the best first."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": ", ".join(protocols),
    }
    with calls.answer(replace(call, headers=headers)) as answer:
        if answer.status_code != 101:
            raise BrokenOff(
                f"The cluster at {calls.access.server} does not speak websockets.",
                "A proxy on the way lets none through.",
                "classhub doctor",
            )
        channels = Channels(answer.extensions["network_stream"], answer.headers.get("Sec-WebSocket-Protocol", ""))
        try:
            yield channels
        finally:
            channels.close()

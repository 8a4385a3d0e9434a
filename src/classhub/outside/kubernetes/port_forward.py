"""A port of our own machine that leads to one of a pod's.

Over httpx2's connection and wsproto, which lightkube brings, rather than a second client (kr8s): no event loop in a
thread, the same credentials, counting and failures as every other call.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from classhub.errors import ClasshubError, NotRunning, OutsideFailed
from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.channels import FULL, PIECE, Channels, opened

PROTOCOL = "v4.channel.k8s.io"
DATA, ERROR = 0, 1
AWAY_S = 60
"""How long a new connection waits for an API server that is away."""


@contextlib.contextmanager
def forward(calls: Calls, call: Call, port: int) -> Iterator[int]:
    _probe(calls, call, port)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener, contextlib.ExitStack() as stack:
        listener.settimeout(0.2)
        stopping = threading.Event()
        stack.callback(stopping.set)
        accepting = threading.Thread(target=_accept, args=(calls, call, listener, stopping), daemon=True)
        accepting.start()
        stack.callback(accepting.join)
        stack.callback(listener.close)
        yield listener.getsockname()[1]


def _probe(calls: Calls, call: Call, port: int) -> None:
    """One connection at once: whoever may not, or asks for a pod that does not run, learns it here and not as a dead port."""
    with opened(calls, call, [PROTOCOL]) as channels:
        until = time.monotonic() + 0.2
        while channels.is_open and time.monotonic() < until:
            channels.wait(timeout_s=until - time.monotonic())
            for channel, piece in channels.receive():
                if channel == ERROR and len(piece) > 2:
                    raise NotRunning(
                        f"Nothing listens on port {port} of {call.about}.",
                        piece.decode(errors="replace").strip()[-300:],
                    )


def _accept(calls: Calls, call: Call, listener: socket.socket, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            near, _ = listener.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        threading.Thread(target=_serve, args=(calls, call, near, stopping), daemon=True).start()


def _serve(calls: Calls, call: Call, near: socket.socket, stopping: threading.Event) -> None:
    """One connection, to its end. While the API server is away it waits; what was under way when it went is cut."""
    until = time.monotonic() + AWAY_S
    with near:
        while not stopping.is_set():
            try:
                with opened(calls, call, [PROTOCOL]) as channels:
                    near.setblocking(False)
                    _relay(channels, near, stopping)
                return
            except OutsideFailed:
                if time.monotonic() > until:
                    return
                time.sleep(0.3)
            except (ClasshubError, OSError):
                return


def _relay(channels: Channels, near: socket.socket, stopping: threading.Event) -> None:
    headers = {DATA, ERROR}  # the first message on each channel is the port's number
    back = bytearray()
    while not stopping.is_set():
        for channel, piece in channels.receive():
            if channel in headers:
                headers.remove(channel)
            elif channel == DATA:
                back += piece
            else:
                return
        with contextlib.suppress(BlockingIOError):
            del back[: near.send(back[:PIECE]) if back else 0]
        if not channels.is_open and not back:
            return
        ours = near.fileno()
        readers, writers = [] if channels.is_full() else [ours], [ours] if back else []
        if ours in channels.wait(readers, writers, timeout_s=1, take=len(back) < FULL):
            with contextlib.suppress(BlockingIOError):
                piece = near.recv(PIECE // 2)
                if not piece:
                    return
                channels.send(DATA, piece)

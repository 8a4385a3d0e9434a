"""Servers on loopback that answer badly: silent, cut in the middle, endless."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Fault = Callable[[socket.socket], None]


def silent(client: socket.socket) -> None:
    """Takes the question and says nothing."""
    client.recv(65536)
    client.settimeout(30)
    client.recv(1)


def begun(client: socket.socket) -> None:
    """A good beginning, then nothing."""
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhalf")
    client.settimeout(30)
    client.recv(1)


def cut(client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhalf")


def garbled(client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(b"\x00\x01 nonsense\r\n\r\n")


def endless(client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(bytes(1 << 20))


@contextmanager
def faulty(fault: Fault) -> Iterator[str]:
    """Its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=handle, args=(client,), daemon=True).start()

    def handle(client: socket.socket) -> None:
        with client, suppress(OSError):
            fault(client)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()

"""The API server listens on loopback; the node and its pods have a network of their own. This carries them over."""

import asyncio
import ctypes
import os
import socket
import threading
from pathlib import Path

NETWORK = 0x40000000  # CLONE_NEWNET
_libc = ctypes.CDLL(None, use_errno=True)


def listen_inside(process: int, address: str, port: int) -> socket.socket:
    """A socket that listens in another process's network; the caller stays in its own."""
    own, other = Path("/proc/thread-self/ns/net"), Path(f"/proc/{process}/ns/net")
    with own.open() as back, other.open() as there:
        _enter(there.fileno())
        try:
            return socket.create_server((address, port))
        finally:
            _enter(back.fileno())


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, NETWORK):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def carry_in_background(listener: socket.socket, port: int) -> None:
    """Whoever connects to the listener talks with 127.0.0.1:PORT of this network."""
    threading.Thread(target=lambda: asyncio.run(_serve(listener, port)), daemon=True).start()


async def _serve(listener: socket.socket, port: int) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, here = await asyncio.open_connection("127.0.0.1", port)
        except OSError:  # as if nobody listened here either
            writer.close()
            return
        await asyncio.gather(_pour(reader, here), _pour(there, writer))

    server = await asyncio.start_server(meet, sock=listener)
    await server.serve_forever()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()

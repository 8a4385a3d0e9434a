"""Wait for the first answer of a server on its socket; its death ends the wait at once."""

import asyncio
import time

from classhub.hub.registry import Entry


async def wait(entry: Entry, path: str, timeout_s: float) -> bool:
    """True once it answers HTTP with anything; False when it died or time is up.

    The socket was bound before the server began, so that one request simply waits until it is served.
    """
    asking = asyncio.ensure_future(_ask(entry.socket, path))
    deadline = time.monotonic() + timeout_s
    try:
        while time.monotonic() < deadline:
            done, _ = await asyncio.wait([asking], timeout=0.1)
            if done:
                if asking.result():
                    return True
                asking = asyncio.ensure_future(_ask(entry.socket, path))
            if not entry.alive:
                return False
        return False
    finally:
        asking.cancel()


async def _ask(path_of_socket: str, path: str) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(path_of_socket)
    except OSError:
        await asyncio.sleep(0.05)
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: classhub\r\nConnection: close\r\n\r\n".encode())
        return (await reader.readline()).startswith(b"HTTP/")
    except OSError:
        return False
    finally:
        writer.close()

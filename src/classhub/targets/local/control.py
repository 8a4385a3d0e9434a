"""The supervisor's control socket: one JSON object a line, asked and answered. Only the same account, and root, may talk to it."""

import asyncio
import json
import os
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from classhub.errors import NotRunning, OutsideFailed
from classhub.targets.local.owners import owner_of
from classhub.targets.local.paths import Paths

AT_ONCE = ("status", "stop")
"""Answered in their time by any supervisor that is not stuck."""


class Obeys(Protocol):
    listeners: "set[asyncio.Queue[str]]"

    async def do(self, request: Mapping[str, Any]) -> dict[str, Any]: ...


async def serve(path: Path, supervisor: Obeys) -> asyncio.Server:
    """Listen at `path`, mode 0600."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _peer(writer.get_extra_info("socket"))[1] in (os.geteuid(), 0):
                await _talk(reader, writer, supervisor)
        except (ConnectionError, asyncio.CancelledError):
            pass  # cancelled at the supervisor's end only: Python 3.11's streams would log a traceback of it
        finally:
            writer.close()

    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(talk, str(path))
    path.chmod(0o600)
    return server


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, supervisor: Obeys) -> None:
    line = await reader.readline()
    if not line:  # somebody only knocked
        return
    request = json.loads(line)
    if request.get("do") == "follow":
        await _follow(reader, writer, supervisor)
        return
    try:
        answer = {"ok": True, **await supervisor.do(request)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked must hear of it
        answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    writer.write(json.dumps(answer).encode() + b"\n")
    await writer.drain()


async def _follow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, supervisor: Obeys) -> None:
    """Sentences as they come, until the asker hangs up or the supervisor ends."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    supervisor.listeners.add(queue)
    hung_up = asyncio.ensure_future(reader.read())
    try:
        while True:
            next_one = asyncio.ensure_future(queue.get())
            await asyncio.wait([next_one, hung_up], return_when=asyncio.FIRST_COMPLETED)
            if not next_one.done():
                next_one.cancel()
                return
            writer.write(json.dumps({"say": next_one.result()}).encode() + b"\n")
            await writer.drain()
    finally:
        hung_up.cancel()
        supervisor.listeners.discard(queue)


def _peer(connection: socket.socket) -> tuple[int, int]:
    """Pid (0: unknown) and uid of whoever listens, or asks, at the other end."""
    if sys.platform == "linux":
        pid, uid, _ = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
        return pid, uid
    return 0, os.geteuid()  # the folder is 0700, and the socket 0600


def ask(paths: Paths, request: Mapping[str, Any], timeout_s: float = 30) -> dict[str, Any]:
    """One question. Raises NotRunning when no supervisor of ours listens, OutsideFailed when it does not answer or refuses."""
    with _connect(paths, timeout_s) as connection:
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            line = connection.makefile("rb").readline()
        except OSError as error:
            pid = _peer(connection)[0] if isinstance(error, TimeoutError) and request["do"] in AT_ONCE else 0
            raise (_stuck(pid) if pid else _silent(error)) from error
    if not line:
        raise OutsideFailed("The supervisor ended while it was asked.", fix="classhub up")
    answer: dict[str, Any] = json.loads(line)
    if not answer.pop("ok"):
        raise OutsideFailed(f"The supervisor could not do it: {answer['error']}", fix="classhub logs supervisor")
    return answer


def _silent(error: OSError) -> OutsideFailed:
    return OutsideFailed("The supervisor did not answer.", cause=str(error), fix="classhub status")


def _stuck(pid: int) -> OutsideFailed:
    return OutsideFailed(
        f"The supervisor (pid {pid}) does not answer.",
        cause="it is stuck: its disk does not answer, or a signal stopped it",
        fix=f"end it, which the hub and students' servers outlive, then stop them:\n  kill -9 {pid}\n  classhub down",
    )


def follow(paths: Paths) -> Iterator[str]:
    """The supervisor's sentences until it ends."""
    with _connect(paths, None) as connection:
        connection.sendall(b'{"do": "follow"}\n')
        for line in connection.makefile("rb"):
            yield json.loads(line)["say"]


def _connect(paths: Paths, timeout_s: float | None) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(paths.control))
    except OSError as error:
        connection.close()
        raise NotRunning("No hub runs here.", fix="classhub up") from error
    expected = owner_of(paths.state) if os.geteuid() == 0 else os.geteuid()
    if _peer(connection)[1] != expected:  # in /tmp anybody may have made the folder before us
        connection.close()
        raise NotRunning("No hub of this account runs here.", fix="classhub up")
    return connection

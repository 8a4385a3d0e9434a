"""Blobs as open files, for students' servers of this machine: what is copied within the kernel is neither sent nor hashed.

A unix socket that everybody may open. Whoever asks shows a token, as for a page. A question is one line of JSON, {"token",
"course", "digests"}; the answer says of each digest, with 1 or 0, whether its descriptor comes along (SCM_RIGHTS of unix(7)).
With "pack" in place of "digests", the name of the pack that follows from the asker's manifest (materials/pack.py), one comes.
"""

import asyncio
import fcntl
import json
import logging
import os
import socket
import stat
import struct
import sys
import termios
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest
from pathlib import Path

from classhub.materials.from_folder import below
from classhub.materials.handed import AT_ONCE
from classhub.materials.mirror import access
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.door import HubAway
from classhub.materials.mirror.packs import Packs
from classhub.materials.mirror.shelf import Selection

LOG = logging.getLogger("classhub.mirror")
MOST_GUESTS = 600
MOST_OF_ONE = 4
"""Of one account of the machine; a server has two."""
LONGEST_LINE = 16_384
IDLE_S = 30
READ_S = 10
"""For an answer to be read."""
LOOK_S = (0.0005, 0.1)
"""Whether an answer was read: so soon the first time, then ever more seldom."""
THREADS = 4
FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


class Handing:
    """What a guest does not read stays in the kernel until he closes his end: so there is one answer for each at a time, and
    whoever has one keeps his place."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._guests: dict[asyncio.Task[None], int] = {}
        """And the account of each."""
        self._readers = ThreadPoolExecutor(THREADS, "handing")
        self._packs = Packs()
        self._comparing = threading.Lock()
        self._looked_at: dict[str, tuple[tuple[int, ...], bool]] = {}
        """By digest the file as it was when its bytes were compared, and whether they were right."""

    async def serve(self, listener: socket.socket) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        while True:
            try:
                guest, _ = await loop.sock_accept(listener)
            except OSError as error:
                LOG.warning("No file can be handed over at the moment: %s", error.strerror)
                await asyncio.sleep(1)
                continue
            self._let_in(guest)
            await asyncio.sleep(0)  # sock_accept does not wait while somebody stands at the door

    def _let_in(self, guest: socket.socket) -> None:
        uid = _account(guest)
        others = list(self._guests.values())
        if len(others) >= MOST_GUESTS or (uid != os.geteuid() and others.count(uid) >= MOST_OF_ONE):
            guest.close()
            return
        task = asyncio.ensure_future(self._serve_one(guest))
        self._guests[task] = uid
        task.add_done_callback(self._guests.pop)

    async def _serve_one(self, guest: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=guest, limit=LONGEST_LINE)
        try:
            await self._talk(guest, reader)
        except (OSError, TimeoutError, ValueError, LookupError, TypeError, RecursionError, HubAway):
            pass  # it asks over HTTP then, and is told there what is wrong
        finally:
            try:
                await _all_read(guest)  # or until he hung up
            finally:
                writer.close()

    async def _talk(self, guest: socket.socket, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        while line := await asyncio.wait_for(reader.readline(), IDLE_S):
            asked = json.loads(line)
            selection, folder = await self._seen(str(asked["course"]), str(asked["token"]))
            await asyncio.wait_for(_all_read(guest), READ_S)
            if "pack" in asked:
                _give(guest, [await self._pack(folder, selection, asked["pack"])])
                continue
            allowed = [one if one in selection.digests else "" for one in map(str, asked["digests"][:AT_ONCE])]
            _give(guest, await loop.run_in_executor(self._readers, self._opened, folder, allowed))

    async def _pack(self, folder: Path, selection: Selection, name: object) -> int:
        """-1 where this is not what this person has now, or it cannot be had in time."""
        if selection.pack is None or selection.pack.name != name:
            return -1
        try:
            return await self._packs.opened(folder, selection.pack)
        except (OSError, TimeoutError, ValueError):
            return -1

    async def _seen(self, course: str, token: str) -> tuple[Selection, Path]:
        """Raises LookupError where this person gets nothing of that course."""
        desk = self._desk
        person = await desk.door.person(token) if token or desk.is_open else None
        shelf = desk.shelves[course]
        selection = shelf.selection(person) if person and access.may_see(shelf.course, person) else None
        if selection is None:
            raise LookupError
        return selection, shelf.store.blobs.folder

    def _opened(self, folder: Path, digests: Sequence[str]) -> list[int]:
        """A descriptor for each, or -1."""
        blobs = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return [self._open(blobs, digest) if digest else -1 for digest in digests]
        finally:
            os.close(blobs)

    def _open(self, blobs: int, digest: str) -> int:
        try:
            descriptor = os.open(below(digest), FLAGS, dir_fd=blobs)
        except OSError:
            return -1
        if self._is_whole(descriptor, digest):
            return descriptor
        os.close(descriptor)
        return -1

    def _is_whole(self, descriptor: int, digest: str) -> bool:
        """Once for each file: whoever gets it does not look again."""
        found = os.fstat(descriptor)
        now = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if self._looked_at.get(digest, ((), False))[0] != now:
            with self._comparing:
                if self._looked_at.get(digest, ((), False))[0] != now:
                    self._looked_at[digest] = now, _has(descriptor, found, digest)
        return self._looked_at[digest][1]


def _has(descriptor: int, found: os.stat_result, digest: str) -> bool:
    try:
        with open(descriptor, "rb", closefd=False, buffering=0) as file:
            is_whole = stat.S_ISREG(found.st_mode) and file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        is_whole = False
    if not is_whole:
        LOG.error("The blob %s is damaged.", digest)
    return is_whole


def _account(guest: socket.socket) -> int:
    """uid of whoever connected, as the kernel says: unix(7), SO_PEERCRED."""
    _, uid, _ = struct.unpack("3i", guest.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


def _unread(guest: socket.socket) -> int:
    """Bytes of memory that answers take which he has not read: SIOCOUTQ of unix(7)."""
    return int.from_bytes(fcntl.ioctl(guest, termios.TIOCOUTQ, bytes(4)), sys.byteorder)


async def _all_read(guest: socket.socket) -> None:
    wait_s, longest_s = LOOK_S
    while _unread(guest):
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, longest_s)


def _give(guest: socket.socket, descriptors: Sequence[int]) -> None:
    """In one message, which fits where nothing waits to be read. Raises OSError."""
    there = [one for one in descriptors if one >= 0]
    try:
        said = "".join("0" if one < 0 else "1" for one in descriptors).encode() + b"\n"
        socket.send_fds(guest, [said], there) if there else guest.send(said)
    finally:
        for one in there:
            os.close(one)

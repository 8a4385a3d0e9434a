"""Blobs as open files, for students' servers of this machine: what is copied within the kernel is neither sent nor hashed.

A unix socket that everybody may open. Whoever asks shows a token, as for a page. A question is one line of JSON, {"token",
"course", "digests"}; the answer says of each digest, with 1 or 0, whether its descriptor comes along (SCM_RIGHTS of unix(7)).
"""

import asyncio
import json
import logging
import os
import socket
import stat
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from classhub.materials.mirror import access
from classhub.materials.mirror.blobs import place
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.door import HubAway

LOG = logging.getLogger("classhub.mirror")
MOST_GUESTS = 200
MOST_AT_ONCE = 100
"""Descriptors in one answer; the kernel takes 253."""
LONGEST_LINE = 16_384
IDLE_S = 30


class Handing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._guests: set[asyncio.Task[None]] = set()
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
            if len(self._guests) >= MOST_GUESTS:
                guest.close()
                continue
            task = asyncio.ensure_future(self._serve_one(guest))
            self._guests.add(task)
            task.add_done_callback(self._guests.discard)

    async def _serve_one(self, guest: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=guest, limit=LONGEST_LINE)
        try:
            await self._talk(guest, reader)
        except (OSError, TimeoutError, ValueError, LookupError, TypeError, RecursionError, HubAway):
            return  # it asks over HTTP then, and is told there what is wrong
        finally:
            writer.close()

    async def _talk(self, guest: socket.socket, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        while line := await asyncio.wait_for(reader.readline(), IDLE_S):
            asked = json.loads(line)
            seen, folder = await self._seen(str(asked["course"]), str(asked["token"]))
            allowed = [one if one in seen else "" for one in map(str, asked["digests"][:MOST_AT_ONCE])]
            opened = await loop.run_in_executor(self._desk.readers, self._opened, folder, allowed)
            _give(guest, opened)

    async def _seen(self, course: str, token: str) -> tuple[frozenset[str], Path]:
        """Raises LookupError where this person gets nothing of that course."""
        desk = self._desk
        person = await desk.door.person(token) if token or desk.is_open else None
        shelf = desk.shelves[course]
        selection = shelf.selection(person) if person and access.may_see(shelf.course, person) else None
        if selection is None:
            raise LookupError
        return selection.digests, shelf.store.blobs.folder

    def _opened(self, folder: Path, digests: Sequence[str]) -> list[int]:
        """A descriptor for each, or -1."""
        return [self._open(folder, digest) if digest else -1 for digest in digests]

    def _open(self, folder: Path, digest: str) -> int:
        try:
            descriptor = os.open(place(folder, digest), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
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
        before, is_whole = self._looked_at.get(digest, ((), False))
        if before == now:
            return is_whole
        try:
            with open(descriptor, "rb", closefd=False, buffering=0) as file:
                is_whole = stat.S_ISREG(found.st_mode) and file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            is_whole = False
        if not is_whole:
            LOG.error("The blob %s is damaged.", digest)
        self._looked_at[digest] = now, is_whole
        return is_whole


def _give(guest: socket.socket, descriptors: Sequence[int]) -> None:
    """In one message, which fits: nobody asks for more than two things at a time. Raises OSError."""
    there = [one for one in descriptors if one >= 0]
    try:
        said = "".join("0" if one < 0 else "1" for one in descriptors).encode() + b"\n"
        socket.send_fds(guest, [said], there) if there else guest.send(said)
    finally:
        for one in there:
            os.close(one)

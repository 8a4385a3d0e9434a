"""Packs of releases (materials/pack.py): made when somebody first asks, gone when nobody does any more.

They are files without a name: whatever becomes of this process, nothing is left of them.
"""

import asyncio
import errno
import logging
import os
import stat
import tempfile
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from classhub.materials.mirror.blobs import PART, place
from classhub.materials.pack import Pack
from classhub.outside.room import has_room

LOG = logging.getLogger("classhub.mirror")
MOST = 8
KEEP_S = 600
"""After the last question."""
REST_S = 60
"""One that was asked for since makes no room for another."""
WAIT_S = 0.2
"""Longer nobody waits for one that is being made: there are the files themselves."""


@dataclass
class _Made:
    """asked: when last, by the loop's clock."""

    file: asyncio.Future[BinaryIO]
    asked: float


class Packs:
    """In one event loop."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "pack")
        self._made: OrderedDict[str, _Made] = OrderedDict()
        """By name, that which was asked for last at the end."""

    async def opened(self, folder: Path, pack: Pack) -> int:
        """For reading alone, to be closed by the caller. folder: of the blobs. Raises OSError, TimeoutError, and ValueError for
        one that was let go meanwhile.
        """
        made = self._made.get(pack.name) or self._begun(folder, pack)
        file = await asyncio.wait_for(asyncio.shield(made.file), WAIT_S)
        descriptor = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
        made.asked = asyncio.get_running_loop().time()
        self._made.move_to_end(pack.name)
        return descriptor

    def _begun(self, folder: Path, pack: Pack) -> _Made:
        """One that fails is tried again after KEEP_S. Raises OSError where there are too many."""
        loop = asyncio.get_running_loop()
        self._make_room(loop.time())
        made = _Made(loop.run_in_executor(self._writer, _written, folder, pack), loop.time())
        made.file.add_done_callback(_told)
        self._made[pack.name] = made
        loop.call_later(KEEP_S, self._look, pack.name, made)
        return made

    def _make_room(self, now: float) -> None:
        if len(self._made) >= MOST:
            oldest = next(iter(self._made))
            if self._made[oldest].asked > now - REST_S:
                raise OSError(errno.EMFILE, "too many packs are in use")
            self._let_go(oldest)

    def _look(self, name: str, made: _Made) -> None:
        """Whether it is still asked for."""
        loop = asyncio.get_running_loop()
        left_s = made.asked + KEEP_S - loop.time()
        if self._made.get(name) is not made:
            return
        if left_s > 0:
            loop.call_later(left_s, self._look, name, made)
        else:
            self._let_go(name)

    def _let_go(self, name: str) -> None:
        self._made.pop(name).file.add_done_callback(_emptied)


def _told(made: asyncio.Future[BinaryIO]) -> None:
    if not made.cancelled() and (error := made.exception()):
        LOG.error("A pack cannot be made: %s", error)


def _emptied(made: asyncio.Future[BinaryIO]) -> None:
    """Who holds it open for ever holds no room of the disk."""
    if not made.cancelled() and made.exception() is None:
        with suppress(OSError), made.result() as file:
            file.truncate(0)


def _written(folder: Path, pack: Pack) -> BinaryIO:
    """Of bytes that were compared with their digests, on the disk. Raises OSError."""
    if not has_room(folder, pack.size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    file = tempfile.TemporaryFile(dir=folder, prefix=PART)  # noqa: SIM115  whoever lets it go closes it
    try:
        for digest, span in pack.places.items():
            file.write(_bytes(place(folder, digest), span.size, digest))
        file.flush()
        os.fsync(file.fileno())  # a disk that fails later would give zeros to who holds them for compared
        os.fchmod(file.fileno(), stat.S_IRUSR)
    except BaseException:
        file.close()
        raise
    return file


def _bytes(path: Path, size: int, digest: str) -> bytes:
    with path.open("rb") as blob:
        content = blob.read(size + 1)
    if len(content) != size or sha256(content).hexdigest() != digest:
        raise OSError(errno.EIO, f"the blob {digest} is damaged")
    return content

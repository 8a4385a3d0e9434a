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
from concurrent.futures import Executor
from contextlib import suppress
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
WAIT_S = 1.0
"""Longer nobody waits for one that is being made: there are the files themselves."""


class Packs:
    """In one event loop."""

    def __init__(self, writers: Executor) -> None:
        self._writers = writers
        self._made: OrderedDict[str, asyncio.Future[BinaryIO]] = OrderedDict()
        """By name, that which was asked for last at the end."""
        self._asked: dict[str, float] = {}

    async def opened(self, folder: Path, pack: Pack) -> int:
        """For reading alone, to be closed by the caller. folder: of the blobs. Raises OSError, TimeoutError, and ValueError for
        one that was let go meanwhile.
        """
        made = self._made.get(pack.name) or self._begun(folder, pack)
        file = await asyncio.wait_for(asyncio.shield(made), WAIT_S)
        descriptor = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
        self._keep(pack.name)
        return descriptor

    def _begun(self, folder: Path, pack: Pack) -> asyncio.Future[BinaryIO]:
        """One that fails is tried again after KEEP_S."""
        made = asyncio.get_running_loop().run_in_executor(self._writers, _written, folder, pack)
        made.add_done_callback(_told)
        self._made[pack.name] = made
        self._keep(pack.name)
        while len(self._made) > MOST:
            self._let_go(next(iter(self._made)))
        return made

    def _keep(self, name: str) -> None:
        if name in self._made:
            loop = asyncio.get_running_loop()
            self._made.move_to_end(name)
            self._asked[name] = loop.time()
            loop.call_later(KEEP_S, self._let_go_if_unused, name, self._asked[name])

    def _let_go_if_unused(self, name: str, since: float) -> None:
        if self._asked.get(name) == since:
            self._let_go(name)

    def _let_go(self, name: str) -> None:
        del self._asked[name]
        self._made.pop(name).add_done_callback(_closed)


def _told(made: asyncio.Future[BinaryIO]) -> None:
    if error := made.exception():
        LOG.error("A pack cannot be made: %s", error)


def _closed(made: asyncio.Future[BinaryIO]) -> None:
    with suppress(OSError):
        made.result().close()


def _written(folder: Path, pack: Pack) -> BinaryIO:
    """Of bytes that were compared with their digests. Raises OSError."""
    if not has_room(folder, pack.size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    file = tempfile.TemporaryFile(dir=folder, prefix=PART)  # noqa: SIM115  whoever let it go closes it
    try:
        for digest, span in pack.places.items():
            file.write(_bytes(place(folder, digest), span.size, digest))
        file.flush()
        os.fchmod(file.fileno(), stat.S_IRUSR)
    except BaseException:
        file.close()
        raise
    return file


def _bytes(path: Path, size: int, digest: str) -> bytes:
    with path.open("rb") as blob:
        content = blob.read(size + 1)
    if sha256(content).hexdigest() != digest:
        raise OSError(errno.EIO, f"the blob {digest} is damaged")
    return content

"""Births and ends of one server never overlap, and what a cancelled start still brings into the world is ended.

Both run in threads, which nobody can stop: a home on a dead network disk holds one for as long as it likes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from classhub.hub import birth, registry
from classhub.hub.order import Order

THREADS = 64
"""For births and for ends, each: starts that hang take neither the ends nor the hub's few others with them (asyncio has 6 on two cores)."""

Born = tuple[birth.Child, registry.Entry]


class Lives:
    """One for the whole hub."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._births = ThreadPoolExecutor(THREADS, "birth")
        self._ends = ThreadPoolExecutor(THREADS, "end")
        self._unwanted: set[asyncio.Task[None]] = set()

    async def begin(self, order: Order, rescue: bool) -> Born:
        """birth.start, with its errors. Cancelled, it ends the server as soon as it is there."""
        thread = await self._alone(self._births, (order.user, order.server), birth.start, order, rescue)
        try:
            return await asyncio.shield(thread)
        except asyncio.CancelledError:
            self._end_when_born(thread, order.folder("servers"))
            raise

    async def end(self, folder: Path, entry: registry.Entry, patience_s: float) -> None:
        """registry.clear, to its end even when nobody waits for it any more."""
        server = (entry.user, entry.server)
        await asyncio.shield(await self._alone(self._ends, server, registry.clear, folder, entry, patience_s))

    async def remember(self, folder: Path, entry: registry.Entry) -> None:
        """registry.write, never after the end of this server. Raises OSError."""
        server = (entry.user, entry.server)
        await asyncio.shield(await self._alone(self._births, server, registry.write, folder, entry))

    async def _alone(
        self, threads: ThreadPoolExecutor, server: tuple[str, str], work: Callable[..., Any], *given: Any
    ) -> "asyncio.Future[Any]":
        """`work` in a thread, once no other of this server runs."""
        lock = self._locks[server]
        await lock.acquire()
        try:
            thread = asyncio.get_running_loop().run_in_executor(threads, work, *given)
        except BaseException:
            lock.release()
            raise
        thread.add_done_callback(lambda _: lock.release())
        return thread

    def _end_when_born(self, thread: "asyncio.Future[Born]", folder: Path) -> None:
        async def end() -> None:
            await asyncio.wait([thread])
            if thread.exception() is None:
                child, entry = thread.result()
                await self.end(folder, entry, 2)
                child.poll()

        task = asyncio.ensure_future(end())
        self._unwanted.add(task)
        task.add_done_callback(self._unwanted.discard)

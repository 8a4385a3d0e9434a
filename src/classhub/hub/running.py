"""The process behind one spawner: begun, known again after a restart of the hub, watched, its end explained."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from classhub.hub import birth, registry
from classhub.hub.end_watch import EndWatch
from classhub.hub.lives import Lives
from classhub.hub.order import Order
from classhub.walls import cgroups


class Running:
    """Of one server of one user. servers: the registry's folder; then: called when the process ends, where it is noticed."""

    def __init__(self, lives: Lives, servers: Path, then: Callable[[], None]) -> None:
        self._lives = lives
        self._servers = servers
        self._entry: registry.Entry | None = None
        self._child: birth.Child | None = None
        self._ending: registry.Entry | None = None
        self._memory_kills = 0
        self._watch = EndWatch(then)

    async def begin(self, order: Order, rescue: bool) -> registry.Entry:
        """As birth.start. Cancelled, nothing of it stays."""
        self._child, self._entry = await self._lives.begin(order, rescue)
        self._memory_kills = _memory_kills(self._entry)
        return self._entry

    def known(self, user: str, server: str) -> registry.Entry | None:
        """Alive or not; another hub may have begun it."""
        if self._entry is None:
            self._entry = registry.read(self._servers, user, server)
            self._memory_kills = _memory_kills(self._entry)
        return self._entry

    def new_memory_kills(self, entry: registry.Entry) -> int:
        """Programs that the kernel ended at the memory limit since this was last asked."""
        before, self._memory_kills = self._memory_kills, _memory_kills(entry)
        return max(0, self._memory_kills - before)

    def watch(self, entry: registry.Entry | None) -> None:
        """Call `then` at its end."""
        if entry is not None:
            self._watch.begin(entry.process)

    async def answered(self, entry: registry.Entry) -> None:
        """For whoever asks which servers are ready. A full disk loses that, never a start."""
        self._entry = replace(entry, ready=True)
        with suppress(OSError):
            await self._lives.remember(self._servers, self._entry)

    def is_ending(self, entry: registry.Entry) -> bool:
        """Somebody sees to its end already, and has said why."""
        return entry == self._ending

    async def end(self, entry: registry.Entry, patience_s: float) -> None:
        """Returns when nothing of it is left."""
        self._ending = entry
        self._watch.stop()
        await self._lives.end(self._servers, entry, patience_s)
        await self.exit_code()
        if self._entry == entry:
            self._entry = None

    async def exit_code(self) -> int | None:
        """Of a process that has ended, once; None when it is not our child (the hub was restarted meanwhile)."""
        child = self._child
        code = await asyncio.to_thread(birth.exit_code, child) if child else None
        if code is not None and self._child is child:
            self._child = None
        return code


def _memory_kills(entry: registry.Entry | None) -> int:
    group = cgroups.find(entry.group) if entry and entry.group else None
    return group.oom_kills() if group else 0

"""Students wait their turn: so many servers start at once, the others queue. Over the limit is a place in line, never a failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Starts:
    """One queue for the whole hub."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._running = 0
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold one place while a server starts; first come, first served. Cancelling gives the place on."""
        await self._come_in()
        try:
            yield
        finally:
            self._leave()

    async def _come_in(self) -> None:
        if self._running < self.at_once and not self._waiting:
            self._running += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
            elif place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            place = self._waiting.pop(0)
            if not place.done():
                place.set_result(None)
                return
        self._running -= 1

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """True when the next one has to wait."""
        return self._running >= self.at_once

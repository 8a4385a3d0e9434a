"""Students wait their turn: so many servers start at once, the others queue. Over the limit is a place in line, never a failure."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

PLACE_S = 25
"""Then the next one may come, though the start itself goes on: it waits for something else than our cores, a slow home say.

24 starts, three at a time on two cores, were all up after 58 s (facts: local-hub.md, 6): eight rounds of 7 s. Three times that.
"""


@dataclass(eq=False)
class _Place:
    user: str
    called: "asyncio.Future[None]"


def _nobody_asks(_place: int) -> None:
    pass


class Starts:
    """One queue for the whole hub. A user holds one place at most, so that named servers keep nobody else out."""

    def __init__(self, at_once: int, place_s: float = PLACE_S) -> None:
        self.at_once = at_once
        self.place_s = place_s
        self.under_way: list[tuple[str, str]] = []
        """(user, server) of every start that had its turn and has not ended, with or without a place."""
        self._line: list[_Place] = []
        self._held: list[_Place] = []

    @asynccontextmanager
    async def turn(
        self, user: str, server: str = "", on_wait: Callable[[int], None] = _nobody_asks
    ) -> AsyncIterator[None]:
        """Hold a place while a server starts; first come, first served. on_wait: hears its number in line, when there is one."""
        place = _Place(user, asyncio.get_running_loop().create_future())
        self._line.append(place)
        self._call_in()
        try:
            if not place.called.done():
                on_wait(self.waiting)
            await place.called
            async with self._counted(place, (user, server)):
                yield
        finally:
            self._leave(place)

    @asynccontextmanager
    async def _counted(self, place: _Place, start: tuple[str, str]) -> AsyncIterator[None]:
        self.under_way.append(start)
        timer = asyncio.get_running_loop().call_later(self.place_s, self._leave, place)
        try:
            yield
        finally:
            timer.cancel()
            self.under_way.remove(start)

    def _call_in(self) -> None:
        for place in [*self._line]:
            if len(self._held) >= self.at_once:
                return
            if not place.called.done() and place.user not in {held.user for held in self._held}:
                self._line.remove(place)
                self._held.append(place)
                place.called.set_result(None)

    def _leave(self, place: _Place) -> None:
        """From the line or from a place; more than once is fine."""
        for where in (self._line, self._held):
            if place in where:
                where.remove(place)
        self._call_in()

    @property
    def waiting(self) -> int:
        return len(self._line)

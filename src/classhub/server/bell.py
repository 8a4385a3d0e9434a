"""Wakes those who wait in the event loop when another thread has something to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


class Bell:
    """ring() in any thread; rings() in the loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def ring(self) -> None:
        for event, loop in list(self._waiting.items()):
            with suppress(RuntimeError):  # a loop that has ended waits for nothing
                loop.call_soon_threadsafe(event.set)

    async def rings(self, longest_s: float, is_due: Callable[[], bool] = lambda: False) -> None:
        """Until the next ring, or so long. is_due: is asked when no ring can be missed any more; true ends it at once."""
        event = asyncio.Event()
        self._waiting[event] = asyncio.get_running_loop()
        try:
            if not is_due():
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(event.wait(), longest_s)
        finally:
            del self._waiting[event]

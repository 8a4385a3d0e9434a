"""What a start tells: to the page that waits, and to `classhub events`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from classhub.hub import events


class Story:
    """Of one server. file: where its events are kept now; a user may be renamed."""

    def __init__(self, file: Callable[[], Path]) -> None:
        self._file = file
        self._said: list[str] = []

    def begin(self) -> None:
        """The page shows only what is said from here on."""
        self._said = []

    def say(self, sentence: str, for_admin: str = "") -> None:
        """To the student who waits, and to the events; an admin's text only there."""
        self._said.append(sentence)
        events.record(self._file(), for_admin or sentence)

    async def follow(self, goes_on: Callable[[], bool]) -> AsyncIterator[dict[str, Any]]:
        """Each sentence as JupyterHub's progress bar takes it."""
        shown = 0
        while goes_on():
            for sentence in self._said[shown:]:
                shown += 1
                yield {"progress": min(10 + 20 * shown, 90), "message": sentence}
            await asyncio.sleep(0.3)

"""Notice the end of a process at once (pidfd), where the kernel can."""

import asyncio
import os
from collections.abc import Callable

from classhub.walls import identity
from classhub.walls.identity import Identity


class EndWatch:
    """Of one process at a time."""

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then
        self._handle: int | None = None

    def begin(self, process: Identity) -> None:
        """Call `then` when it ends, once. Nothing new when one is watched already, or where there are no pidfds."""
        if self._handle is None and (handle := identity.open_pidfd(process)) is not None:
            self._handle = handle
            asyncio.get_running_loop().add_reader(handle, self._ended)

    def stop(self) -> None:
        """Fine when nothing is watched."""
        if self._handle is not None:
            asyncio.get_running_loop().remove_reader(self._handle)
            os.close(self._handle)
            self._handle = None

    def _ended(self) -> None:
        self.stop()
        self._then()

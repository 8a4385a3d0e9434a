"""Tell the mirror what a sync did, so that staff see who is behind: when it is new, and now and then all the same."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from classhub.materials.result import Result
from classhub.server.origin import Origin

AGAIN_S = 3600.0
"""A result that says the same as the last one is told that often."""


class Reports:
    """Remembers what was told."""

    def __init__(self, origin: Origin, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._origin = origin
        self._log = log
        self._clock = clock
        self._told: dict[str, tuple[Result, float]] = {}

    def report(self, result: Result) -> None:
        """A mirror that does not take it is asked again with the next result."""
        if result.status == "offline":
            return  # nobody would hear it
        essence = replace(result, started="", seconds=0.0, free_bytes=None, bytes=0)
        told, when = self._told.get(result.course, (None, 0.0))
        if essence == told and self._clock() - when < AGAIN_S:
            return
        if self._origin.report(result):
            self._told[result.course] = (essence, self._clock())
        else:
            self._log.warning("%s: staff could not be told", result.course)

"""What the courier was asked to do, in order: a file that somebody waits for comes before everything else."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from classhub.materials.result import Result

FRESH_S = 5.0
"""How long an answer stands for the same question: a page that waits asks it again and again."""


class Job:
    """One file of one course, for a link. Once `done` is set, `result` is the sync's, or None if that broke."""

    def __init__(self, course: str, path: str, asked: float) -> None:
        self.course = course
        self.path = path
        self.asked = asked
        self.result: Result | None = None
        self.done = threading.Event()
        self.ended: float | None = None


class Jobs:
    """A queue with one consumer; anybody may put something in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._change = threading.Condition()
        self._links: deque[Job] = deque()
        self._known: dict[tuple[str, str], Job] = {}
        self._everything = False

    def bring(self, course: str, path: str) -> Job:
        """The same job while it waits, works, or has ended a moment ago."""
        with self._change:
            now = self._clock()
            self._known = {key: job for key, job in self._known.items() if not _is_old(job, now)}
            job = self._known.get((course, path))
            if job is None:
                job = self._known[(course, path)] = Job(course, path, now)
                self._links.append(job)
                self._change.notify()
            return job

    def everything(self) -> None:
        """Sync all courses, soon."""
        with self._change:
            self._everything = True
            self._change.notify()

    def next_link(self) -> Job | None:
        with self._change:
            return self._links.popleft() if self._links else None

    def next(self, timeout_s: float) -> Job | bool:
        """A job; True: sync all courses; False: nothing was asked in this time."""
        with self._change:
            self._change.wait_for(lambda: self._links or self._everything, timeout_s)
            if self._links:
                return self._links.popleft()
            asked, self._everything = self._everything, False
            return asked

    def ended(self, job: Job) -> None:
        job.ended = self._clock()
        job.done.set()


def _is_old(job: Job, now: float) -> bool:
    return job.ended is not None and now - job.ended > FRESH_S

"""The one thread that brings course material into the home: at start, when a release is new, and when asked.

Everything that may fail or wait happens here, so that the server never does. What happened is in `state`.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from classhub.materials import orders
from classhub.materials.orders import Order
from classhub.materials.result import Result
from classhub.materials.source import Offline, Source
from classhub.server import clones, copies, courses, news, pace
from classhub.server.courses import Course
from classhub.server.due import Due
from classhub.server.jobs import Job, Jobs
from classhub.server.libraries import Libraries
from classhub.server.origin import Origin
from classhub.server.reports import Reports
from classhub.server.state import State

SLICE_S = 5.0
"""A sync of everything pauses that often, so that a file somebody waits for never waits longer."""
LINK_S = 10.0


class Sync(Protocol):
    """materials.sync.sync, or what a test has in its place."""

    def __call__(
        self,
        source: Source,
        home: Path,
        course: str,
        *,
        folder: str | None = None,
        first: Sequence[str] = (),
        only_first: bool = False,
        budget_s: float = 20,
    ) -> Result: ...


class Courier:
    """start() it once; `jobs` and `state` may be used from any thread."""

    def __init__(self, origin: Origin, home: Path, sync: Sync, log: logging.Logger, every_s: float) -> None:
        self.home = home
        self.origin = origin
        self.state = State()
        self.jobs = Jobs()
        self.log = log
        self._sync = sync
        self._every_s = every_s
        self._due = Due(every_s)
        self._reports = Reports(origin, log)
        self._libraries = Libraries(home, log)
        self._failures = 0
        self._began: float | None = None

    @property
    def at_work_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began if self._began is not None else 0.0

    def start(self) -> threading.Thread:
        self._began = time.monotonic()
        thread = threading.Thread(target=self._work, name="course material", daemon=True)
        thread.start()
        return thread

    def _work(self) -> None:
        self._guarded(self._remember)
        self.jobs.everything()
        while True:
            self.turn(self._wait_s())

    def _remember(self) -> None:
        known = courses.remembered(self.home)
        self.state.remembered(known)
        self._libraries.begin(course.name for course in known)

    def _wait_s(self) -> float:
        return min(pace.pause_s(self._every_s, self._failures), max(1.0, self._due.next_in_s(time.monotonic())))

    def turn(self, wait_s: float) -> None:
        """Do what is asked within this time, or look for a new release after it."""
        asked = self.jobs.next(wait_s)
        if isinstance(asked, Job):
            self._bring(asked)
        else:
            self._guarded(lambda: self._look(everything=bool(asked)))

    def _guarded(self, act: Callable[[], object]) -> None:
        """A mistake of ours ends in the log, and the next look comes all the same."""
        try:
            act()
        except Exception:
            self._failures += 1
            self.log.exception("this should not have happened")

    def _obey(self) -> None:
        """What staff asked for in this home; one order that cannot be done stops no other."""
        for order in list(orders.waiting(self.home)):
            self._guarded(partial(self._obey_one, order))

    def _obey_one(self, order: Order) -> None:
        from classhub.server import deeds

        orders.done(order, deeds.start_over(self, order.course, order.path))

    def _look(self, everything: bool) -> None:
        self._guarded(self._obey)
        listed = self._listed()
        for course in listed:
            if course.library != self._libraries.id_of(course.name):
                self._guarded(partial(self._fetch_library, course))
            if everything or self._due.is_due(course.name, course.release, time.monotonic()):
                self._guarded(partial(self._sync_whole, course))
            self._bring_waiting()

    def _fetch_library(self, course: Course) -> None:
        self._libraries.update(course.name, self.origin.source(course.name))

    def _listed(self) -> Sequence[Course]:
        """While the mirror is away the copy in the home is what there is, and nothing is tried in vain."""
        try:
            listed = self.origin.courses()
        except Offline as error:
            self._failures += 1
            if self.state.snapshot().away != str(error):
                self.log.warning("%s", error)
            self.state.away(str(error))
            return ()
        self._failures = 0
        if listed != tuple(now.course for now in self.state.snapshot().courses):
            self._guarded_write(listed)
        self.state.listed(listed)
        self._libraries.keep_only({course.name for course in listed})
        return listed

    def _guarded_write(self, listed: Sequence[Course]) -> None:
        try:
            courses.remember(self.home, listed)
        except OSError as error:
            self.log.warning("the list of courses could not be kept: %s", error.strerror)

    def _sync_whole(self, course: Course) -> None:
        """In slices: between two of them a file that somebody waits for is brought. Each must leave more settled than the last.

        What is told is told of all of them.
        """
        settled, whole = -1, None
        while True:
            result = self._run(course.name, (), SLICE_S)
            whole = news.joined(whole, result)
            self.state.ended(course.name, whole, is_whole=True)
            if not result or not _is_worth_more(result) or _settled(result) <= settled:
                break
            settled = _settled(result)
            self._bring_waiting()
        manifest = copies.manifest_of(self.home, course.name)
        opens_in_s = copies.opens_in_s(manifest, time.time())
        self._due.synced(course.name, course.release, whole if result else None, time.monotonic(), opens_in_s)
        if result and whole:
            self._reports.report(whole)

    def _bring_waiting(self) -> None:
        while job := self.jobs.next_link():
            self._bring(job)

    def _bring(self, job: Job) -> None:
        """One file, for somebody who waits; if it was renamed, the one that it is now."""
        try:
            job.result = self._bring_file(job.course, job.path)
            now_called = copies.now_called(copies.manifest_of(self.home, job.course), job.path)
            if now_called != job.path:
                job.result = self._bring_file(job.course, now_called)
        finally:
            self.jobs.ended(job)

    def _bring_file(self, course: str, path: str) -> Result | None:
        result = self._run(course, (path,), LINK_S)
        self.state.ended(course, result, is_whole=False)
        return result

    def _run(self, course: str, first: Sequence[str], budget_s: float) -> Result | None:
        """None: it broke, and the log says how. Whoever calls tells `state` that it has ended."""
        self.state.began(course)
        try:
            return self._sync(
                self.origin.source(course),
                self.home,
                course,
                folder=self._folder(course),
                first=first,
                only_first=bool(first),
                budget_s=budget_s,
            )
        except Exception:
            self.log.exception("%s: this should not have happened", course)
            return None

    def _folder(self, name: str) -> str | None:
        """Where the course lies, or a clone that nbgitpuller made of it; None: where the release says."""
        used = copies.folder_in_use(self.home, name)
        now = self.state.snapshot().of(name)
        if used or now is None or os.path.lexists(self.home / (now.course.folder or name)):
            return used
        return clones.folder_of(self.home, now.course.repositories, os.environ)


def _is_worth_more(result: Result) -> bool:
    """A disk that takes nothing more, or no record, is as it is for now."""
    return result.status == "partial" and result.bytes > 0 and result.error.get("code") not in ("space", "disk")


def _settled(result: Result) -> int:
    """Paths that are as they should be; those that still wait are not among them."""
    return result.same + sum(item.action not in ("blocked", "skipped") for item in result.items)

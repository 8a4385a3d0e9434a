"""A first delivery from open files, by two threads: nothing lies where they come to, so nothing is looked at or decided.

Most of the time is the kernel's, which copies without the interpreter. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from classhub.materials import arriving, pack, placing, tree
from classhub.materials.applying import note_delivered
from classhub.materials.merge import Do
from classhub.materials.near import Near
from classhub.materials.open_blob import OpenBlob
from classhub.materials.placing import Fill, Place
from classhub.materials.planning import Job
from classhub.materials.run import Run

if TYPE_CHECKING:
    from classhub.materials.handed import Opened

    Handed = Callable[[Collection[str]], AbstractContextManager[Opened]]
    """Of all digests that may be asked for. The groups have MANY at most."""

WORTH_A_THREAD = 1_000_000
"""Bytes."""
NAME = "first delivery"
LARGEST = 32_000_000
"""Bytes of a file for which nobody is kept waiting."""
FEW, MANY = 10, 100
"""Files that a thread takes at once: few at first, so that writing can begin, and at last, so that both end together."""


def bring(run: Run, jobs: Sequence[Job]) -> Sequence[Job]:
    """Those that are left to the ordinary way: what the source does not open, what failed, what there was no time for."""
    handed: Handed | None = getattr(run.source, "handed", None)
    plain = [job for job in jobs if _comes_plainly(job)]
    if run.arriving is None or handed is None or not plain:
        return jobs
    work = _Work(plain, _threads_for(plain))
    with handed(work.jobs) as opened:
        hands = [_Hand(run, opened, work) for _ in range(work.hands)]
        ways = [_begun(hand.work) for hand in hands[1:]]
        hands[0].work()
        for end in ways:
            end()
    done = [job for hand in hands for job in hand.result()]
    for job in done:
        run.written += job.entry.size
        note_delivered(run, job)
    brought = {job.path for job in done}
    return [job for job in jobs if job.path not in brought]


def _begun(work: Callable[[], None]) -> Callable[[], None]:
    """In a thread; gives what waits for its end. Where no thread can be had (a limit of processes), that does the work."""
    thread = threading.Thread(target=work, name=NAME, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return work
    return thread.join


def _comes_plainly(job: Job) -> bool:
    return job.do is Do.DELIVER and job.needs_blob and job.entry.size <= LARGEST


def _threads_for(jobs: Sequence[Job]) -> int:
    """Two, where there is a processor for the second: else the two would only wait for each other."""
    processors = os.cpu_count() or 1
    is_worth_it = sum(job.entry.size for job in jobs) >= WORTH_A_THREAD
    return 2 if is_worth_it and processors > 1 and _at_work() <= processors else 1


def _at_work() -> int:
    """How many programs of this machine want a processor now, with us: proc_loadavg(5). 1 where nobody can tell."""
    try:
        with open("/proc/loadavg") as told:  # noqa: PTH123 - a Path costs more than this
            return int(told.read().split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1


class _Work:
    """What is left to do for whichever thread asks next; neighbours together."""

    def __init__(self, jobs: Sequence[Job], hands: int) -> None:
        self.hands = hands
        self.jobs: dict[str, list[Job]] = {}
        """By digest."""
        for job in jobs:
            self.jobs.setdefault(job.entry.digest, []).append(job)
        self._left = list(self.jobs)
        self._lock = threading.Lock()

    def groups(self) -> Iterator[Sequence[str]]:
        """Digests for one thread, no one for two."""
        most = FEW
        while group := self._taken(most):
            yield group
            most = MANY

    def _taken(self, most: int) -> Sequence[str]:
        with self._lock:
            count = min(most, max(FEW, len(self._left) // (2 * self.hands)))
            group, self._left = self._left[:count], self._left[count:]
            return group


class _Hand:
    """Writes some of it, in a thread, with open folders of its own."""

    def __init__(self, run: Run, opened: Opened, work: _Work) -> None:
        self._until = min(run.begun + arriving.SHOWN_AFTER_S, run.deadline)
        self._run = run
        self._opened = opened
        self._work = work
        self._done: list[Job] = []
        self._error: BaseException | None = None

    def work(self) -> None:
        try:
            self._write_all(Near(self._run.root, self._run.record.made))
        except (OSError, tree.InTheWay):
            return  # the ordinary way meets it again, and says of which path
        except BaseException as error:  # noqa: BLE001  raised by `result`, in the run's own thread
            self._error = error

    def result(self) -> list[Job]:
        """What lies there now. Raises what is no matter of the disk."""
        if self._error is not None:
            raise self._error
        return self._done

    def _write_all(self, near: Near) -> None:
        try:
            for blob in self._opened(self._work.groups()):
                for job in self._work.jobs.get(blob.digest, ()):
                    if time.monotonic() > self._until:
                        return
                    self._write(near, job, blob)
        finally:
            near.close()

    def _write(self, near: Near, job: Job, blob: OpenBlob) -> None:
        folder, name = tree.split(job.path)
        if blob.is_whole and blob.size == job.entry.size:
            place = Place(near.folder(folder), name)
            placing.put_unseen(place, _content_of(blob), job.entry.kind == "exec")
            self._done.append(job)


def _content_of(blob: OpenBlob) -> Fill:
    if blob.size > pack.LARGEST:
        return placing.copied(blob.descriptor)
    return placing.part_of(blob.descriptor, blob.begin, blob.size)

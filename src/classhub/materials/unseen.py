"""A first delivery from open files, by two threads: nothing lies where they come to, so nothing is looked at or decided.

Most of the time is the kernel's, which copies without the interpreter. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from classhub.materials import arriving, disk, names, placing, tree
from classhub.materials.applying import note_delivered
from classhub.materials.merge import Do
from classhub.materials.open_blob import OpenBlob
from classhub.materials.placing import Place
from classhub.materials.planning import Job
from classhub.materials.run import Run

if TYPE_CHECKING:
    Opened = Callable[[Iterable[str]], Iterator[OpenBlob]]

WORTH_A_THREAD = 1_000_000
"""Bytes."""
NAME = "first delivery"
LARGEST = 32_000_000
"""Bytes of a file for which nobody is kept waiting."""
COST = 50_000
"""Bytes that are copied in the time that a file needs besides."""


def bring(run: Run, jobs: Sequence[Job]) -> Sequence[Job]:
    """Those that are left to the ordinary way: what the source does not open, what failed, what there was no time for."""
    opened: Opened | None = getattr(run.source, "opened", None)
    plain = [job for job in jobs if _comes_plainly(job)]
    if run.arriving is None or opened is None or not plain:
        return jobs
    hands = [_Hand(run, opened, half) for half in _halves(plain)]
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


def _halves(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    """Of about the same work, neighbours together; one, where two are not worth it."""
    whole = sum(job.entry.size + COST for job in jobs)
    if whole - COST * len(jobs) < WORTH_A_THREAD or (os.cpu_count() or 1) < 2:
        return [jobs]
    so_far = 0
    for at, job in enumerate(jobs):
        so_far += job.entry.size + COST
        if so_far * 2 >= whole:
            return [jobs[: at + 1], jobs[at + 1 :]]
    return [jobs]


class _Hand:
    """Writes some of them, in a thread, with open folders of its own."""

    def __init__(self, run: Run, opened: Opened, jobs: Sequence[Job]) -> None:
        self._until = min(run.begun + arriving.SHOWN_AFTER_S, run.deadline)
        self._run = run
        self._opened = opened
        self._near = ("", -1)
        self._done: list[Job] = []
        self._error: BaseException | None = None
        self._jobs: dict[str, list[Job]] = {}
        for job in jobs:
            self._jobs.setdefault(job.entry.digest, []).append(job)

    def work(self) -> None:
        root = -1
        try:
            root = disk.again(self._run.root)
            for blob in self._opened(list(self._jobs)):
                for job in self._jobs.get(blob.digest, ()):
                    if time.monotonic() > self._until:
                        return
                    self._write(root, job, blob)
        except (OSError, tree.InTheWay):
            return  # the ordinary way meets it again, and says of which path
        except BaseException as error:  # noqa: BLE001  raised by `result`, in the run's own thread
            self._error = error
        finally:
            for descriptor in (root, self._near[1]):
                if descriptor >= 0:
                    disk.close(descriptor)

    def result(self) -> list[Job]:
        """What lies there now. Raises what is no matter of the disk."""
        if self._error is not None:
            raise self._error
        return self._done

    def _write(self, root: int, job: Job, blob: OpenBlob) -> None:
        folder, _, name = job.path.rpartition("/")
        if self._near[0] != folder or self._near[1] < 0:
            opened = tree.open_below(root, folder, self._run.record.made)
            if self._near[1] >= 0:
                disk.close(self._near[1])
            self._near = (folder, opened)
        if blob.is_whole and disk.state_of(blob.descriptor).st_size == job.entry.size:
            place = Place(self._near[1], names.to_bytes(name))
            placing.put_unseen(place, placing.copied(blob.descriptor), job.entry.kind == "exec")
            self._done.append(job)

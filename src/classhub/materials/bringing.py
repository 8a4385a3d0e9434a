"""Fetch what a plan needs, and bring it: many paths for one blob, two blobs for one merge, as far as time and room go.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from typing import NamedTuple

from classhub.materials import disk, merge, unseen
from classhub.materials import record as records
from classhub.materials.applying import Spot, attempt, commit, find_spot, place_unseen, set_bit
from classhub.materials.merge import Do
from classhub.materials.merging import bring_merge
from classhub.materials.open_blob import OpenBlob
from classhub.materials.placing import Fill, copied, written
from classhub.materials.planning import BRINGING, SMALL_BYTES, Job
from classhub.materials.run import LOW_SPEED, Run
from classhub.materials.source import Blob, Offline
from classhub.materials.staged import Damaged, OutOfTime, StagedFile, StagedLink, content_of, verified

MARGIN_BYTES = 8_000_000
"""Left free, so that the student can still save."""
AT_ONCE = 100
"""Paths of one large blob: each holds its folder open."""
BATCH_S = 2
"""Between two savings of the record: a run that is killed loses no more than the knowledge of what came since."""


def bring(run: Run, jobs: Sequence[Job]) -> list[str]:
    """Paths that have to be looked at again, because somebody changed them meanwhile."""
    if jobs:
        with suppress(OSError):
            run.state.mark_unfinished()
    fitting = unseen.bring(run, list(_that_fit(run, jobs)))
    load = _Load(run, [job for job in fitting if job.needs_blob])
    try:
        for job in fitting:
            if not job.needs_blob:
                load.again += attempt(run, job.path, _bring_light, job)
        load.bring()
    except Offline as error:
        run.cut("offline", str(error))
    except OutOfTime:
        run.cut("budget", "the time for one run was up")
    return load.again


def _that_fit(run: Run, jobs: Sequence[Job]) -> Iterable[Job]:
    """Those for which there is room; the others are named."""
    free = disk.free_bytes(run.root)
    if free is None or sum(job.entry.size for job in jobs) + MARGIN_BYTES <= free:
        yield from jobs
        return
    for job in jobs:
        if job.needs_blob:
            if job.entry.size + MARGIN_BYTES > free:
                run.block(job.path, "the disk is full", "space")
                continue
            free -= job.entry.size
        yield job


def _bring_light(run: Run, job: Job) -> None:
    """A link, or a change of the executable bit."""
    with find_spot(run, job.path) as spot:
        if job.do in BRINGING:
            commit(run, job, spot, StagedLink(job.entry))
        else:
            set_bit(run, job, spot)


class _Load:
    """Jobs by the blobs that they wait for."""

    def __init__(self, run: Run, jobs: Sequence[Job]) -> None:
        self.run = run
        self.plain: dict[str, list[Job]] = {}
        self.merges: list[Job] = []
        self.order: dict[str, int] = {}
        """Digest -> size, in the order they are asked for."""
        self.held: dict[str, bytes] = {}
        self.again: list[str] = []
        self.saved = time.monotonic()
        for job in jobs:
            self._add(job)

    def _add(self, job: Job) -> None:
        if job.base:
            self.merges.append(job)
            # Of a version that was adopted only the digest is known.
            self.order.setdefault(job.base, self.run.record.paths[job.path].size or merge.most_bytes(job.path))
        else:
            self.plain.setdefault(job.entry.digest, []).append(job)
        self.order.setdefault(job.entry.digest, job.entry.size)

    def bring(self) -> None:
        """Raises Offline, OutOfTime."""
        if self.order:
            self._receive()
        self._end()

    def _receive(self) -> None:
        for blob in self.run.source.blobs(list(self.order)):
            now = time.monotonic()
            if now >= self.run.deadline:
                raise OutOfTime
            if blob.digest in self.order:
                self._show_in_time(now, blob)
                try:
                    self._take(blob)
                except Damaged:
                    self._block(blob.digest, "the source gave other bytes than it promised")
                self._save(time.monotonic())

    def _take(self, blob: Blob) -> None:
        size = self.order[blob.digest]
        jobs = self.plain.get(blob.digest, [])
        if len(jobs) == 1 and self.run.arriving is not None and jobs[0].do is Do.DELIVER:
            self.again += attempt(self.run, jobs[0].path, place_unseen, jobs[0], blob, self._hurry)
        elif self.merges and any(blob.digest in (job.base, job.entry.digest) for job in self.merges):
            self.held[blob.digest] = b"".join(verified(blob, size, self._hurry))
            self.again += _bring_to_all(self.run, jobs, written([self.held[blob.digest]]))
        elif len(jobs) > 1 and size <= SMALL_BYTES:
            content = b"".join(verified(blob, size, self._hurry))
            self.again += _bring_to_all(self.run, jobs, written([content]))
        elif jobs:
            bring = _bring_to_all if len(jobs) == 1 else _bring_copies
            self.again += bring(self.run, jobs, content_of(blob, size, self._hurry))
        self.plain.pop(blob.digest, None)
        if self.merges:
            self._merge([job for job in self.merges if job.base in self.held and job.entry.digest in self.held])

    def _hurry(self) -> Callable[[int], None]:
        begun = time.monotonic()

        def check(total: int) -> None:
            now = time.monotonic()
            if now > self.run.deadline and total < (now - begun) * LOW_SPEED:
                raise OutOfTime

        return check

    def _merge(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self.merges.remove(job)
            base, theirs = self.held.get(job.base), self.held[job.entry.digest]
            self.again += attempt(self.run, job.path, bring_merge, job, base, theirs)
        needed = {digest for job in self.merges for digest in (job.base, job.entry.digest)}
        self.held = {digest: content for digest, content in self.held.items() if digest in needed}

    def _end(self) -> None:
        """What the source left out: a merge without its base becomes a copy beside."""
        self._merge([job for job in self.merges if job.entry.digest in self.held])
        for digest in list(self.order):
            self._block(digest, "the source does not have it")

    def _block(self, digest: str, why: str) -> None:
        lost = [job for job in self.merges if job.entry.digest == digest]
        for job in [*self.plain.pop(digest, []), *lost]:
            self.run.block(job.path, why, "source")
        self.merges = [job for job in self.merges if job not in lost]

    def _show_in_time(self, now: float, blob: Blob) -> None:
        """Before a large file is waited for, too: the small ones have come before it."""
        most = unseen.LARGEST if isinstance(blob, OpenBlob) else SMALL_BYTES
        if self.order[blob.digest] > most:
            self.run.show_folder()
        self.run.show_folder_in_time(now)

    def _save(self, now: float) -> None:
        self.run.show_folder_in_time(now)
        if now > self.saved + BATCH_S:
            with suppress(OSError):
                records.save(self.run.state.folder, self.run.record)
            self.saved = time.monotonic()


def _bring_to_all(run: Run, jobs: Sequence[Job], content: Fill) -> list[str]:
    """One blob that can be written again and again, to all its paths."""
    return [path for job in jobs for path in attempt(run, job.path, _bring_one, job, content)]


def _bring_one(run: Run, job: Job, content: Fill) -> None:
    run.has_staged = True
    with find_spot(run, job.path) as spot:
        commit(run, job, spot, StagedFile(spot.place.folder, content, job.entry.kind == "exec"))


def _bring_copies(run: Run, jobs: Sequence[Job], content: Fill) -> list[str]:
    """One that comes once: to the first path that takes it, the others are written from that one before anybody has it."""
    again = [job.path for job in jobs[AT_ONCE:]]
    waiting = list(jobs[:AT_ONCE])
    with ExitStack() as stack:
        ready: list[_Ready] = []
        once = _Once(content)
        while waiting and not once.is_begun:
            first = waiting.pop(0)
            again += attempt(run, first.path, _stage, first, once, stack, ready)
        if not ready:
            return again + [job.path for job in waiting]
        if waiting:
            copy = disk.open_file(ready[0].spot.place.folder, ready[0].staged.name)
            stack.callback(disk.close, copy)
        for job in waiting:
            again += attempt(run, job.path, _stage, job, copied(copy), stack, ready)
        for job, spot, staged in ready:
            again += attempt(run, job.path, commit, job, spot, staged)
    return again


class _Once:
    """Content that cannot be written a second time."""

    def __init__(self, content: Fill) -> None:
        self.content = content
        self.is_begun = False

    def __call__(self, descriptor: int) -> None:
        self.is_begun = True
        self.content(descriptor)


class _Ready(NamedTuple):
    job: Job
    spot: Spot
    staged: StagedFile


def _stage(run: Run, job: Job, content: Fill, stack: ExitStack, ready: list[_Ready]) -> None:
    run.has_staged = True
    spot = stack.enter_context(find_spot(run, job.path))
    staged = StagedFile(spot.place.folder, content, job.entry.kind == "exec")
    stack.callback(staged.discard)
    ready.append(_Ready(job, spot, staged))

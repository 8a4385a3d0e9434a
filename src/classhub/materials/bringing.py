"""Fetch what a plan needs, and bring it: many paths for one blob, two blobs for one merge, as far as time and room go.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from typing import NamedTuple

from classhub.materials import disk, merge, overtaken, tree
from classhub.materials import record as records
from classhub.materials.applying import Spot, attempt, commit, find_spot, note_copy, set_bit
from classhub.materials.disk import Changed
from classhub.materials.merge import Do, Leaf
from classhub.materials.placing import Fill, Place, copied, written
from classhub.materials.planning import BRINGING, Job, bit
from classhub.materials.run import LOW_SPEED, Run
from classhub.materials.source import Blob, Offline
from classhub.materials.staged import Damaged, OutOfTime, StagedFile, StagedLink, content_of, verified

MARGIN_BYTES = 8_000_000
"""Left free, so that the student can still save."""
BATCH_S = 2
"""Between two savings of the record: a run that is killed loses no more than the knowledge of what came since."""


def bring(run: Run, jobs: Sequence[Job]) -> list[str]:
    """Paths that have to be looked at again, because somebody changed them meanwhile."""
    if jobs:
        with suppress(OSError):
            run.state.mark_unfinished()
    fitting = list(_that_fit(run, jobs))
    again = []
    for job in fitting:
        if not job.needs_blob:
            again += attempt(run, job.path, _bring_light, job)
    load = _Load(run, [job for job in fitting if job.needs_blob])
    return again + load.bring()


def _that_fit(run: Run, jobs: Iterable[Job]) -> Iterable[Job]:
    """Those for which there is room; the others are named."""
    free = disk.free_bytes(run.root)
    for job in jobs:
        if job.needs_blob and free is not None:
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
            self.order.setdefault(job.base, self.run.record.paths[job.path].size or merge.MERGEABLE_BYTES)
        else:
            self.plain.setdefault(job.entry.digest, []).append(job)
        self.order.setdefault(job.entry.digest, job.entry.size)

    def bring(self) -> list[str]:
        if self.order:
            try:
                self._receive()
            except Offline as error:
                self.run.cut("offline", str(error))
            except OutOfTime:
                self.run.cut("budget", "the time for one run was up")
        if self.run.trouble.get("code") not in ("offline", "budget"):
            self._end()
        return self.again

    def _receive(self) -> None:
        for blob in self.run.source.blobs(list(self.order)):
            if self.run.is_late():
                raise OutOfTime
            if blob.digest in self.order:
                try:
                    self._take(blob)
                except Damaged:
                    self._block(blob.digest, "the source gave other bytes than it promised")
                self._save()

    def _take(self, blob: Blob) -> None:
        size = self.order[blob.digest]
        jobs = self.plain.get(blob.digest, [])
        if any(blob.digest in (job.base, job.entry.digest) for job in self.merges):
            self.held[blob.digest] = b"".join(verified(blob, size, self._hurry()))
            content = written([self.held[blob.digest]])
        else:
            content = content_of(blob, size, self._hurry())
        if jobs:
            self.again += _bring_all(self.run, jobs, content)
        self.plain.pop(blob.digest, None)
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
            self.again += attempt(self.run, job.path, _bring_merge, job, base, theirs)
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

    def _save(self) -> None:
        if time.monotonic() > self.saved + BATCH_S:
            with suppress(OSError):
                records.save(self.run.state.folder, self.run.record)
            self.saved = time.monotonic()


def _bring_all(run: Run, jobs: Sequence[Job], content: Fill) -> list[str]:
    """One blob to all its paths: the first is written from what comes, the others from that one before anybody has it."""
    again: list[str] = []
    with ExitStack() as stack:
        ready: list[_Ready] = []
        first, *others = jobs
        again += attempt(run, first.path, _stage, first, content, stack, ready)
        if not ready:
            # The blob is read, or not even begun: the other paths ask for it once more.
            return again + [job.path for job in others]
        if others:
            copy = disk.open_file(ready[0].spot.place.folder, ready[0].staged.name)
            stack.callback(disk.close, copy)
        for job in others:
            again += attempt(run, job.path, _stage, job, copied(copy), stack, ready)
        for job, spot, staged in ready:
            again += attempt(run, job.path, commit, job, spot, staged)
    return again


class _Ready(NamedTuple):
    job: Job
    spot: Spot
    staged: StagedFile


def _stage(run: Run, job: Job, content: Fill, stack: ExitStack, ready: list[_Ready]) -> None:
    spot = stack.enter_context(find_spot(run, job.path))
    staged = StagedFile(spot.place.folder, content, job.entry.kind == "exec")
    stack.callback(staged.discard)
    ready.append(_Ready(job, spot, staged))


def _bring_merge(run: Run, job: Job, base: bytes | None, theirs: bytes) -> None:
    with find_spot(run, job.path) as spot:
        local = tree.leaf_at(spot.place)
        do = run.decide(job.path, local)
        merged = None
        if do is Do.MERGE and base is not None and local is not None and local.kind == "file" and not spot.beyond:
            mine = _read(spot.place, local)
            merged = three_way(run, job.path, base, mine, theirs)
            if merged is not None:
                _put_merged(run, job, spot, local, merged)
                return
        if do is Do.MERGE and job.path in run.reopened:
            run.record.take(job.path, job.entry)
            run.say(job.path, "kept")
            return
        staged = StagedFile(spot.place.folder, written([theirs]), job.entry.kind == "exec")
        commit(run, job, spot, staged)


def _read(place: Place, local: Leaf) -> bytes:
    descriptor = disk.open_file(*place)
    try:
        if disk.state_of(descriptor).st_size >= merge.MERGEABLE_BYTES:
            return b"\0"
        content = b"".join(disk.pieces(descriptor))
    finally:
        disk.close(descriptor)
    if sha256(content).hexdigest() != local.digest:
        raise Changed
    return content


def three_way(run: Run, path: str, base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """None: not clean, or nothing that can be merged. A merge that fails is not clean."""
    if not all(map(merge.is_text, (base, mine, theirs))):
        return None
    kind = ".ipynb" if path.lower().endswith(".ipynb") else ""
    try:
        return run.merges[kind](base, mine, theirs)
    except Exception:  # noqa: BLE001  whatever it is, both versions stay
        return None


def _put_merged(run: Run, job: Job, spot: Spot, local: Leaf, merged: bytes) -> None:
    if sha256(merged).hexdigest() == local.digest:
        run.record.take(job.path, job.entry)
        run.say(job.path, "kept", why="it has the new version already")
        return
    staged = StagedFile(spot.place.folder, written([merged]), False)
    try:
        runnable = bit(run.record.paths.get(job.path), job.entry)
        copy = staged.put_over(spot.place, local, runnable, run.safety(job.path, "merged"))
    finally:
        staged.discard()
    run.written += len(merged)
    run.say(job.path, "merged")
    note_copy(run, spot, copy)
    overtaken.take(run, job, spot.place, sha256(merged).hexdigest(), Leaf("file", job.base))

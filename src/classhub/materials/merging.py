"""A path at which both sides changed: merged where that is clean, else the new version comes beside.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from hashlib import sha256

from classhub.materials import disk, merge, overtaken, tree
from classhub.materials.applying import Spot, commit, find_spot, note_copy
from classhub.materials.disk import Changed
from classhub.materials.merge import Do, Leaf
from classhub.materials.placing import Place, written
from classhub.materials.planning import Job, bit
from classhub.materials.run import Run
from classhub.materials.staged import StagedFile


def bring_merge(run: Run, job: Job, base: bytes | None, theirs: bytes) -> None:
    with find_spot(run, job.path) as spot:
        local = tree.leaf_at(spot.place)
        do = run.decide(job.path, local)
        merged = None
        if do is Do.MERGE and base is not None and local is not None and local.kind == "file" and not spot.beyond:
            mine = _read(spot.place, local, merge.most_bytes(job.path))
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


def _read(place: Place, local: Leaf, limit: int) -> bytes:
    descriptor = disk.open_file(*place)
    try:
        if disk.state_of(descriptor).st_size >= limit:
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
    kind = ".ipynb" if merge.is_notebook(path) else ""
    try:
        return run.merges[kind](base, mine, theirs)
    except Exception:  # noqa: BLE001  whatever it is, both versions stay
        return None


def _put_merged(run: Run, job: Job, spot: Spot, local: Leaf, merged: bytes) -> None:
    digest = sha256(merged).hexdigest()
    if digest == local.digest:
        run.record.take(job.path, job.entry)
        run.say(job.path, "kept", why="nothing of the new version is missing in it")
        return
    staged = StagedFile(spot.place.folder, written([merged]), False)
    try:
        staged.settle()
        runnable = bit(run.record.paths.get(job.path), job.entry)
        copy = staged.put_over(spot.place, local, runnable, run.safety(job.path, "merged"))
    finally:
        staged.discard()
    run.written += len(merged)
    run.say(job.path, "merged")
    note_copy(run, spot, copy)
    overtaken.take(run, job, spot.place, digest, Leaf("file", job.base))

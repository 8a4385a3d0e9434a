"""Bring each path of a plan to its place. What lies there is looked at again, and the table decides on what is seen then.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from classhub.materials import disk, names, overtaken, placing, replacing, tree
from classhub.materials.arriving import Missed
from classhub.materials.disk import Changed
from classhub.materials.manifest import Entry
from classhub.materials.merge import Do, Leaf, Version, Way
from classhub.materials.near import Near
from classhub.materials.placing import Place
from classhub.materials.planning import Job, bit, settle
from classhub.materials.record import leaf_of
from classhub.materials.removing import remove_below
from classhub.materials.run import Run, join
from classhub.materials.source import Blob, Offline
from classhub.materials.staged import Damaged, OutOfTime, Staged, Watch, content_of
from classhub.materials.telling import where
from classhub.materials.tree import InTheWay


class Spot:
    """Where a job's file goes: an open folder, and the path below the course's folder. beyond: it is not its own path."""

    def __init__(self, folder: int, path: str, beyond: bool) -> None:
        self.place = Place(folder, tree.split(path)[1])
        self.path = path
        self.beyond = beyond

    def __enter__(self) -> Spot:
        return self

    def __exit__(self, *_: object) -> None:
        disk.close(self.place.folder)


def find_spot(run: Run, path: str) -> Spot:
    """Open the folder of a path; make it, and room for it, as the table says. Raises Changed if the table changed its mind."""
    folder = tree.split(path)[0]
    try:
        return Spot(_open(run, folder), path, False)
    except InTheWay as obstacle:
        way = run.way_of(obstacle)
        if way is Way.KEEP:
            raise Changed from None
        if way is Way.BESIDE:
            beside = run.folder_beside(obstacle) + path[len(obstacle.path) :]
            return Spot(_open(run, tree.split(beside)[0]), beside, True)
        _clear(run, obstacle, way)
    return find_spot(run, path)


def _open(run: Run, folder: str) -> int:
    return disk.again(_at_hand(run, folder))


def _at_hand(run: Run, folder: str) -> int:
    if run.near is None:
        run.near = Near(run.root, run.record.made)
    opened = run.near.folder(folder)
    run.record.changed = True
    return opened


def _clear(run: Run, obstacle: InTheWay, way: Way) -> None:
    run.forget_near()
    above, name = tree.split(obstacle.path)
    folder = tree.open_below(run.root, above)
    try:
        if way is Way.REMOVE:
            copy = replacing.remove(Place(folder, name), obstacle.leaf, run.safety(obstacle.path, "removed"))
            run.say(obstacle.path, "removed")
            if copy is not None:
                run.say_also(obstacle.path, "aside", join(above, copy), "saved while it was being removed")
        else:
            moved = placing.make_room(Place(folder, name), run.free(name))
            run.say(obstacle.path, "aside", join(above, moved), "a folder of the course has this name")
    finally:
        disk.close(folder)
    run.record.drop(obstacle.path)


def attempt(run: Run, path: str, action: Callable[..., None], *arguments: object) -> list[str]:
    """The path, if it has to be looked at again: somebody else was at work there."""
    run.has_staged |= run.arriving is None
    try:
        action(run, *arguments)
    except (Changed, FileExistsError, FileNotFoundError, InTheWay):
        run.forget_near()
        return [path]
    except OSError as error:
        run.block(path, error)
    except (Offline, Damaged, OutOfTime, Missed):
        raise
    except Exception as error:  # noqa: BLE001  a mistake of ours at one path does not stop the others
        run.block(path, f"a mistake in ClassHub ({where(error)})", "bug")
    return []


def place_unseen(run: Run, job: Job, blob: Blob, watch: Watch) -> None:
    """In a folder that nobody sees: under its own name at once, which no other thing has there."""
    folder, name = tree.split(job.path)
    fill = content_of(blob, job.entry.size, watch)
    placing.put_unseen(Place(_at_hand(run, folder), name), fill, job.entry.kind == "exec")
    run.written += job.entry.size
    note_delivered(run, job)


def commit(run: Run, job: Job, spot: Spot, staged: Staged) -> None:
    """What lies there now decides. The staged version is used up or gone afterwards, whatever happens."""
    try:
        local = tree.leaf_at(spot.place)
        do = _do_now(run, job, spot, local)
        if do in (Do.SAME, Do.KEEP):
            settle(run, job.path, job.entry, do)
        else:
            STEPS[do](run, job, spot, staged, local or Leaf("absent"))
        run.record.changed = True
    finally:
        staged.discard()


def _do_now(run: Run, job: Job, spot: Spot, local: Version) -> Do:
    if spot.beyond:
        return Do.DELIVER if local in (None, leaf_of(job.entry)) else Do.BESIDE
    do = run.decide(job.path, local)
    if do is not Do.MERGE:
        return do
    if job.do is not Do.MERGE:
        # The student began to work on it since the plan was made: it may merge cleanly, once its base is here.
        raise Changed
    return Do.BESIDE


def _deliver(run: Run, job: Job, spot: Spot, staged: Staged, _: Leaf) -> None:
    try:
        staged.put(spot.place)
        run.written += job.entry.size
    except FileExistsError:
        # A run that was killed put it there, beside what lies in the way.
        if not spot.beyond or tree.leaf_at(spot.place) != leaf_of(job.entry):
            raise
    note_delivered(run, job)
    if spot.beyond:
        run.say(job.path, "beside", spot.path, "your own lies where its folder should be")


def note_delivered(run: Run, job: Job) -> None:
    run.say(job.path, "restored" if run.record.base(job.path) else "new")
    run.record.take(job.path, job.entry)


def _replace(run: Run, job: Job, spot: Spot, staged: Staged, local: Leaf) -> None:
    runnable = bit(run.record.paths.get(job.path), job.entry)
    copy = staged.put_over(spot.place, local, runnable, run.safety(job.path, "updated"))
    run.written += job.entry.size
    run.say(job.path, "updated")
    note_copy(run, spot, copy)
    overtaken.take(run, job, spot.place, job.entry.digest, local)


def note_copy(run: Run, spot: Spot, copy: bytes | None) -> None:
    if copy is not None:
        where = join(tree.split(spot.path)[0], copy)
        run.say_also(spot.path, "aside", where, "you saved it in the moment it was updated")


def _aside(run: Run, job: Job, spot: Spot, staged: Staged, local: Leaf) -> None:
    if local.kind == "folder":
        run.forget_near()
        remove_below(run, job.path)
    moved = _make_room(run, spot, local)
    staged.put(spot.place)
    run.written += job.entry.size
    if moved is None:
        run.say(job.path, "new")
    else:
        run.say(job.path, "aside", join(tree.split(spot.path)[0], moved))
    run.record.take(job.path, job.entry)


def _make_room(run: Run, spot: Spot, local: Leaf) -> bytes | None:
    """None if nothing but an empty folder had to go."""
    if local.kind == "folder":
        with suppress(OSError):
            disk.remove_folder(*spot.place)
            run.record.made.discard(spot.path)
            return None
    return placing.make_room(spot.place, run.free(spot.place.name))


def _beside(run: Run, job: Job, spot: Spot, staged: Staged, _: Leaf) -> None:
    """Under the name that its content gives; an older copy that is still ours goes."""
    name = _put_beside(run, job.entry, spot, staged)
    where = join(tree.split(spot.path)[0], name)
    known = run.record.at(job.path)
    older = known.beside
    run.record.take(job.path, job.entry)
    known.beside = (where, job.entry.digest)
    run.say(job.path, "beside", where)
    if older is not None and older[0] != where:
        with suppress(OSError, Changed, InTheWay):
            _remove_older(run, *older)


def _put_beside(run: Run, entry: Entry, spot: Spot, staged: Staged) -> bytes:
    folder = tree.split(spot.path)[0]
    for count in range(1, 1000):
        name = names.beside(spot.place.name, entry.digest, count)
        if join(folder, name) in run.manifest.files:
            continue
        place = Place(spot.place.folder, name)
        try:
            staged.put(place)
        except FileExistsError:
            if tree.leaf_at(place) != leaf_of(entry):
                continue
        else:
            run.written += entry.size
        return name
    raise Changed


def _remove_older(run: Run, path: str, digest: str) -> None:
    above, name = tree.split(path)
    folder = tree.open_below(run.root, above)
    try:
        found = tree.leaf_at(Place(folder, name))
        if found is not None and found.is_leaf and found.digest == digest:
            replacing.remove(Place(folder, name), found, run.safety(path, "removed"))
    finally:
        disk.close(folder)


def set_bit(run: Run, job: Job, spot: Spot) -> None:
    """Only whether the file may be run has changed."""
    descriptor = disk.open_file(*spot.place)
    try:
        mode = disk.state_of(descriptor).st_mode & 0o7777
        disk.set_mode_if_possible(descriptor, placing.with_bit(mode, job.entry.kind == "exec"))
    finally:
        disk.close(descriptor)
    if run.record.base(job.path):
        run.say(job.path, "updated")
        run.record.take(job.path, job.entry)
    else:
        settle(run, job.path, job.entry, job.do)


STEPS: dict[Do, Callable[[Run, Job, Spot, Staged, Leaf], None]] = {
    Do.DELIVER: _deliver,
    Do.REPLACE: _replace,
    Do.ASIDE: _aside,
    Do.BESIDE: _beside,
}

"""Begin and end of a run's work: what was cut short is swept up, the release asked for, the record read; then saved.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from classhub.materials import arriving, disk, emptied, manifest, overtaken, placing, planning, record, sweeping, undo
from classhub.materials import state as states
from classhub.materials.adopt import adopt
from classhub.materials.course_folder import open_course
from classhub.materials.run import Run, above, folders_of
from classhub.materials.state import State
from classhub.materials.sweeping import Swept

MANIFEST = b"manifest.json"


class _Hidden:
    """The marker in the course's state knows the last name. Only for who holds the lock: another run may be filling it."""

    def __init__(self, state: State, may_hide: bool) -> None:
        self._state = state
        self._may_hide = may_hide

    def clear(self, above: int) -> bool:
        left = states.left_hidden(self._state)
        self._state.is_stuck = bool(left) and not arriving.clear(above, left)
        return not self._state.is_stuck

    def new(self) -> bytes:
        return self._state.mark_arriving() if self._may_hide else b""


def prepare(run: Run, home: Path, course: str, folder: str | None, may_hide: bool = False) -> None:
    """may_hide: a folder that is made anew may stay hidden until the end. Raises Offline, Malformed, Unusable, OSError."""
    with suppress(OSError):
        run.settled_ns = disk.touch(run.state.lock)
    run.manifest = run.source.manifest()
    planning.leave_out(run)
    name = folder or run.manifest.folder or course
    moved: list[str] = []
    was_cut_short = states.was_cut_short(run.state)
    hidden = _Hidden(run.state, may_hide) if run.state.is_locked else None
    run.root, run.arriving = open_course(home, name, run.day, moved, bool(folder), hidden=hidden)
    run.state.moved += moved  # told again, should the run begin anew
    for one in run.state.moved:
        run.say_also(one, "aside", one, "a folder of the course has this name")
    states.sweep_own(run.state)
    run.skipped = states.read_skipped(run.state)
    run.record = record.load(run.state.folder, name)
    if was_cut_short:
        _sweep(run)
        undo.sweep(run.state.folder)
    if run.record.folds is None:
        run.record.folds = _folds(run)
    if run.record.folds:
        planning.fold(run)
    if run.record.is_new:
        adopt(run)
    overtaken.look(run)
    emptied.look(run)


def _sweep(run: Run) -> Swept:
    """Where we may have worked. What a student saved in the moment that a run was cut short is named."""
    known = folders_of((*run.manifest.files, *run.record.paths))
    known.update(folder for one in run.record.made for folder in above(one))
    swept = sweeping.sweep(run.root, sorted(known | {""}), run.day)
    _tell(run, swept)
    return swept


def _tell(run: Run, swept: Swept) -> None:
    for path, where in swept.returned:
        run.say_also(path, "aside", where, "you saved it in the moment an update was cut short")


def _folds(run: Run) -> bool | None:
    """Whether this disk takes letter case for nothing; tried once. None: it could not be tried."""
    try:
        folds = run.arriving.folds() if run.arriving is not None else _folds_here(run)
    except OSError:
        run.has_staged = True
        return None
    run.record.changed = True
    return folds


def _folds_here(run: Run) -> bool:
    run.state.mark_unfinished()
    temporary = placing.stage(run.root, placing.written([]))
    found = disk.look(run.root, temporary.upper())
    disk.unlink(run.root, temporary)
    return found is not None


def finish(run: Run) -> None:
    """Save what is known now. What cannot be saved is found again by the next run. Raises Missed."""
    run.show_folder()
    try:
        try:
            _keep_manifest(run)
        finally:
            if run.record.changed:
                record.save(run.state.folder, run.record)
    except OSError as error:
        run.cut("space" if error.errno in disk.FULL else "disk", "the record could not be saved")
        return
    _end_marker(run)
    if run.kept_any:
        undo.prune(run.state.folder, is_clean=not run.state.has_marker)


def _end_marker(run: Run) -> None:
    """Once nothing of ours is left. A path that is blocked for good leaves nothing."""
    if not run.state.has_marker:
        return
    if run.has_arrived and not run.has_staged and not run.state.cut_short:
        return run.state.mark_finished()
    swept = _sweep(run)
    swept.is_clean = undo.sweep(run.state.folder) and swept.is_clean
    if run.state.cut_short:
        # Folders that no record knows of, for as long as there is time.
        rest = Swept(run.day)
        sweeping.sweep_below(run.root, "", rest, run.is_late)
        _tell(run, rest)
        swept.is_clean = swept.is_clean and rest.is_clean
    if swept.is_clean:
        run.state.mark_finished()


def _keep_manifest(run: Run) -> None:
    """For what is asked without a connection: links, and what changed."""
    content = manifest.to_json(run.manifest).encode()
    digest = sha256(content).hexdigest()
    if run.record.manifest != digest:
        record.write(run.state.folder, MANIFEST, content)
        run.record.manifest = digest
        run.record.changed = True

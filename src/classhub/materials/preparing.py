"""Begin and end of a run's work: what was cut short is swept up, the release asked for, the record read; then saved.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from classhub.materials import disk, manifest, overtaken, placing, planning, record, undo
from classhub.materials import state as states
from classhub.materials.adopt import adopt
from classhub.materials.course_folder import open_course
from classhub.materials.run import Run

MANIFEST = b"manifest.json"


def prepare(run: Run, home: Path, course: str, folder: str | None) -> None:
    """Raises Offline, Malformed, Unusable, OSError."""
    with suppress(OSError):
        run.settled_ns = disk.touch(run.state.lock)
    run.manifest = run.source.manifest()
    planning.leave_out(run)
    name = folder or run.manifest.folder or course
    moved: list[str] = []
    run.root = open_course(home, name, run.day, moved, bool(folder))
    for one in [*run.state.moved, *moved]:
        run.say_also(one, "aside", one, "a folder of the course has this name")
    states.sweep_own(run.state)
    if states.was_cut_short(run.state):
        states.sweep(run.root)
        states.sweep(run.state.folder)
    run.skipped = states.read_skipped(run.state)
    run.record = record.load(run.state.folder, name)
    if run.record.folds is None:
        run.record.folds = _folds(run)
    if run.record.folds:
        planning.fold(run)
    if run.record.is_new:
        adopt(run)
    overtaken.look(run)


def _folds(run: Run) -> bool | None:
    """Whether this disk takes letter case for nothing; tried once. None: it could not be tried."""
    try:
        run.state.mark_unfinished()
        temporary = placing.stage(run.root, placing.written([]))
        found = disk.look(run.root, temporary.upper())
        placing.discard(run.root, temporary)
    except OSError:
        return None
    run.record.changed = True
    return found is not None


def finish(run: Run) -> None:
    """Save what is known now. What cannot be saved is found again by the next run."""
    try:
        _keep_manifest(run)
        if run.record.changed:
            record.save(run.state.folder, run.record)
        if run.kept_any:
            undo.prune(run.state.folder)
    except OSError as error:
        run.cut("space" if error.errno in disk.FULL else "disk", "the record could not be saved")
        return
    if not run.trouble:
        run.state.mark_finished()


def _keep_manifest(run: Run) -> None:
    """For what is asked without a connection: links, and what changed."""
    content = manifest.to_json(run.manifest).encode()
    digest = sha256(content).hexdigest()
    if run.record.manifest != digest:
        record.write(run.state.folder, MANIFEST, content)
        run.record.manifest = digest
        run.record.changed = True

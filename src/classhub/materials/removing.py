"""What the release no longer has: untouched files go, with the folders that we made for them; a student's work stays.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable

from classhub.materials import disk, names, replacing, tree
from classhub.materials.disk import Changed
from classhub.materials.manifest import name_digest
from classhub.materials.merge import Do, decide
from classhub.materials.placing import Place
from classhub.materials.run import Run, above, folders_of, join
from classhub.materials.telling import NOW_CALLED
from classhub.materials.tree import InTheWay

TRIES = 3


def remove_withdrawn(run: Run) -> None:
    """Every path that was handed out and that the release has no more, for as long as there is time."""
    files = run.manifest.files
    for path in [path for path in run.record.paths if path not in files and not _is_out_of_sight(run, path)]:
        if run.is_late():
            run.cut("budget", "the time for one run was up")
            return
        _remove(run, [path])
    _remove_empty(run)


def remove_below(run: Run, folder: str) -> None:
    """For a folder that becomes a file."""
    _remove(run, list(run.record.below(folder)))
    _remove_empty(run, folder + "/")


def _is_out_of_sight(run: Run, path: str) -> bool:
    """Not for this student, or not yet: nothing is taken back for that."""
    seen = run.manifest
    if any(one in seen.left or one in seen.coming for one in above(path)):
        return True
    return bool(seen.hidden) and any(name_digest(one) in seen.hidden for one in above(path))


def _remove(run: Run, paths: Iterable[str]) -> None:
    for path in paths:
        for _ in range(TRIES):
            try:
                _remove_one(run, path)
            except Changed:
                continue
            except OSError as error:
                run.block(path, error)
            break
        else:
            run.block(path, "it is being changed at this moment")


def _remove_one(run: Run, path: str) -> None:
    if names.refused(path):
        run.record.drop(path)
        return
    folder, name = tree.split(path)
    try:
        opened = tree.open_below(run.root, folder)
    except (FileNotFoundError, InTheWay):
        run.record.drop(path)
        return
    try:
        _decide_one(run, path, Place(opened, name))
    finally:
        disk.close(opened)


def _decide_one(run: Run, path: str, place: Place) -> None:
    local = tree.leaf_at(place)
    do = decide(run.record.base(path), local, None, lambda _: False)
    if do is Do.REMOVE and local is not None:
        run.state.mark_unfinished()
        run.has_staged = True
        copy = replacing.remove(place, local, run.safety(path, "removed"))
        run.say(path, "removed", why=_now_called(run, path))
        if copy is not None:
            where = join(tree.split(path)[0], copy)
            run.say_also(path, "aside", where, "you saved it in the moment it was removed")
    elif do is Do.KEEP_OWN and not _is_folder_of_the_release(run, path):
        run.say(path, "kept", why=_now_called(run, path) or "no longer part of the course: yours from now on")
    run.record.drop(path)


def _is_folder_of_the_release(run: Run, path: str) -> bool:
    return any(one.startswith(path + "/") for one in run.manifest.files)


def _now_called(run: Run, path: str) -> str:
    new = run.manifest.renames.get(path, "")
    return f"{NOW_CALLED}{new}" if new in run.manifest.files else ""


def _remove_empty(run: Run, below: str = "") -> None:
    """Folders that we made and that nothing of the course is in any more; one that holds the student's own is his."""
    needed = folders_of((*run.manifest.files, *run.record.paths))
    for folder in sorted(run.record.made - needed, reverse=True):
        if not folder.startswith(below) or any(one.startswith(folder + "/") for one in run.record.made):
            continue
        try:
            _remove_folder(run, folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
                run.block(folder, error)
                continue
        except InTheWay:
            pass
        run.record.made.discard(folder)
        run.record.changed = True


def _remove_folder(run: Run, folder: str) -> None:
    above_it, name = tree.split(folder)
    opened = tree.open_below(run.root, above_it)
    try:
        disk.remove_folder(opened, name)
    finally:
        disk.close(opened)

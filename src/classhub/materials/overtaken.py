"""A save on top of a version that has just come, by an editor that did not know of it: the new version comes once more.

JupyterLab asks whether a file has changed, and then saves; a version that arrives in between would be gone, and never come
again, since it was handed out. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import stat

from classhub.materials import disk, tree
from classhub.materials.merge import Leaf
from classhub.materials.placing import Place
from classhub.materials.planning import Job
from classhub.materials.record import Fresh, leaf_of
from classhub.materials.run import Run

WITHIN_NS = 2_000_000_000
"""Nobody reads what has come, decides against it and saves in that time."""


def take(run: Run, job: Job, place: Place, put: str, before: Leaf) -> None:
    """As Record.take. put: digest of what now lies there; before: the base that it took the place of."""
    size = run.record.at(job.path).size
    run.record.take(job.path, job.entry)
    found = disk.look(*place)
    if found is not None and before.kind == "file":
        run.record.at(job.path).fresh = Fresh(put, found.st_ctime_ns, before.digest, size)


def look(run: Run) -> None:
    """Let such a path be decided upon as before it came. What nobody saved over in time has arrived for good."""
    for path, known in run.record.paths.items():
        entry = run.manifest.files.get(path)
        if known.fresh is None or entry is None or known.base != leaf_of(entry):
            continue
        if _is_saved_over(run, path, known.fresh):
            run.reopened[path] = Leaf("file", known.fresh.base)
        elif run.settled_ns > known.fresh.at_ns + WITHIN_NS:
            known.fresh = None
            run.record.changed = True


def _is_saved_over(run: Run, path: str, fresh: Fresh) -> bool:
    found = tree.look_at(run.root, path)
    if found is None or not stat.S_ISREG(found.st_mode) or abs(found.st_mtime_ns - fresh.at_ns) > WITHIN_NS:
        return False
    (sight,) = tree.survey(run.root, [path], run.record, run.settled_ns)
    return sight.local is not None and sight.local.kind == "file" and sight.local.digest != fresh.digest

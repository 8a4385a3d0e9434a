"""Bring a release of course material into a student's home: whatever happens, it ends with a record, and no byte is lost.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from classhub.materials.bringing import bring
from classhub.materials.planning import in_order, plan
from classhub.materials.removing import remove_withdrawn
from classhub.materials.result import Result
from classhub.materials.run import Merge, Run
from classhub.materials.session import Wanted, held
from classhub.materials.source import Source

ROUNDS = 3
"""How often a path is looked at again that the student changes meanwhile."""


def sync(
    source: Source,
    home: Path,
    course: str,
    *,
    folder: str | None = None,
    state: Path | None = None,
    first: Sequence[str] = (),
    only_first: bool = False,
    budget_s: float = 20,
    now: Callable[[], float] = time.time,
    merges: Mapping[str, Merge] | None = None,
) -> Result:
    """Never raises; writes <state>/result.json (but not when another run is at work: that one will).

    folder: in the home, or absolute; default: the release's. state: default <home>/.classhub/<course>. first: paths that
    come before all others, or with only_first alone. merges: by ending, "" for text; default: ours.
    """

    def work(run: Run) -> None:
        wanted = expand(run, first)
        if only_first:
            bring_paths(run, wanted, wanted)
            return
        bring_paths(run, [path for path in run.manifest.files if path not in run.leaves_out], wanted)
        if not run.is_cut_short():
            remove_withdrawn(run)
        if not run.trouble and run.record.release != run.manifest.release:
            run.record.release = run.manifest.release
            run.record.changed = True

    return held(Wanted(source, Path(home), course, folder, state, budget_s, now, merges, may_hide=True), work)


def bring_paths(run: Run, paths: Iterable[str], first: Iterable[str] = ()) -> None:
    """Until nobody changes them under our hands, three times at most."""
    before = frozenset(first)
    for _ in range(ROUNDS):
        paths = bring(run, in_order(plan(run, paths), before))
        if not paths or run.is_cut_short():
            return
    for path in paths:
        run.block(path, "it is being changed at this moment")


def expand(run: Run, first: Sequence[str]) -> list[str]:
    """Paths as they are called now; a folder stands for all below it."""
    found = []
    for asked in first:
        path = run.manifest.renames.get(asked, asked) if asked not in run.manifest.files else asked
        matching = [one for one in run.manifest.files if one == path or one.startswith(path.rstrip("/") + "/")]
        found += [one for one in matching if one not in run.leaves_out]
        if not matching:
            run.say(asked, "skipped", why=_why_missing(run, asked))
    return found


def _why_missing(run: Run, path: str) -> str:
    coming = run.manifest.coming.get(path)
    return f"it is released {coming}" if coming else "the course has no such file"

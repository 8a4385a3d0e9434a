"""What has to be done: each path of a release is looked at, and what needs nothing is settled at once.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from classhub.materials import names, tree
from classhub.materials.manifest import Entry
from classhub.materials.merge import Do, Way, is_mergeable
from classhub.materials.record import Known, leaf_of
from classhub.materials.run import Run, folders_of
from classhub.materials.source import Offline
from classhub.materials.tree import Sight

SMALL_BYTES = 1_000_000
BRINGING = (Do.DELIVER, Do.REPLACE, Do.ASIDE, Do.MERGE, Do.BESIDE)


class Job(NamedTuple):
    """One path to be brought. base: digest of the version to merge with; "" if this is no merge."""

    path: str
    entry: Entry
    do: Do
    base: str = ""

    @property
    def needs_blob(self) -> bool:
        return self.do in BRINGING and not self.entry.is_link


def plan(run: Run, paths: Iterable[str]) -> list[Job]:
    """In the order that they are to come: a link's file is the first of `paths`, then what is small."""
    if run.arriving is not None and not run.skipped and not run.clashing:
        return [Job(path, run.manifest.files[path], Do.DELIVER) for path in paths]  # where nothing is, all comes
    ways: dict[str, Way] = {}
    jobs = []
    for sight in tree.survey(run.root, paths, run.record, run.settled_ns):
        try:
            job = _job(run, sight, ways)
        except Offline as error:
            run.block(sight.path, str(error), "offline")
            continue
        if job is not None:
            jobs.append(job)
    return jobs


def in_order(jobs: Iterable[Job], first: frozenset[str]) -> list[Job]:
    def key(job: Job) -> tuple[bool, int, str]:
        size = job.entry.size
        return job.path not in first, size if size >= SMALL_BYTES else 0, job.path

    return sorted(jobs, key=key)


def _job(run: Run, sight: Sight, ways: dict[str, Way]) -> Job | None:
    entry = run.manifest.files[sight.path]
    if sight.error is not None:
        run.block(sight.path, sight.error)
        return None
    if sight.way is not None:
        do = _do_beyond(run, sight, sight.way, ways)
    elif sight.path in run.clashing and not run.has_news(sight.path):
        do = Do.NOTHING
    else:
        do = run.decide(sight.path, sight.local)
    if do is Do.NOTHING or _is_settled(run, sight, entry, do):
        return None
    return Job(sight.path, entry, do, _merge_base(run, sight, entry) if do is Do.MERGE else "")


def _do_beyond(run: Run, sight: Sight, obstacle: tree.InTheWay, ways: dict[str, Way]) -> Do:
    """For a path below something that is no folder."""
    way = ways.get(obstacle.path)
    if way is None:
        way = ways[obstacle.path] = run.way_of(obstacle)
    if way is Way.KEEP:
        run.say(obstacle.path, "kept", why="yours, in place of the folder")
    if way is Way.KEEP or (way is Way.BESIDE and not run.has_news(sight.path)):
        return Do.NOTHING
    return Do.DELIVER


def _is_settled(run: Run, sight: Sight, entry: Entry, do: Do) -> bool:
    if do is Do.DELIVER:
        return run.is_unwanted(sight.path)
    if do not in (Do.SAME, Do.KEEP):
        return False
    known = run.record.paths.get(sight.path)
    wanted = bit(known, entry)
    is_file = sight.local is not None and sight.local.kind == "file"
    if wanted is not None and is_file and bool(sight.mode & 0o100) != wanted:
        return False
    settle(run, sight.path, entry, do)
    return True


def settle(run: Run, path: str, entry: Entry, do: Do) -> None:
    """The student has it, or keeps his own of which there are no news."""
    known = run.record.paths.get(path)
    if known is None or known.base != leaf_of(entry) or known.executable != (entry.kind == "exec"):
        run.record.take(path, entry)
    if do is Do.SAME:
        run.same += 1
    else:
        run.say(path, "kept")


def bit(known: Known | None, entry: Entry) -> bool | None:
    """Whether the file is to be runnable; None leaves that to the student."""
    wanted = entry.kind == "exec"
    has_news = known is None or known.base is None or known.executable != wanted
    return wanted if has_news and not entry.is_link else None


def _merge_base(run: Run, sight: Sight, entry: Entry) -> str:
    known = run.record.paths[sight.path]
    base, local = run.base(sight.path), sight.local
    if base is None or local is None:
        return ""
    size = known.fresh.size if known.fresh and sight.path in run.reopened else known.size
    versions = (base, local, leaf_of(entry))
    return base.digest if is_mergeable(sight.path, versions, (size, entry.size)) else ""


def leave_out(run: Run) -> None:
    """Name what the release has, but nobody gets: refused names, links that lead out, paths below a file."""
    files = run.manifest.files
    out = {path: why for path, entry in files.items() if (why := why_out(path, entry))}
    parents = folders_of(path for path in files if path not in out)
    for path in parents & files.keys() - out.keys():
        out.update({one: f"{path} is a file in this release" for one in files if one.startswith(path + "/")})
    run.leaves_out = out
    for path, why in {**run.manifest.left, **out}.items():
        run.say(path, "skipped", why=why)


def why_out(path: str, entry: Entry) -> str:
    return names.why_not(path) or (names.refused_link(path, entry.target) if entry.is_link else "")


def fold(run: Run) -> None:
    """For a disk on which two paths of the release can be one: the second goes beside; a base follows a changed spelling."""
    first: dict[str, str] = {}
    clashing = set()
    for path in sorted(run.manifest.files):
        if first.setdefault(names.folded(path), path) != path:
            clashing.add(path)
    run.clashing = frozenset(clashing)
    for path in list(run.record.paths):
        twin = first.get(names.folded(path))
        if twin is not None and path not in run.manifest.files:
            if twin not in run.record.paths:
                run.record.paths[twin] = run.record.paths[path]
            run.record.drop(path)

"""What one person may see of a course's material at one time: sections and release times. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from classhub.materials.manifest import Manifest, name_digest
from classhub.materials.mirror.settings import Assignment, Course
from classhub.materials.names import folded


@dataclass(frozen=True)
class Viewer:
    """One person, to one course."""

    sections: frozenset[str] = frozenset()
    is_staff: bool = False
    """Sees everything at once."""


@dataclass(frozen=True)
class View:
    """What a viewer may see now."""

    hidden: tuple[str, ...]
    """Paths that are hidden with all below them."""
    coming: Mapping[str, str]
    """Of these the ones that will be released to this viewer, with the time."""
    later: tuple[str, ...] = ()
    """Of the hidden ones those that wait for their time."""
    of_others: tuple[str, ...] = ()
    """The rest: folders of other sections, hidden but for folders of the viewer's own further in."""
    own: frozenset[str] = frozenset()
    """Folders of the viewer's sections."""

    def shows(self, path: str) -> bool:
        """Letter case and unicode form are no way round: a path that is written a little otherwise hides the same file."""
        parts = list(_above(folded(path)))
        if not self._later.isdisjoint(parts):
            return False
        nearest = next((part for part in parts if part in self._own or part in self._of_others), None)
        return nearest is None or nearest in self._own

    @cached_property
    def _later(self) -> frozenset[str]:
        return frozenset(map(folded, self.later))

    @cached_property
    def _of_others(self) -> frozenset[str]:
        return frozenset(map(folded, self.of_others))

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(map(folded, self.own))


def _above(path: str) -> Iterator[str]:
    """The path itself, then each folder that it lies in, the innermost first."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def viewer(course: Course, name: str, groups: Collection[str], is_staff: bool = False) -> Viewer:
    """groups: of the hub, those that this user is in. is_staff: as access.is_staff says."""
    inside = frozenset(one.name for one in course.sections if one.students.includes(name, groups))
    return Viewer(inside, is_staff)


def view(course: Course, who: Viewer, now: datetime, renames: Mapping[str, str] | None = None) -> View:
    """now: aware. renames: old path -> new one, as all releases tell: a file is hidden under its other names, too."""
    if who.is_staff:
        return View((), {})
    own = frozenset(folder for one in course.sections if one.name in who.sections for folder in one.folders)
    others = tuple(folder for one in course.sections for folder in one.folders if folder not in own)
    later = [one for one in course.assignments if not _is_out(one, who, now)]
    elsewhere = View(others, {}, (), others, own)
    coming = {one.path: when for one in later if elsewhere.shows(one.path) and (when := _when(one, who))}
    paths = tuple(one.path for one in later)
    by_time = View(paths, {}, paths)
    for old, new in (renames or {}).items():
        paths += (new,) if not by_time.shows(old) and by_time.shows(new) else ()
        paths += (old,) if not by_time.shows(new) and by_time.shows(old) else ()
    return View((*others, *paths), coming, paths, others, own)


def _is_out(assignment: Assignment, who: Viewer, now: datetime) -> bool:
    if not assignment.release:
        return True
    when = _when(assignment, who)
    return bool(when) and datetime.fromisoformat(when) <= now


def _when(assignment: Assignment, who: Viewer) -> str:
    """The earliest time of the viewer's sections; "" for never."""
    times = [when for section, when in assignment.release.items() if section == "" or section in who.sections]
    return min(times, key=datetime.fromisoformat, default="")


def is_out_to_all(course: Course, assignment: Assignment, now: datetime) -> bool:
    """Whether hiding it is over for good: for everybody, or for every section of the course."""
    return all(_is_out(assignment, Viewer(frozenset({one.name})), now) for one in course.sections) and (
        bool(course.sections) or _is_out(assignment, Viewer(), now)
    )


def selected(manifest: Manifest, seen: View) -> Manifest:
    """The part of a release that a viewer gets. What is hidden is named nowhere in it, but for what is coming."""
    files = {path: entry for path, entry in manifest.files.items() if seen.shows(path)}
    written = set(seen.hidden)
    spelt = (path for path in manifest.files if path not in files and written.isdisjoint(_above(path)))
    return replace(
        manifest,
        files=files,
        renames={old: new for old, new in manifest.renames.items() if seen.shows(old) and seen.shows(new)},
        left={path: why for path, why in manifest.left.items() if seen.shows(path)},
        coming=dict(seen.coming),
        hidden=frozenset(map(name_digest, (*seen.hidden, *spelt))),
    )

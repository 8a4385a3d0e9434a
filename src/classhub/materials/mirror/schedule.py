"""What one person may see of a course's material at one time: sections and release times. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from classhub.materials.manifest import Manifest, name_digest
from classhub.materials.mirror.settings import Assignment, Course


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

    def shows(self, path: str) -> bool:
        return not any(path == one or path.startswith(one + "/") for one in self.hidden)


def viewer(course: Course, name: str, groups: Collection[str], is_admin: bool = False) -> Viewer:
    """groups: of the hub, those that this user is in. Staff of the course are instructors and TAs."""
    is_staff = is_admin or course.instructor.includes(name, groups) or course.tas.includes(name, groups)
    inside = frozenset(one.name for one in course.sections if one.students.includes(name, groups))
    return Viewer(inside, is_staff)


def view(course: Course, who: Viewer, now: datetime) -> View:
    """now: aware."""
    if who.is_staff:
        return View((), {})
    of_others = tuple(_folders_of_others(course, who))
    later = [one for one in course.assignments if not _is_out(one, who, now)]
    elsewhere = View(of_others, {})
    coming = {one.path: when for one in later if elsewhere.shows(one.path) and (when := _when(one, who))}
    return View((*of_others, *(one.path for one in later)), coming)


def _folders_of_others(course: Course, who: Viewer) -> Iterator[str]:
    own = {folder for one in course.sections if one.name in who.sections for folder in one.folders}
    return (folder for one in course.sections for folder in one.folders if folder not in own)


def _is_out(assignment: Assignment, who: Viewer, now: datetime) -> bool:
    if not assignment.release:
        return True
    when = _when(assignment, who)
    return bool(when) and datetime.fromisoformat(when) <= now


def _when(assignment: Assignment, who: Viewer) -> str:
    """The earliest time of the viewer's sections; "" for never."""
    times = [when for section, when in assignment.release.items() if section == "" or section in who.sections]
    return min(times, key=datetime.fromisoformat, default="")


def selected(manifest: Manifest, seen: View) -> Manifest:
    """The part of a release that a viewer gets. What is hidden is named nowhere in it, but for what is coming."""
    return replace(
        manifest,
        files={path: entry for path, entry in manifest.files.items() if seen.shows(path)},
        renames={old: new for old, new in manifest.renames.items() if seen.shows(old) and seen.shows(new)},
        left={path: why for path, why in manifest.left.items() if seen.shows(path)},
        coming=dict(seen.coming),
        hidden=frozenset(map(name_digest, seen.hidden)),
    )

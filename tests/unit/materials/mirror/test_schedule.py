"""Nobody sees an assignment before its release, nor another section's folder; staff see all."""

from datetime import UTC, datetime

import pytest

from classhub.materials.manifest import Entry, Manifest, name_digest
from classhub.materials.mirror.schedule import Viewer, selected, view, viewer
from classhub.materials.mirror.settings import Assignment, Course, Section, Who

MONDAY = datetime(2027, 1, 11, 15, 0, tzinfo=UTC)
"""9:00 in Chicago."""
COURSE = Course(
    "comp141",
    tas=Who(names=frozenset({"ta@college.edu"})),
    instructor=Who(groups=frozenset({"faculty"})),
    sections=(
        Section("A", Who(names=frozenset({"alice@college.edu"})), ("sections/a",)),
        Section("B", Who(groups=frozenset({"b"})), ("sections/b", "shared")),
        Section("C", Who(), ("shared",)),
    ),
    assignments=(
        Assignment("lab01", "labs/lab01.ipynb", release={"": "2027-01-11T09:00:00-06:00"}),
        Assignment("lab02", "labs/lab02", release={"A": "2027-01-12T09:00:00-06:00", "B": "2027-01-10T09:00:00-06:00"}),
        Assignment("quiz", "sections/b/quiz.ipynb", release={"": "2027-02-01T09:00:00-06:00"}),
        Assignment("always", "readme.md"),
    ),
)
PATHS = ["labs/lab01.ipynb", "labs/lab01.ipynb.txt", "labs/lab02/a.ipynb", "labs/lab02/data/x.csv", "labs/lab02b.ipynb"]
PATHS += ["sections/a/x", "sections/b/quiz.ipynb", "sections/b/x", "shared/x", "readme.md"]


def release(**more) -> Manifest:
    return Manifest("comp141", "1-abcdef0", {path: Entry("file", "0" * 64, 1) for path in PATHS}, **more)


def seen(*sections: str, at: datetime = MONDAY) -> set[str]:
    return set(selected(release(), view(COURSE, Viewer(frozenset(sections)), at)).files)


COMMON = {"labs/lab01.ipynb.txt", "labs/lab02b.ipynb", "readme.md"}
LAB02 = {"labs/lab02/a.ipynb", "labs/lab02/data/x.csv"}


def test_an_assignment_is_there_from_its_release_on() -> None:
    assert "labs/lab01.ipynb" in seen(at=MONDAY)
    assert "labs/lab01.ipynb" not in seen(at=MONDAY.replace(hour=14, minute=59))


def test_a_section_has_its_own_time() -> None:
    assert seen("A") == COMMON | {"labs/lab01.ipynb", "sections/a/x"}
    assert seen("B") == COMMON | LAB02 | {"labs/lab01.ipynb", "sections/b/x", "shared/x"}


def test_the_earliest_of_several_sections_counts() -> None:
    assert seen("A", "B") >= LAB02


def test_who_is_in_no_section_gets_what_is_for_everybody() -> None:
    assert seen() == COMMON | {"labs/lab01.ipynb"}
    assert LAB02.isdisjoint(seen(at=MONDAY.replace(year=2030)))


def test_what_is_coming_is_told_to_those_who_will_get_it() -> None:
    early = MONDAY.replace(day=1)
    times = view(COURSE, Viewer(frozenset({"A"})), early).coming
    assert times == {"labs/lab01.ipynb": "2027-01-11T09:00:00-06:00", "labs/lab02": "2027-01-12T09:00:00-06:00"}
    assert set(view(COURSE, Viewer(), early).coming) == {"labs/lab01.ipynb"}


def test_hidden_paths_are_named_nowhere_in_a_release() -> None:
    full = release(
        renames={"old.ipynb": "labs/lab02/a.ipynb", "labs/lab02/was": "readme.md", "one": "readme.md"},
        left={"labs/lab02/x.zip": "why", "y": "why"},
        coming={"stale": "never"},
    )
    found = selected(full, view(COURSE, Viewer(), MONDAY))
    assert (found.renames, found.left, found.coming) == ({"one": "readme.md"}, {"y": "why"}, {})


@pytest.mark.parametrize(
    ("name", "groups", "is_staff", "wanted"),
    [
        ("ta@college.edu", [], False, Viewer()),
        ("root", [], True, Viewer(is_staff=True)),
        ("alice@college.edu", [], False, Viewer(frozenset({"A"}))),
        ("alice@college.edu", ["b", "x"], False, Viewer(frozenset({"A", "B"}))),
        ("Alice@college.edu", [], False, Viewer()),
    ],
)
def test_who_somebody_is_to_the_course(name, groups, is_staff, wanted) -> None:
    assert viewer(COURSE, name, groups, is_staff) == wanted


def test_staff_see_everything_at_once() -> None:
    assert selected(release(), view(COURSE, Viewer(is_staff=True), MONDAY.replace(year=2020))) == release()


def test_a_file_that_is_renamed_stays_hidden() -> None:
    """Also one that leaves a folder which is hidden; and it comes out when the old name would."""
    full = release(renames={"labs/lab01.ipynb.old": "readme.md", "labs/lab02/was.ipynb": "labs/lab02b.ipynb"})

    def seen_of(*sections: str) -> set[str]:
        who = Viewer(frozenset(sections))
        return set(selected(full, view(COURSE, who, MONDAY, full.renames)).files)

    assert "labs/lab02b.ipynb" not in seen_of("A")
    assert {"labs/lab02b.ipynb", "readme.md"} <= seen_of("B")


@pytest.mark.parametrize("path", ["Labs/LAB02/A.ipynb", "labs/cafe\u0301.ipynb"])
def test_another_spelling_of_a_path_hides_the_file_too(path: str) -> None:
    later = {"": "2099-01-12T09:00:00-06:00"}
    course = Course(
        "c",
        assignments=(
            Assignment("a", "labs/lab02", release=later),
            Assignment("b", "labs/caf\u00e9.ipynb", release=later),
        ),
    )
    full = Manifest("c", "1-abcdef0", {path: Entry("file", "0" * 64, 1), "readme.md": Entry("file", "0" * 64, 1)})
    found = selected(full, view(course, Viewer(), MONDAY))
    assert set(found.files) == {"readme.md"}
    assert name_digest(path) in found.hidden, "so that no copy of it is taken for withdrawn"


def test_the_folder_that_lies_further_in_decides_for_whom_it_is() -> None:
    course = Course("c", sections=(Section("A", folders=("sections",)), Section("B", folders=("sections/b",))))
    full = release()

    def seen_of(section: str) -> set[str]:
        files = selected(full, view(course, Viewer(frozenset({section})), MONDAY)).files
        return {path for path in files if path.startswith("sections")}

    assert seen_of("A") == {"sections/a/x"}
    assert seen_of("B") == {"sections/b/x", "sections/b/quiz.ipynb"}

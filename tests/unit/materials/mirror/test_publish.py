"""A look gives a new release, none, or one that waits; whatever happens, students keep the last good one."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from classhub.materials.manifest import Entry
from classhub.materials.mirror.candidate import Candidate, Left, Unavailable
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.publish import Look, Looking
from classhub.materials.mirror.settings import Assignment, Course, Section, Source
from classhub.materials.mirror.store import Store

LAB = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})


class Instructor:
    """Somebody with a folder of files, and the course that comes from it."""

    def __init__(self, tmp_path: Path, **more) -> None:
        self.folder = tmp_path / "material"
        self.folder.mkdir(exist_ok=True)
        source = Source("folder", str(self.folder), hold=more.pop("hold", False))
        self.course = Course("comp141", "Computing", "cs1", source, **more)
        self.store = Store(tmp_path / "store" / "comp141")
        self.clock = datetime(2027, 1, 11, 9, tzinfo=UTC)
        self.looking = Looking(self.course, self.store, now=lambda: self.clock)

    def has(self, files: dict[str, str]) -> None:
        """Exactly these, written a while ago."""
        for path in self.folder.rglob("*"):
            if path.is_file() and str(path.relative_to(self.folder)) not in files:
                path.unlink()
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            os.utime(path, (1_000_000_000, 1_000_000_000))

    def look(self, reader=None) -> Look:
        return self.looking.look(reader or FolderSource(self.folder, quiet_s=0))

    def students_get(self) -> dict[str, str]:
        current = self.store.current()
        assert current is not None
        return {path: self.store.blobs.read(entry.digest).decode() for path, entry in current.files.items()}


@pytest.fixture
def ada(tmp_path: Path) -> Instructor:
    return Instructor(tmp_path)


def test_the_first_look_gives_a_release(ada: Instructor) -> None:
    ada.has({"labs/a.ipynb": LAB, "b": "1"})
    found = ada.look()
    assert found.what == "published"
    assert ada.students_get() == {"labs/a.ipynb": LAB, "b": "1"}
    release = ada.store.current()
    assert release is not None
    assert (release.course, release.title, release.folder) == ("comp141", "Computing", "cs1")
    assert release.published == "2027-01-11T09:00:00+00:00"
    assert release.release == found.release
    assert found.release.startswith("1-")


def test_nothing_new_gives_no_release(ada: Instructor) -> None:
    ada.has({"a": "1"})
    first = ada.look()
    assert (ada.look().what, ada.store.names()) == ("same", [first.release])
    ada.has({"a": "2"})
    ada.look()
    assert len(ada.store.names()) == 2


def test_a_new_title_or_folder_is_a_new_release(ada: Instructor, tmp_path: Path) -> None:
    ada.has({"a": "1"})
    ada.look()
    other = Instructor(tmp_path, libraries=())
    other.course = Course("comp141", "Programming", "cs1", ada.course.source)
    other.looking = Looking(other.course, other.store)
    assert other.look().what == "published"


def test_a_source_that_is_away_leaves_the_last_good_release(ada: Instructor) -> None:
    ada.has({"a": "1"})
    ada.look()

    class Away:
        def look(self, store: Store, seen: object) -> Candidate | None:
            store.blobs.put([b"half"])
            raise Unavailable("The host does not answer.")

    ada.clock = ada.clock.replace(hour=10)
    assert ada.look(Away()).what == "unavailable"
    ada.clock = ada.clock.replace(hour=11)
    ada.look(Away())
    status = ada.store.status()
    assert ada.students_get() == {"a": "1"}
    assert status["reason"] == "The host does not answer."
    assert (status["ok"][11:13], status["looked"][11:13], status["failing_since"][11:13]) == ("09", "11", "10")
    assert list(Store(ada.store.folder).blobs.left_parts()) == []
    ada.look()
    assert (ada.store.status()["reason"], ada.store.status()["failing_since"]) == ("", "")


@pytest.mark.parametrize("after", [{}, {"a": "1"}], ids=["empty", "over half dropped"])
def test_a_release_that_takes_most_away_waits_for_a_person(ada: Instructor, after: dict[str, str]) -> None:
    before = {name: name for name in "bcde"} | {"a": "1"}
    ada.has(before)
    ada.look()
    ada.has(after)
    found = ada.look()
    assert found.what == "held"
    assert ada.students_get() == before
    assert found.reason == f"It waits for an instructor: {ada.store.status()['held']['why']}"
    assert ada.look().what == "same", "told once"
    assert ada.store.status()["held"]["release"] == found.release
    release = ada.looking.publish()
    assert release is not None
    assert ada.students_get() == after
    assert (ada.store.status()["held"], ada.store.held()) == (None, None)
    assert ada.look().what == "same"


def test_an_empty_source_is_no_first_release(ada: Instructor) -> None:
    assert ada.look().what == "held"
    assert ada.store.current() is None
    ada.has({"a": "1"})
    assert ada.look().what == "published"
    assert ada.store.held() is None


def test_what_was_put_right_no_longer_waits(ada: Instructor) -> None:
    ada.has({"a": "1", "b": "2", "c": "3"})
    ada.look()
    ada.has({})
    assert ada.look().what == "held"
    ada.has({"a": "1", "b": "2", "c": "3"})
    assert ada.look().what == "same"
    assert (ada.store.held(), ada.store.status()["held"], len(ada.store.names())) == (None, None, 1)


def test_errors_hold_a_release_back_only_where_the_course_asks(tmp_path: Path) -> None:
    files = {"a.ipynb": LAB, "solution.ipynb": LAB}
    ada = Instructor(tmp_path)
    ada.has(files)
    found = ada.look()
    assert (found.what, [one.rule for one in found.remarks]) == ("published", ["solution-name"])
    strict = Instructor(tmp_path, hold=True)
    ada.has(files | {"b": "1"})
    held = strict.look()
    assert held.what == "held"
    assert held.reason.startswith("It waits for an instructor: solution.ipynb: ")
    assert set(strict.students_get()) == set(files)
    assert [one["rule"] for one in strict.store.status()["remarks"]] == ["solution-name"]
    ada.has({"a.ipynb": LAB, "b": "1"})
    assert strict.look().what == "published"


def test_warnings_hold_nothing_back(tmp_path: Path) -> None:
    strict = Instructor(tmp_path, hold=True)
    strict.has({"a": "1", "caf\u00e9": ""})
    assert strict.look().what == "published"


def test_an_instructor_goes_back_to_an_earlier_release(ada: Instructor) -> None:
    ada.has({"a": "1"})
    first = ada.look().release
    ada.has({"a": "broken"})
    ada.look()
    ada.looking.publish(first)
    assert ada.students_get() == {"a": "1"}
    assert ada.look().what == "same", "what was gone back from does not return by itself"
    assert (ada.students_get(), ada.store.status()["release"]) == ({"a": "1"}, first)
    ada.has({"a": "mended"})
    ada.look()
    assert ada.students_get() == {"a": "mended"}
    assert ada.looking.publish("9-abcdef0") is None
    assert ada.looking.publish("../x") is None


def test_status_tells_the_errors_of_what_is_out_also_after_going_back(ada: Instructor) -> None:
    ada.has({"a": "1", "solution.md": "2", "git~1": ""})
    first = ada.look().release
    ada.has({"a": "1"})
    second = ada.look().release
    assert (ada.store.status()["remarks"], ada.store.status()["remarks_of"]) == ([], second)
    made = ada.looking.publish(first)
    assert made is not None
    assert [one.rule for one in made[1]] == ["solution-name"]
    assert [one["rule"] for one in ada.store.status()["remarks"]] == ["solution-name"]
    assert (ada.store.status()["remarks_of"], ada.looking.of_source()) == (first, second)


def test_what_an_instructor_confirmed_is_no_longer_told_as_an_error(ada: Instructor) -> None:
    ada.has({"a": "1", "b": "2", "c": "3"})
    ada.look()
    ada.has({"a": "1", "git~1": ""})
    assert ada.look().what == "held"
    made = ada.looking.publish()
    assert made is not None
    assert {one.rule for one in made[1]} == {"drops-half", "refused-name"}
    assert [one["rule"] for one in ada.store.status()["remarks"]] == ["refused-name"]


def test_going_back_leaves_what_is_told_of_the_release_that_waits(ada: Instructor) -> None:
    ada.has({"a": "1", "b": "2", "c": "3"})
    first = ada.look().release
    ada.has({"a": "1"})
    held = ada.look().release
    ada.looking.publish(first)
    status = ada.store.status()
    assert (status["held"]["release"], status["remarks_of"]) == (held, held)
    assert [one["rule"] for one in status["remarks"]] == ["drops-half"]


def test_why_a_release_waits_is_one_sentence_with_the_number_of_further_errors(tmp_path: Path) -> None:
    strict = Instructor(tmp_path, hold=True)
    strict.has({"a": "1", "solution.md": "2", "lab-solution.md": "3"})
    reason = strict.look().reason
    assert reason.endswith(", and 1 more.")
    assert ".," not in reason


def test_old_paths_lead_to_where_a_file_is_now(tmp_path: Path) -> None:
    ada = Instructor(tmp_path, assignments=(Assignment("lab", "lab1.md"),))
    text = "\n".join(map(str, range(100)))
    ada.has({"lab1.md": text, "keep": "1"})
    ada.look()
    ada.has({"labs/lab01.md": text, "keep": "1"})
    assert [one.rule for one in ada.look().remarks] == ["linked-file-renamed"]
    ada.has({"labs/lab-01.md": text + "\nmore", "keep": "1"})
    ada.look()
    release = ada.store.current()
    assert release is not None
    assert release.renames == {"lab1.md": "labs/lab-01.md", "labs/lab01.md": "labs/lab-01.md"}


def test_what_is_left_out_is_named_but_clutter(ada: Instructor) -> None:
    ada.has({"a": "1", ".DS_Store": "", "git~1": ""})
    ada.look()
    release = ada.store.current()
    assert release is not None
    assert set(release.left) == {"git~1"}
    assert {one["path"] for one in ada.store.status()["remarks"]} == {"git~1", ".DS_Store"}


def test_a_file_where_others_need_a_folder_is_left(ada: Instructor) -> None:
    class Both:
        def look(self, store: Store, seen: object) -> Candidate:
            digest, size = store.blobs.put([b"1"])
            entry = Entry("file", digest, size)
            return Candidate({"a": entry, "a/b": entry, "c": entry}, {"x": Left("clutter", "")}, "a source")

    ada.look(Both())
    assert set(ada.students_get()) == {"a/b", "c"}


def test_a_store_that_lost_its_releases_gets_one_anew(ada: Instructor) -> None:
    class Once:
        def look(self, store: Store, seen: dict) -> Candidate | None:
            digest, size = store.blobs.put([b"1"])
            return None if seen else Candidate({"a": Entry("file", digest, size)}, {}, "x", {"commit": "1"})

    ada.look(Once())
    shutil.rmtree(ada.store.folder / "releases")
    assert ada.look(Once()).what == "published"
    assert ada.students_get() == {"a": "1"}


@pytest.mark.parametrize("left", [b"", b"\xff"])
def test_a_lost_pointer_leaves_the_last_good_release_and_what_it_guards(ada: Instructor, left: bytes) -> None:
    ada.has({f"lab{number}.md": "x" for number in range(4)})
    first = ada.look().release
    before = ada.students_get()
    (ada.store.folder / "current").write_bytes(left)
    ada.has({"lab0.md": "x"})
    assert ada.look().what == "held", "most files would go"
    assert (ada.students_get(), (ada.store.folder / "current").read_text()) == (before, f"{first}\n")


def test_another_source_of_the_same_course_is_looked_at_anew(tmp_path: Path) -> None:
    asked = []

    class Counting:
        def look(self, store: Store, seen: dict) -> Candidate:
            asked.append(dict(seen))
            digest, size = store.blobs.put([b"1"])
            return Candidate({"a": Entry("file", digest, size)}, {}, "x", {"commit": "1"})

    ada = Instructor(tmp_path)
    ada.look(Counting())
    ada.look(Counting())
    moved = Course("comp141", "Computing", "cs1", Source("folder", "/elsewhere"))
    Looking(moved, ada.store).look(Counting())
    assert asked == [{}, {"commit": "1"}, {}]


LATER = {"": "2099-01-01T00:00:00+00:00"}
EXAM = Assignment("midterm", "exams/midterm1.ipynb", release=LATER)
OTHERS = {name: name for name in "abcd"}


def with_course(ada: Instructor, **changed: object) -> Instructor:
    """After a change of the course's file."""
    ada.course = replace(ada.course, **changed)  # type: ignore[arg-type]
    ada.looking = replace(ada.looking, course=ada.course)
    return ada


@pytest.mark.parametrize("now", [LAB, "something else"], ids=["the same text", "another text"])
@pytest.mark.parametrize("path", ["exams/midterm1.ipynb", "exams"])
def test_what_is_hidden_and_gone_holds_the_release_back(tmp_path: Path, path: str, now: str) -> None:
    ada = Instructor(tmp_path, assignments=(replace(EXAM, path=path),))
    ada.has(OTHERS | {"exams/midterm1.ipynb": LAB})
    assert ada.look().what == "published"
    ada.has(OTHERS | {"exam/midterm1.ipynb": now})
    found = ada.look()
    assert found.what == "held"
    assert "assignment midterm hides it" in found.reason
    assert ("probably it is exam" in found.reason) == (now == LAB)
    assert "exam/midterm1.ipynb" not in ada.students_get()
    with_course(ada, assignments=(replace(EXAM, path=path.replace("exams", "exam")),))
    assert ada.look().what == "published"
    assert "exam/midterm1.ipynb" in ada.students_get()


def test_a_section_s_folder_that_is_gone_holds_the_release_back(tmp_path: Path) -> None:
    ada = Instructor(tmp_path, sections=(Section("A", folders=("sections/a",)),))
    ada.has(OTHERS | {"sections/a/x": "of A"})
    ada.look()
    ada.has(OTHERS | {"section-a/x": "of A"})
    assert "probably it is section-a now" in ada.look().reason


@pytest.mark.parametrize("path", ["Exams/Midterm1.ipynb", "material/exams/midterm1.ipynb", "midterm1.ipynb"])
def test_a_path_that_hides_nothing_but_means_a_file_holds_the_release_back(tmp_path: Path, path: str) -> None:
    ada = Instructor(tmp_path, assignments=(replace(EXAM, path=path),))
    if path.startswith("material/"):
        with_course(ada, source=Source("folder", str(tmp_path), folder="material"))
    ada.has(OTHERS | {"exams/midterm1.ipynb": LAB})
    found = ada.look()
    assert (found.what, "Probably exams/midterm1.ipynb is meant" in found.reason) == ("held", True)


def test_what_is_still_to_be_written_holds_nothing_back(tmp_path: Path) -> None:
    ada = Instructor(tmp_path, assignments=(EXAM,))
    ada.has(OTHERS)
    found = ada.look()
    assert (found.what, [one.rule for one in found.remarks]) == ("published", ["hidden-path-none"])


def test_what_is_out_to_all_may_go(tmp_path: Path) -> None:
    ada = Instructor(tmp_path, assignments=(replace(EXAM, release={"": "2027-01-01T00:00:00+00:00"}),))
    ada.has(OTHERS | {"exams/midterm1.ipynb": LAB})
    ada.look()
    ada.has(OTHERS)
    assert ada.look().what == "published"


@pytest.mark.parametrize("mend", ["a release time", "no hold"])
def test_a_mend_in_the_course_s_file_lets_the_release_out(tmp_path: Path, mend: str) -> None:
    ada = Instructor(tmp_path, hold=True)
    ada.has(OTHERS | {"exams/midterm1.ipynb": LAB})

    class Unchanged(FolderSource):
        """As git and archives, which say so when nothing is new."""

        def look(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
            return None if seen else super().look(store, seen)

    def look() -> str:
        return ada.look(Unchanged(ada.folder, quiet_s=0)).what

    assert (look(), look()) == ("held", "same")
    assert ada.course.source is not None
    changed = {
        "a release time": {"assignments": (EXAM,)},
        "no hold": {"source": replace(ada.course.source, hold=False)},
    }
    with_course(ada, **changed[mend])
    assert (look(), look()) == ("published", "same")

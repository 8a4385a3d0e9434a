"""A course that comes to a home for the first time: unseen until it is there, and seen in time."""

import errno
import os
import signal

import pytest

from classhub.materials import arriving, disk
from classhub.materials.arriving import Arriving
from doubles.classroom import Instructor, Link, Program, Student, actions, said
from doubles.histories import regular

LARGE = b"x" * 1_500_000
FILES = {
    "lab1.ipynb": b"{}",
    "data/day/rain.csv": b"1,2",
    "data/again.csv": b"1,2",
    "film": LARGE,
    "copy/film": LARGE,
    "run.sh": Program(b"#!/bin/sh"),
    "today": Link("data/day/rain.csv"),
}
CONTENTS = {path: getattr(leaf, "content", leaf) for path, leaf in FILES.items() if path != "today"}


@pytest.fixture
def student(tmp_path):
    return Student(tmp_path / "home")


def names_in_home(student: Student) -> set[str]:
    return {path.name for path in student.home.iterdir()} - {".classhub"}


def assert_settled(student: Student, source: Instructor) -> None:
    assert names_in_home(student) == {"COMP141"}, "nothing of ours is left"
    assert not (student.state / "unfinished").exists()
    again = student.sync(source)
    assert (again.status, again.items, again.same) == ("done", (), len(FILES))


def test_the_first_delivery_is_seen_when_it_is_there(student):
    source, seen = Instructor(dict(FILES)), []
    source.before_blob = lambda *_: seen.append(student.course.exists())
    result = student.sync(source)
    assert seen and not any(seen)
    assert set(actions(result).values()) == {"new"} and result.status == "done"
    assert regular(student.course) == CONTENTS
    assert os.access(student.path("run.sh"), os.X_OK) and not os.access(student.path("film"), os.X_OK)
    assert student.path("today").read_bytes() == b"1,2"
    assert_settled(student, source)


def test_what_takes_long_is_seen_while_it_comes(student, monkeypatch):
    monkeypatch.setattr(arriving, "SHOWN_AFTER_S", -1)
    source, seen = Instructor(dict(FILES)), []
    source.before_blob = lambda *_: seen.append(len(regular(student.course)) if student.course.exists() else None)
    assert student.sync(source).status == "done"
    assert seen[0] is None and seen[1:] == sorted(seen[1:]) and seen[1] >= 1
    assert_settled(student, source)


def test_a_folder_that_is_made_during_the_first_delivery_is_kept(student):
    source = Instructor(dict(FILES))
    source.before_blob = lambda *_: student.write("lab1.ipynb", b"mine") if not student.course.exists() else None
    result = student.sync(source)
    assert result.status == "done" and said(result, "lab1.ipynb").action == "aside"
    assert student.read("lab1.ipynb") == b"{}" and b"mine" in student.all_contents()
    assert names_in_home(student) == {"COMP141"} and not (student.state / "unfinished").exists()


def test_a_file_of_that_name_makes_room(student):
    source = Instructor(dict(FILES))
    source.before_blob = lambda *_: student.course.exists() or student.course.write_bytes(b"mine")
    assert student.sync(source).status == "done"
    assert regular(student.course) == CONTENTS and b"mine" in student.all_contents()


def test_a_mistake_in_the_midst_shows_what_had_come(student):
    source = Instructor(dict(FILES))

    def fail(count, _):
        if count == 2:
            raise ZeroDivisionError

    source.before_blob = fail
    assert student.sync(source).error["code"] == "bug"
    assert len(regular(student.course)) >= 2
    source.before_blob = lambda *_: None
    student.sync(source)
    assert regular(student.course) == CONTENTS
    assert_settled(student, source)


def killed_in_the_midst(student: Student, source: Instructor) -> None:
    child = os.fork()
    if child == 0:
        source.before_blob = lambda count, _: os.kill(os.getpid(), signal.SIGKILL) if count == 3 else None
        student.sync(source)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert len(names_in_home(student)) == 1 and not student.course.exists()


def test_a_first_delivery_that_is_killed_before_it_is_seen_leaves_nothing(student):
    source = Instructor(dict(FILES))
    killed_in_the_midst(student, source)
    student.sync(source)
    assert regular(student.course) == CONTENTS
    assert_settled(student, source)


def test_it_is_gone_also_where_the_student_made_the_folder_since(student):
    source = Instructor(dict(FILES))
    killed_in_the_midst(student, source)
    student.write("mine.txt", b"mine")
    assert student.sync(source).status == "done"
    assert regular(student.course) == {**CONTENTS, "mine.txt": b"mine"}
    assert names_in_home(student) == {"COMP141"}


@pytest.mark.parametrize("name", ["diary", "../home/diary", ".classhub-diary", ""])
def test_nothing_but_such_a_folder_is_ever_removed(student, name):
    source = Instructor(dict(FILES))
    student.sync(source)
    diary = student.home / (name or "diary")
    diary.mkdir()
    (diary / "2027.txt").write_bytes(b"hours of work")
    (student.state / "unfinished").write_text(name)
    assert student.sync(source).status == "done"
    assert (diary / "2027.txt").read_bytes() == b"hours of work"


def test_a_folder_that_was_removed_comes_back_the_same_way(student):
    source = Instructor(dict(FILES))
    student.sync(source)
    student.course.rename(student.home / "old")
    source.before_blob = lambda *_: student.course.exists() and pytest.fail("seen too early")
    assert set(actions(student.sync(source)).values()) == {"restored"}
    assert regular(student.course) == CONTENTS


def test_one_file_for_a_link_comes_alone(student):
    source = Instructor(dict(FILES))
    result = student.sync(source, first=["lab1.ipynb"], only_first=True)
    assert actions(result) == {"lab1.ipynb": "new"} and regular(student.course) == {"lab1.ipynb": b"{}"}
    assert names_in_home(student) == {"COMP141"}


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EACCES, errno.ENOSPC], ids=errno.errorcode.get)
def test_a_disk_on_which_it_cannot_be_shown_in_one_step_gets_it_the_plain_way(student, monkeypatch, number):
    source = Instructor(dict(FILES))

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    real = Arriving.show

    def show(self):
        with monkeypatch.context() as patch:
            patch.setattr(disk, "move", refuse)
            real(self)

    monkeypatch.setattr(Arriving, "show", show)
    assert student.sync(source).status == "done"
    assert regular(student.course) == CONTENTS
    assert_settled(student, source)

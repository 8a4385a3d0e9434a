"""A course that comes to a home for the first time: unseen until it is there, and seen in time."""

import errno
import os
import signal

import pytest

from classhub.materials import arriving, disk
from classhub.materials import state as states
from classhub.materials.arriving import Arriving
from classhub.materials.restore import start_over
from classhub.materials.run import Run
from doubles.classroom import COURSE, Instructor, Link, Program, Student, actions, said
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


@pytest.fixture(autouse=True)
def much_time(monkeypatch):
    """Nothing is shown early because the machine is busy."""
    monkeypatch.setattr(arriving, "SHOWN_AFTER_S", 120)


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


def test_without_a_lock_nothing_is_hidden(student, monkeypatch):
    """Another run may be at work: what it has hidden must not be taken for something that was left."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks here")

    source = Instructor(dict(FILES))
    killed_in_the_midst(student, source)
    (hidden,) = names_in_home(student)
    monkeypatch.setattr(states.fcntl, "flock", refuse)
    source.before_blob = lambda *_: student.course.exists() or pytest.fail("hidden without a lock")
    assert student.sync(source).status == "done"
    assert regular(student.course) == CONTENTS and names_in_home(student) == {"COMP141", hidden}


def test_whatever_comes_next_removes_what_a_killed_one_left(student):
    source = Instructor(dict(FILES))
    student.sync(source)
    student.course.rename(student.home / "old")
    killed_again = Instructor(dict(FILES))
    child = os.fork()
    if child == 0:
        killed_again.before_blob = lambda count, _: os.kill(os.getpid(), signal.SIGKILL) if count == 3 else None
        student.sync(killed_again)
        os._exit(0)
    os.waitpid(child, 0)
    assert len(names_in_home(student)) == 2
    start_over(source, student.home, COURSE, ["lab1.ipynb"])
    assert names_in_home(student) == {"COMP141", "old"}


def test_what_cannot_be_removed_is_tried_again_by_the_next(student, monkeypatch):
    source = Instructor(dict(FILES))
    killed_in_the_midst(student, source)
    (hidden,) = names_in_home(student)
    with monkeypatch.context() as patch:
        patch.setattr(arriving, "_remove", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "no")))
        assert student.sync(source).status == "done"
    assert regular(student.course) == CONTENTS and names_in_home(student) == {"COMP141", hidden}
    student.sync(source)
    assert_settled(student, source)


def test_where_the_name_cannot_be_noted_it_comes_in_sight(student, monkeypatch):
    def full(*_):
        raise OSError(errno.EDQUOT, "the quota is used up")

    source = Instructor(dict(FILES))
    monkeypatch.setattr(states.State, "mark_arriving", full)
    assert student.sync(source).status == "done"
    assert regular(student.course) == CONTENTS
    assert_settled(student, source)


def test_a_run_that_begins_anew_has_no_more_time_and_forgets_nothing(student, monkeypatch):
    source = Instructor(dict(FILES), folder="term/COMP141")
    (student.home / "term").write_bytes(b"mine")
    deadlines = []
    source.before_blob = lambda *_: (student.home / "term" / "COMP141").mkdir(exist_ok=True)
    real = Run.show_folder
    monkeypatch.setattr(Run, "show_folder", lambda self: [deadlines.append(self.deadline), real(self)][-1])
    result = student.sync(source)
    assert result.status == "done" and regular(student.home / "term" / "COMP141") == CONTENTS
    (moved,) = [one.path for one in result.items if one.action == "aside"]
    assert (student.home / moved).read_bytes() == b"mine"
    assert len(deadlines) >= 2 and len(set(deadlines)) == 1


def test_nothing_is_said_to_have_come_that_was_never_shown(student):
    source = Instructor(dict(FILES))

    def fail(count, _):
        student.course.mkdir(exist_ok=True)
        if count == 2:
            raise ZeroDivisionError

    source.before_blob = fail
    result = student.sync(source)
    assert (result.status, result.items, result.bytes) == ("failed", (), 0)
    assert regular(student.course) == {}


def test_a_name_that_the_disk_refuses_waits_alone(student, monkeypatch):
    real, asked = os.open, []

    def refuse(path, *given, **more):
        if path == b"lab1.ipynb":
            raise OSError(errno.EINVAL, "no such names here")
        return real(path, *given, **more)

    source = Instructor(dict(FILES))
    source.before_blob = lambda count, _: asked.append(count)
    monkeypatch.setattr(os, "open", refuse)
    result = student.sync(source)
    assert [path for path, action in actions(result).items() if action == "blocked"] == ["lab1.ipynb"]
    assert asked.count(0) == 1, "and the others came once"
    assert regular(student.course) == {path: content for path, content in CONTENTS.items() if path != "lab1.ipynb"}


def test_two_paths_that_are_one_on_the_disk_do_not_remove_each_other(student, monkeypatch):
    """On a disk that puts names into another form, and was not found out."""
    real = disk.create
    monkeypatch.setattr(disk, "create", lambda folder, name, *mode: real(folder, name.lower(), *mode))
    source = Instructor({"Lab": b"one", "lab": b"two"})
    student.sync(source)
    assert set(regular(student.course).values()) & {b"one", b"two"}


def test_a_large_file_that_comes_slowly_is_not_waited_for(student, monkeypatch):
    seen = []
    source = Instructor({"lab1.ipynb": b"{}", "film": LARGE})

    def look():
        seen.append(regular(student.course) if student.course.exists() else None)
        yield LARGE

    blobs = source.blobs

    def slowly(digests):
        for blob in blobs(digests):
            if blob.content == LARGE:
                monkeypatch.setattr(blob, "pieces", look)
            yield blob

    source.blobs = slowly
    assert student.sync(source).status == "done"
    assert len(seen) == 1 and seen[0]["lab1.ipynb"] == b"{}"

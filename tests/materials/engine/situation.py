"""One home in which a single sync has everything to do: new, updated, merged, beside, aside, removed, swaps of every kind."""

from __future__ import annotations

from pathlib import Path

from doubles.classroom import Instructor, Link, Program, Student
from doubles.histories import regular

BEFORE = {
    "lab.ipynb": b"one\ntwo\nthree",
    "clean.txt": b"clean",
    "notes.txt": b"a\nb\nc",
    "data.csv": b"\0data",
    "old.txt": b"old",
    "old/deep/gone.txt": b"gone",
    "kept-old.txt": b"kept",
    "run.sh": Program(b"#!/bin/sh\n"),
    "becomes-folder": b"a leaf",
    "edited-becomes-folder": b"a leaf, too",
    "becomes-leaf/x.txt": b"x",
    "becomes-leaf/y.txt": b"y",
    "replaced/by-link.txt": b"by link",
    "pointer": Link("data.csv"),
}
AFTER = {
    "lab.ipynb": b"ONE\ntwo\nthree",
    "clean.txt": b"clean, corrected",
    "notes.txt": b"A\nb\nc",
    "data.csv": b"\0data, corrected",
    "kept-old.txt.moved": b"kept",
    "run.sh": b"#!/bin/sh\n",
    "becomes-folder/inside.txt": b"inside",
    "edited-becomes-folder/inside.txt": b"inside, too",
    "becomes-leaf": b"a leaf now",
    "replaced/by-link.txt": b"by link, corrected",
    "pointer": Link("clean.txt"),
    "new.txt": b"new",
    "twin.txt": b"new",
    "far/down/there.txt": b"far",
    "his.txt": b"the course's",
}
WORK = {
    "lab.ipynb": b"one\ntwo\nthree, mine",
    "notes.txt": b"mine\nb\nc",
    "data.csv": b"\0my data",
    "kept-old.txt": b"kept, mine",
    "edited-becomes-folder": b"a leaf, mine",
    "becomes-leaf/y.txt": b"y, mine",
    "becomes-leaf/own.txt": b"my own",
    "his.txt": b"his before the course's",
    "unrelated.txt": b"his alone",
}


def prepare(home: Path) -> tuple[Instructor, Student]:
    """Handed out, worked on, and published anew; the next sync has everything to do."""
    source, student = Instructor(dict(BEFORE)), Student(home)
    assert student.sync(source).status == "done"
    for path, content in WORK.items():
        student.write(path, content)
    (home / "elsewhere").mkdir()
    student.path("replaced/by-link.txt").unlink()
    student.path("replaced").rmdir()
    student.path("replaced").symlink_to("../elsewhere")
    source.publish(dict(AFTER))
    return source, student


def assert_nothing_lost(student: Student) -> None:
    there = set(regular(student.home).values())
    lost = [path for path, content in WORK.items() if content not in there]
    assert not lost, lost
    assert list((student.home / "elsewhere").iterdir()) == []


def assert_all_arrived(student: Student) -> None:
    """As if nothing had ever gone wrong."""
    course = regular(student.course)
    assert course["lab.ipynb"] == b"ONE\ntwo\nthree, mine"
    assert course["clean.txt"] == b"clean, corrected"
    assert course["notes.txt"] == b"mine\nb\nc"
    assert course["data.csv"] == b"\0my data"
    contents = list(course.values())
    for path, leaf in AFTER.items():
        if isinstance(leaf, bytes) and path != "lab.ipynb":
            assert leaf in contents, path
    for path in ("new.txt", "twin.txt", "far/down/there.txt", "becomes-folder/inside.txt", "becomes-leaf", "his.txt"):
        assert course[path] == AFTER[path], path
    assert course["kept-old.txt"] == b"kept, mine"
    assert "old.txt" not in course and not student.path("old").exists()
    assert str(student.path("pointer").readlink()) == "clean.txt"
    assert not student.path("run.sh").stat().st_mode & 0o111
    assert student.path("replaced").is_symlink()
    left_over = [path for path in regular(student.home) if ".classhub-" in path]
    assert not left_over, left_over

"""The store of former versions: what it holds is what was there, and stays so."""

import os
from pathlib import Path

import pytest

from classhub.materials import disk, restore, undo
from classhub.materials.placing import Place
from doubles.classroom import Instructor, Student, actions, digest

OLD, NEW, MINE = b"one\ntwo\nthree", b"ONE\ntwo\nthree", b"one\ntwo\nmine"


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path / "home")


def kept(student: Student) -> list[bytes]:
    found = (student.state / "undo").glob("*/*-*")
    return sorted(place.read_bytes() for place in found)


def test_a_change_that_did_not_happen_leaves_no_version(student, monkeypatch):
    """The student saves by renaming between the keeping and the change; the kept name would go on changing with the file."""
    source = Instructor({"lab.txt": OLD})
    student.sync(source)
    student.write("lab.txt", MINE)
    source.put("lab.txt", NEW)
    real, saves = undo.keep, []

    def keep(state, path, file, label):
        real(state, path, file, label)
        if not saves:
            saves.append(os.utime(student.path(path), (1, 1)))
            os.link(student.path(path), student.path("stays.txt"))
            student.write("part", b"one\ntwo\nmine, too")
            student.path("part").replace(student.path(path))

    monkeypatch.setattr(undo, "keep", keep)
    assert actions(student.sync(source))["lab.txt"] == "merged"
    assert kept(student) == [b"one\ntwo\nmine, too"]


def test_a_file_with_a_second_name_is_copied(student):
    source = Instructor({"lab.txt": OLD})
    student.sync(source)
    student.write("lab.txt", MINE)
    os.link(student.path("lab.txt"), student.home / "second")
    source.put("lab.txt", NEW)
    student.sync(source)
    (student.home / "second").write_bytes(b"saved in place")
    assert kept(student) == [MINE]
    source.put("lab.txt", b"ONE\nTWO\nthree")
    student.sync(source)
    assert MINE in kept(student), "and stays when the store is looked over"


def test_a_version_that_finds_no_name_is_no_change(student, monkeypatch):
    source = Instructor({"lab.txt": OLD})
    student.sync(source)

    def taken(*_):
        raise FileExistsError

    monkeypatch.setattr(undo, "_keep_as", taken)
    folder, state = (disk.open_folder(os.fsencode(place)) for place in (student.course, student.state))
    place = Place(folder, b"lab.txt")
    file = disk.open_file(*place)
    try:
        with pytest.raises(disk.Changed):
            undo.keep(state, "lab.txt", undo.Original(place, file, digest(OLD)), "20270111T090000Z-merged")
    finally:
        for descriptor in (file, folder, state):
            os.close(descriptor)


def test_versions_stay_while_something_of_a_run_is_left(student, monkeypatch):
    """What has left its place and could not be removed may be a second name of a version."""
    source = Instructor({"lab.txt": OLD})
    student.sync(source)
    student.write("lab.txt", MINE)
    source.put("lab.txt", NEW)
    real = disk.unlink

    def unlink(folder, name):
        if name.startswith(b".classhub-") and name.endswith(b"lab.txt"):
            raise OSError
        real(folder, name)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "unlink", unlink)
        student.sync(source)
    assert MINE in kept(student)
    student.sync(source)
    assert MINE in student.all_contents() and restore.versions(student.state, "lab.txt")

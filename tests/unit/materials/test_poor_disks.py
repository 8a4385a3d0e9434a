"""Disks and machines that cannot do what most can, or say that they did: the plain way is gone."""

import ctypes
import errno
import os
import stat

import pytest

from classhub.materials import disk, leaving, placing, renaming, tree
from classhub.materials.record import Record
from doubles.classroom import Instructor, Student
from doubles.histories import regular

CONTENT = os.urandom(3000)


@pytest.fixture
def folder(tmp_path):
    opened = os.open(tmp_path, os.O_RDONLY)
    yield opened
    os.close(opened)


def says_nothing(*_):
    return 0


def stops_early(source, descriptor, size, *at):
    return real_copy(source, descriptor, 1000, *at) if at[0] < 2000 else 0


def tells_a_lie(source, descriptor, size, at, _):
    return 3000 - at


def fails_late(source, descriptor, size, *at):
    if at[0]:
        raise OSError(errno.EIO, "x")
    return real_copy(source, descriptor, 1000, *at)


def fails_with(number):
    def fail(*_):
        raise OSError(number, "x")

    return fail


real_copy = os.copy_file_range
COPIES = [says_nothing, stops_early, tells_a_lie, fails_late]
COPIES += [fails_with(number) for number in (errno.EIO, errno.EACCES, errno.EOVERFLOW, errno.ETXTBSY, errno.EXDEV)]


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_whole_however_the_kernel_copies(folder, tmp_path, monkeypatch, copy):
    (tmp_path / "from").write_bytes(CONTENT)
    monkeypatch.setattr(os, "copy_file_range", copy)
    source = disk.open_file(folder, b"from")
    try:
        name = placing.stage(folder, placing.copied(source))
    finally:
        os.close(source)
    assert (tmp_path / os.fsdecode(name)).read_bytes() == CONTENT


def test_a_second_path_of_the_same_content_is_no_empty_file(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "copy_file_range", says_nothing)
    student = Student(tmp_path / "home")
    student.sync(Instructor({"a": CONTENT, "b": CONTENT}))
    assert student.files() == {"a": CONTENT, "b": CONTENT}


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP], ids=errno.errorcode.get)
def test_a_machine_that_does_not_let_names_be_swapped_is_updated_all_the_same(tmp_path, monkeypatch, number):
    def refuses(*_):
        ctypes.set_errno(number)
        return -1

    student, source = Student(tmp_path / "home"), Instructor({"a": b"a"})
    student.sync(source)
    source.put("a", b"b")
    monkeypatch.setattr(renaming, "_renameat2", lambda: refuses)
    assert student.sync(source).status == "done" and student.read("a") == b"b"


def test_a_free_name_is_taken_in_one_step_and_no_other(folder, tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "taken").write_bytes(b"taken")
    with pytest.raises(FileExistsError):
        disk.move(folder, b"a", b"taken")
    if not disk.move(folder, b"a", b"free"):
        pytest.skip("this machine's disk cannot")
    assert regular(tmp_path) == {"free": b"a", "taken": b"taken"}


def test_what_has_left_tells_its_name_and_what_is_safe():
    for name in (b"lab.ipynb", b"na\xefve - a-b.txt", b"x" * 251 + b".csv", "\u00e9".encode() * 120 + b".csv"):
        left = leaving.name_for(name, "a" * 64, "b" * 64)
        found = leaving.parse(left)
        assert found is not None and found.safe == ("a" * 24, "b" * 24)
        assert len(left) < 143 and found.name[:20] == name[:20] and found.name[-4:] == name[-4:]
        assert not disk.is_temporary(left)
    for other in (disk.temporary_name(), b".classhub-", b"lab.ipynb", b".classhub-1234-5-lab"):
        assert leaving.parse(other) is None


def test_what_changes_where_a_folder_should_be_is_seen_as_odd(folder, tmp_path, monkeypatch):
    """It was a file when the folder was looked for, and a pipe when it was read."""
    (tmp_path / "week").write_bytes(b"a file")
    real = disk.open_file

    def open_file(where, name):
        (tmp_path / "week").unlink()
        os.mkfifo(tmp_path / "week")
        return real(where, name)

    monkeypatch.setattr(disk, "open_file", open_file)
    (sight,) = tree.survey(folder, ["week/a"], Record(), 0)
    assert sight.way is not None and sight.way.leaf.kind == "odd" and stat.S_ISFIFO((tmp_path / "week").stat().st_mode)


def test_what_exists_nowhere_else_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    order = []
    swap, settle = disk.swap, disk.settle
    monkeypatch.setattr(disk, "swap", lambda *names: order.append("swap") or swap(*names))
    monkeypatch.setattr(disk, "settle", lambda descriptor: order.append("settle") or settle(descriptor))
    student, source = Student(tmp_path / "home"), Instructor({"lab.txt": b"one\ntwo"})
    student.sync(source)
    assert order == [], "a first delivery waits for no disk"
    student.write("lab.txt", b"one\nmine")
    source.put("lab.txt", b"ONE\ntwo")
    student.sync(source)
    assert order == ["settle", "swap"]

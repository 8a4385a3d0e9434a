"""Many paths, blocked paths and a source that breaks off: none of them stands in another's way."""

import errno
import json
import os
import resource
from pathlib import Path

import pytest

from classhub.materials import disk, record
from classhub.materials.manifest import Entry
from classhub.materials.merge import MERGEABLE_BYTES
from classhub.materials.planning import SMALL_BYTES
from classhub.materials.run import Run
from classhub.materials.source import Offline
from doubles.classroom import Instructor, MemoryBlob, Student, actions, digest

TEXT, CORRECTED, EDITED = b"one\ntwo\nthree", b"ONE\ntwo\nthree", b"one\ntwo\nmine"


@pytest.fixture
def student(tmp_path) -> Student:
    return Student(tmp_path / "home")


def refuse(monkeypatch, folder) -> None:
    """Nothing can be made in it any more, as in a folder of somebody else."""
    real, refused = disk.create, folder.stat().st_ino

    def create(opened, name, mode=0o666):
        if os.fstat(opened).st_ino == refused:
            raise PermissionError(errno.EACCES, "not yours")
        return real(opened, name, mode)

    monkeypatch.setattr(disk, "create", create)


@pytest.mark.parametrize("size", [10, SMALL_BYTES + 1])
def test_equal_files_that_cannot_be_written_do_not_keep_another_from_coming(student, monkeypatch, size):
    source = Instructor({"locked/a.py": b"a"})
    student.sync(source)
    refuse(monkeypatch, student.path("locked"))
    same = b"x" * size
    source.publish({"locked/a.py": b"a", **{f"locked/{name}.py": same for name in "bcde"}, "week9/lab.py": same})
    result = student.sync(source)
    assert student.read("week9/lab.py") == same
    assert {path: done for path, done in actions(result).items() if done != "new"} == {
        f"locked/{name}.py": "blocked" for name in "bcde"
    }


@pytest.fixture
def few_descriptors():
    """Forty more than are open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 40, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_hundreds_of_equal_files_need_few_descriptors(student, few_descriptors):
    paths = [f"week{number}/__init__.py" for number in range(300)]
    source = Instructor(dict.fromkeys(paths, b""))
    assert student.sync(source).counts == {"new": 300}
    source.publish(dict.fromkeys(paths, b"# now with words"))
    assert student.sync(source).counts == {"updated": 300}


def test_more_large_equal_files_than_are_brought_at_once_all_come(student, monkeypatch):
    monkeypatch.setattr("classhub.materials.bringing.AT_ONCE", 2)
    same = b"x" * (SMALL_BYTES + 1)
    source = Instructor({f"{number}.bin": same for number in range(5)})
    assert student.sync(source).counts == {"new": 5}
    assert all(student.read(path) == same for path in source.files)


class BreaksOff(Instructor):
    """Gives one blob, and then no more."""

    gives = b""

    def blobs(self, digests):
        if digest(self.gives) in list(digests):
            yield MemoryBlob(digest(self.gives), self.gives)
        raise Offline("it broke off")


def test_a_source_that_breaks_off_after_a_blocked_path_is_told_as_what_it_is(student, monkeypatch):
    source = BreaksOff({"locked/a.txt": b"a", "lab1.txt": TEXT, "z.txt": b"z"})
    whole = Instructor(source.files, source.blobs_known)
    student.sync(whole)
    student.write("lab1.txt", EDITED)
    news = {"locked/a.txt": b"a", "locked/b.txt": b"b", "lab1.txt": CORRECTED, "z.txt": b"Z"}
    source.publish(news)
    source.gives = CORRECTED
    with monkeypatch.context() as patch:
        refuse(patch, student.path("locked"))
        source.gives = b"b"
        result = student.sync(source)
    assert (result.status, result.error["code"]) == ("partial", "offline")
    assert actions(result) == {"locked/b.txt": "blocked"}
    source.gives = CORRECTED
    student.sync(source)
    whole.publish(news)
    assert actions(student.sync(whole))["lab1.txt"] == "merged"


def test_a_run_that_only_finds_its_copy_beside_has_written_nothing(student, monkeypatch):
    """Where the record cannot be saved, what says that something was done would have the next run follow at once."""
    source = Instructor({"lab1.bin": b"\0one"})
    student.sync(source)
    student.write("lab1.bin", b"\0mine")
    source.put("lab1.bin", b"\0new")
    real = record.write

    def full(folder, name, content):
        if name == record.NAME:
            raise OSError(errno.EDQUOT, "full")
        real(folder, name, content)

    monkeypatch.setattr(record, "write", full)
    first, second = student.sync(source), student.sync(source)
    assert first.bytes == 4 and second.bytes == 0
    assert first.status == second.status == "partial"


def test_the_folder_beside_a_link_is_named_once_for_all_files_below(student, monkeypatch, tmp_path):
    source = Instructor({f"data/{number}.csv": b"1" for number in range(50)})
    student.sync(source)
    elsewhere = tmp_path / "elsewhere"
    student.path("data").rename(elsewhere)
    student.path("data").symlink_to(elsewhere)
    source.publish(dict.fromkeys(source.files, b"2"))
    named, real = [], Run._name_beside
    monkeypatch.setattr(Run, "_name_beside", lambda run, path: named.append(path) or real(run, path))
    assert student.sync(source).counts == {"beside": 50}
    assert named == ["data"]
    assert student.sync(source).bytes == 0


def test_a_record_that_names_what_lies_outside_takes_nothing_away_there(student):
    """As an earlier program may have written it, by the word of a source that lied."""
    source = Instructor({"lab1.txt": TEXT})
    student.sync(source)
    outside = student.home / "diary.txt"
    outside.write_bytes(b"mine")
    folder = disk.open_folder(os.fsencode(student.state))
    try:
        known = record.load(folder, "COMP141")
        known.take("../diary.txt", Entry("file", digest(b"mine"), 4))
        record.save(folder, known)
    finally:
        disk.close(folder)
    assert student.sync(source).status == "done"
    assert outside.read_bytes() == b"mine"


def test_a_notebook_with_many_plots_is_merged(student):
    def notebook(above: str, own: str, plots: str = "") -> bytes:
        image = [{"output_type": "display_data", "data": {"image/png": plots}, "metadata": {}}] if plots else []
        made = [
            {"cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": image, "execution_count": None}
            for name, text in (("above", above), ("own", own))
        ]
        return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

    source = Instructor({"lab1.ipynb": notebook("x = 1", "# yours")})
    student.sync(source, merges=None)
    student.write("lab1.ipynb", notebook("x = 1", "plot(x)", "A" * MERGEABLE_BYTES))
    source.put("lab1.ipynb", notebook("x = 2", "# yours"))
    assert actions(student.sync(source, merges=None)) == {"lab1.ipynb": "merged"}
    assert b"x = 2" in student.read("lab1.ipynb") and b"plot(x)" in student.read("lab1.ipynb")

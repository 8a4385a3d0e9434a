"""A sync that is killed, or whose disk fails, at any call that writes: nothing is lost, and the next one mends everything."""

import errno
import json
import os
from pathlib import Path

import pytest

from classhub.materials import disk, renaming
from doubles.classroom import Instructor, Student
from doubles.histories import regular
from materials.engine.faults import FaultyOs
from materials.engine.situation import BEFORE, assert_all_arrived, assert_nothing_lost, prepare

KILLED = 137
ERRORS = [errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EIO]


def die(*_) -> None:
    os._exit(KILLED)


def sync_in_a_child(source, student, nth: int) -> int:
    """Its exit code: KILLED at the n-th call, or 0 when it ended before that."""
    child = os.fork()
    if child == 0:
        FaultyOs(nth, die).stand_in()
        code = 3
        try:
            code = 0 if student.sync(source).status == "done" else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def homes(tmp_path: Path):
    """As many homes as wanted, each in the same situation."""
    for nth in range(1, 10_000):
        home = tmp_path / str(nth)
        yield nth, *prepare(home)


def assert_mended(source, student: Student) -> None:
    assert_nothing_lost(student)
    result = student.sync(source)
    assert result.status == "done", result
    assert_nothing_lost(student)
    assert_all_arrived(student)
    before = regular(student.course)
    assert set(student.sync(source).counts) <= {"kept", "skipped"}
    assert regular(student.course) == before


def test_a_kill_at_any_call_that_writes_is_mended_by_the_next_sync(in_memory):
    for nth, source, student in homes(in_memory):
        code = sync_in_a_child(source, student, nth)
        assert code in (KILLED, 0)
        assert_mended(source, student)
        if code == 0:
            break
    assert nth > 100


@pytest.fixture(params=["all", "no renameat2", "no hard links either"])
def disk_that_can(request, monkeypatch) -> str:
    def refuse(*_, **__) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    if request.param != "all":
        for name in ("exchange", "to_free"):
            monkeypatch.setattr(renaming, name, lambda *_: False)
    if request.param == "no hard links either":
        monkeypatch.setattr(disk, "link", refuse)
    return request.param


def assert_first_came(source: Instructor, student: Student) -> None:
    assert student.sync(source).status == "done"
    contents = {path: getattr(leaf, "content", leaf) for path, leaf in BEFORE.items() if not hasattr(leaf, "target")}
    assert regular(student.course) == contents
    assert {path.name for path in student.home.iterdir()} == {".classhub", student.course.name}


def test_a_kill_at_any_call_of_the_first_delivery_is_mended(in_memory, disk_that_can):
    for nth in range(1, 1000):
        source, student = Instructor(dict(BEFORE)), Student(in_memory / str(nth))
        code = sync_in_a_child(source, student, nth)
        assert_first_came(source, student)
        if code == 0:
            break
    assert nth > 50


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_an_error_of_the_disk_at_any_call_of_the_first_delivery_is_mended(
    in_memory, monkeypatch, disk_that_can, number
):
    def fail(*_) -> None:
        raise OSError(number, os.strerror(number))

    for nth in range(1, 1000):
        source, student = Instructor(dict(BEFORE)), Student(in_memory / str(nth))
        faulty = FaultyOs(nth, fail)
        with monkeypatch.context() as patch:
            faulty.stand_in(patch.setattr)
            result = student.sync(source)
        assert result.status in ("done", "partial", "failed") and result.error.get("code") != "bug", result
        assert_first_came(source, student)
        if faulty.count < nth:
            break
    assert nth > 50


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_an_error_of_the_disk_at_any_call_stops_one_path_at_most(in_memory, monkeypatch, number):
    def fail(*_) -> None:
        raise OSError(number, os.strerror(number))

    for nth, source, student in homes(in_memory):
        faulty = FaultyOs(nth, fail)
        with monkeypatch.context() as patch:
            faulty.stand_in(patch.setattr)
            result = student.sync(source)
        assert result.status in ("done", "partial", "failed")
        assert result.error.get("code") != "bug", result
        assert "Traceback" not in json.dumps(result.error)
        assert_mended(source, student)
        if faulty.count < nth:
            break
    assert nth > 100


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_a_disk_that_takes_nothing_from_some_call_on_loses_nothing(in_memory, monkeypatch, number):
    """Full at the n-th call and ever after."""

    class Full(FaultyOs):
        def counted(self, name, real):
            call = super().counted(name, real)

            def fails_later(*arguments, **named):
                if self.count + 1 >= self.nth and name not in ("unlink", "rmdir"):
                    self.count += 1
                    raise OSError(number, os.strerror(number))
                return call(*arguments, **named)

            return fails_later

    for nth, source, student in homes(in_memory):
        if nth % 3:
            continue
        faulty = Full(nth, lambda *_: None)
        with monkeypatch.context() as patch:
            faulty.stand_in(patch.setattr)
            result = student.sync(source)
        assert result.error.get("code") != "bug", result
        assert_mended(source, student)
        if faulty.count < nth:
            break

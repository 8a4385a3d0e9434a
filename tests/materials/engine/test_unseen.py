"""A first delivery from open files, in two threads: everything comes, and what goes wrong in one of them is met again and told."""

import errno
import io
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path

import pytest

from classhub.materials import arriving, disk, unseen
from classhub.materials.handed import AT_ONCE
from classhub.materials.manifest import Entry
from classhub.materials.merge import Do
from classhub.materials.open_blob import OpenBlob
from classhub.materials.planning import Job
from doubles.classroom import Instructor, Link, Program, Student, actions, digest
from doubles.histories import regular
from materials.engine.faults import FaultyOs

FILES = {f"week{number % 3}/lab{number}.ipynb": b"%d" % number * 9000 for number in range(40)}
FILES |= {
    "film": b"f" * 1_200_000,
    "copy/film": b"f" * 1_200_000,
    "run.sh": Program(b"#!/bin/sh"),
    "now": Link("film"),
    "empty": b"",
}
CONTENTS = {path: getattr(leaf, "content", leaf) for path, leaf in FILES.items() if path != "now"}
ERRORS = [errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EIO]


class Opening(Instructor):
    """Has its blobs as open files of a folder, too. lacks: digests that it gives in pieces only."""

    lacks: frozenset[str] = frozenset()
    is_whole = True
    before_open = staticmethod(lambda digest: None)

    def __init__(self, files, folder: Path) -> None:
        super().__init__(dict(files))
        self.place, self.threads = folder, set()
        folder.mkdir(exist_ok=True)
        for name, content in self.blobs_known.items():
            (folder / name).write_bytes(content)

    @contextmanager
    def handed(self, wanted):
        yield self._opened

    def _opened(self, groups):
        self.threads.add(threading.current_thread().name)
        for name in (one for group in groups for one in group):
            self.before_open(name)
            if name in self.lacks:
                continue
            descriptor = os.open(self.place / name, os.O_RDONLY)
            try:
                yield OpenBlob(name, descriptor, os.fstat(descriptor).st_size, self.is_whole)
            finally:
                os.close(descriptor)


@pytest.fixture(autouse=True)
def much_time_and_a_free_processor(monkeypatch):
    """Nothing is shown, and goes on in sight, because the machine is busy; and there are two threads."""
    monkeypatch.setattr(arriving, "SHOWN_AFTER_S", 120)
    monkeypatch.setattr(unseen, "_at_work", lambda: 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def source(in_memory):
    return Opening(FILES, in_memory / "blobs")


@pytest.fixture
def student(in_memory):
    return Student(in_memory / "home")


def left_open(below: Path) -> list[str]:
    """By this process."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(one.readlink()))
    return [path for path in found if path.startswith(f"{below}/")]


def assert_all_there(student: Student) -> None:
    assert regular(student.course) == CONTENTS and student.path("now").is_symlink()
    assert os.access(student.path("run.sh"), os.X_OK) and not os.access(student.path("film"), os.X_OK)
    assert {path.name for path in student.home.iterdir()} == {".classhub", "COMP141"}
    assert not left_open(student.home.parent) and unseen.NAME not in [one.name for one in threading.enumerate()]


def test_two_threads_bring_all_of_it(source, student):
    result = student.sync(source)
    assert result.status == "done" and set(actions(result)) == set(FILES)
    assert set(actions(result).values()) == {"new"} and result.bytes == sum(map(len, [*CONTENTS.values(), "film"]))
    assert len(source.threads) == min(2, os.cpu_count() or 1) and source.asked == []
    assert_all_there(student)
    again = student.sync(source)
    assert (again.items, again.same) == ((), len(FILES))


def test_a_small_course_is_worth_no_thread(student, in_memory):
    source = Opening({"a": b"a", "b": b"b"}, in_memory / "blobs")
    student.sync(source)
    assert source.threads == {threading.current_thread().name} and student.files() == {"a": b"a", "b": b"b"}


@pytest.mark.parametrize(("at_work", "threads"), [(1, 2), (2, 2), (3, 1), (100, 1)])
def test_a_second_thread_needs_a_processor(source, student, monkeypatch, at_work, threads):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(unseen, "_at_work", lambda: at_work)
    assert student.sync(source).status == "done" and len(source.threads) == threads
    assert_all_there(student)


def test_how_many_want_a_processor_is_what_the_kernel_says(monkeypatch):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        until = time.monotonic() + 60
        while AT_WORK() < 3:
            assert time.monotonic() < until
    finally:
        for one in busy:
            one.kill()
            one.wait()
    monkeypatch.setattr("builtins.open", lambda *_: io.StringIO("odd"))
    assert AT_WORK() == 1


AT_WORK = unseen._at_work


def test_where_no_thread_can_be_had_one_brings_all(source, student, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert student.sync(source).status == "done" and source.asked == []
    assert_all_there(student)


def test_what_is_not_opened_comes_in_pieces(source, student):
    source.lacks = frozenset(list(source.blobs_known)[::2])
    assert student.sync(source).status == "done"
    assert set(source.asked[0]) <= source.lacks
    assert_all_there(student)


def test_what_nobody_has_compared_with_its_digest_is_compared(source, student):
    source.is_whole = False
    assert student.sync(source).status == "done"
    assert_all_there(student)


def test_where_the_kernel_cannot_copy_it_comes_in_pieces(source, student, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "not between these")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    assert student.sync(source).status == "done"
    assert_all_there(student)


def test_what_takes_long_goes_on_in_sight(source, student, monkeypatch):
    monkeypatch.setattr(arriving, "SHOWN_AFTER_S", 0.2)
    source.before_open = lambda digest: time.sleep(0.05)
    seen = []
    source.before_blob = lambda count, digest: seen.append(student.course.exists())
    assert student.sync(source).status == "done"
    assert seen and all(seen[1:])
    assert_all_there(student)


@pytest.mark.parametrize("in_thread", [True, False])
def test_a_mistake_of_ours_in_a_thread_is_told(source, student, in_thread):
    main = threading.current_thread()
    both, here = threading.Barrier(2, timeout=60), threading.local()

    def fail(_):
        if not hasattr(here, "is_known"):  # neither may take all before the other begins
            here.is_known = True
            both.wait()
        if (threading.current_thread() is not main) == in_thread:
            raise ZeroDivisionError

    source.before_open = fail
    result = student.sync(source)
    assert result.error["code"] == "bug" and "ZeroDivisionError" in result.error["text"]
    source.before_open = lambda _: None
    assert student.sync(source).status == "done"
    assert_all_there(student)


def test_a_path_that_cannot_be_written_waits_alone(source, student, monkeypatch):
    opens = os.open

    def refuse(path, *given, **more):
        if path == b"lab7.ipynb":
            raise OSError(errno.EIO, "no")
        return opens(path, *given, **more)

    monkeypatch.setattr(os, "open", refuse)
    result = student.sync(source)
    assert [path for path, action in actions(result).items() if action == "blocked"] == ["week1/lab7.ipynb"]
    assert result.status == "partial"
    assert regular(student.course) == {
        path: content for path, content in CONTENTS.items() if path != "week1/lab7.ipynb"
    }


def test_a_kill_at_any_call_is_mended(in_memory):
    for nth in range(1, 1000):
        source, student = Opening(FILES, in_memory / "blobs"), Student(in_memory / str(nth) / "home")
        child = os.fork()
        if child == 0:
            FaultyOs(nth, lambda *_: os._exit(137)).stand_in()
            os._exit(0 if student.sync(source).status == "done" else 2)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (137, 0) and student.sync(source).status == "done"
        assert_all_there(student)
        if code == 0:
            break
    assert nth > 100


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_an_error_of_the_disk_at_any_call_is_mended(in_memory, monkeypatch, number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    for nth in range(1, 1000, 3):
        source, student = Opening(FILES, in_memory / "blobs"), Student(in_memory / str(nth) / "home")
        faulty = FaultyOs(nth, fail)
        with monkeypatch.context() as patch:
            faulty.stand_in(patch.setattr)
            result = student.sync(source)
        assert result.status in ("done", "partial", "failed") and result.error.get("code") != "bug", result
        assert student.sync(source).status == "done"
        assert_all_there(student)
        if faulty.count < nth:
            break
    assert nth > 100


def test_a_file_of_another_size_is_not_taken_for_whole(source, student):
    (source.place / digest(CONTENTS["film"])).write_bytes(CONTENTS["film"] + b"more")
    result = student.sync(source)
    assert result.status == "done" and source.asked, "it came in pieces"
    assert_all_there(student)


def test_where_the_kernel_cannot_copy_each_file_is_made_once(source, student, monkeypatch):
    made, real = [], disk.create
    monkeypatch.setattr(disk, "copy", lambda *_: False)
    monkeypatch.setattr(disk, "create", lambda *given: [made.append(given[1]), real(*given)][-1])
    assert student.sync(source).status == "done" and source.asked == []
    assert len([name for name in made if name.startswith(b"lab")]) == 40
    assert_all_there(student)


def test_a_large_file_keeps_nobody_waiting(source, student, monkeypatch):
    monkeypatch.setattr(unseen, "LARGEST", 500_000)
    seen = []
    source.before_blob = lambda count, digest: seen.append(
        set(regular(student.course)) if student.course.exists() else None
    )
    source.lacks = frozenset([digest(CONTENTS["film"])])
    assert student.sync(source).status == "done"
    assert seen[0] is None, "asked for"
    assert_all_there(student)


def test_what_can_neither_be_written_nor_removed_is_never_shown(source, student, monkeypatch):
    refused = []

    def refuse(name, *given, **more):
        if name == b"film" and len(refused) < 2:
            refused.append(name)
            raise OSError(errno.EIO, "no")
        return unlink(name, *given, **more)

    def half(source, new, *where):
        if os.fstat(source).st_size == 1_200_000 and not refused:
            os.write(new, b"half")
            raise OSError(errno.EIO, "no")
        return copy(source, new, *where)

    unlink, copy = os.unlink, disk.copy
    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(disk, "copy", half)
    assert student.sync(source).status == "done" and len(refused) == 2
    assert regular(student.course) == CONTENTS
    assert len(list(student.home.glob(".classhub-*"))) == 0, "and the next look at it removed what was left"


@pytest.mark.parametrize("count", [1, 9, 10, 25, 400])
def test_two_threads_share_all_of_it_and_end_together(count):
    jobs = [Job(str(number), Entry("file", f"{number:064}", 1), Do.DELIVER) for number in range(count)]
    work = unseen._Work(jobs, 2)
    one, other = work.groups(), work.groups()
    taken = [group for pair in zip_longest(one, other, fillvalue=()) for group in pair if group]
    assert [digest for group in taken for digest in group] == list(work.jobs)
    assert (
        max(map(len, taken)) <= unseen.MANY <= AT_ONCE and len(taken[0]) <= unseen.FEW and len(taken[-1]) <= unseen.FEW
    )

"""What only several processes, other users or the interpreter itself can show."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from doubles.classroom import Instructor, Student
from doubles.histories import regular
from materials.engine.faults import FaultyOs
from materials.engine.situation import assert_all_arrived, assert_nothing_lost, prepare


def in_a_child(action) -> int:
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = action()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_two_syncs_at_once_lose_nothing_and_both_end(in_memory):
    for number in range(10):
        source, student = prepare(in_memory / str(number))
        codes = [in_a_child(lambda: ["done", "busy"].index(student.sync(source).status)) for _ in range(2)]  # noqa: B023
        assert set(map(ended, codes)) <= {0, 1}
        assert_nothing_lost(student)
        assert_all_arrived(student)


def test_a_second_sync_says_busy_and_leaves_the_record_to_the_first(in_memory):
    from classhub.materials import session

    student = Student(in_memory / "home")
    source = Instructor({"a": b"a"})
    results = []

    def meanwhile(count, digest):
        session.WAIT_S, before = 0.0, session.WAIT_S
        results.append(student.sync(Instructor({"b": b"b"})))
        session.WAIT_S = before

    source.before_blob = meanwhile
    assert student.sync(source).status == "done" and results[0].status == "busy"
    assert json.loads((student.state / "result.json").read_text())["status"] == "done"
    assert student.files() == {"a": b"a"}


WRITES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "os.utime",
    "shutil.",
)


def test_nothing_is_written_past_the_calls_that_are_counted(in_memory, monkeypatch):
    source, student = prepare(in_memory / "home")
    faulty = FaultyOs(-1, lambda *_: None)
    strangers: list[str] = []
    watching = [True]

    def hook(event: str, arguments) -> None:
        if not watching[0] or faulty.inside:
            return
        is_write = event.startswith(WRITES) or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        if is_write and not str(arguments[0]).endswith(".pyc"):
            strangers.append(f"{event} {arguments[:2]}")

    faulty.stand_in(monkeypatch.setattr)
    sys.addaudithook(hook)
    try:
        student.sync(source)
    finally:
        watching[0] = False
    assert not [one for one in strangers if "__pycache__" not in one] and faulty.count > 100


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="plays another user, which only root can")


def as_nobody(home: Path, action) -> int:
    for place in (home, *home.rglob("*")):
        os.chown(place, 65534, 65534, follow_symlinks=False)
    home.parent.chmod(0o755)

    def play() -> int:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        return action()

    return ended(in_a_child(play))


@needs_root
def test_a_folder_that_the_student_made_read_only_is_written_and_stays_read_only(in_memory):
    student, source = Student(in_memory / "home"), Instructor({"week/a": b"a", "week/gone": b"g", "week/mine": b"\0m"})
    student.sync(source)
    student.write("week/mine", b"\0my own")
    source.publish({"week/a": b"b", "week/new": b"n", "week/mine": b"\0new"})
    student.path("week").chmod(0o555)
    assert as_nobody(student.home, lambda: int(student.sync(source).status != "done")) == 0
    assert {b"b", b"n", b"\0my own", b"\0new"} == set(student.files().values())
    assert stat.S_IMODE(student.path("week").stat().st_mode) == 0o555


@needs_root
def test_a_folder_of_somebody_else_blocks_its_paths_alone(in_memory):
    student, source = Student(in_memory / "home"), Instructor({"a": b"a", "week/a": b"a"})
    student.sync(source)
    source.publish({"a": b"b", "week/a": b"b"})

    def play() -> int:
        result = student.sync(source)
        expected = {("a", "updated", ""), ("week/a", "blocked", "its permissions do not allow it")}
        return int(result.status != "partial" or {(one.path, one.action, one.why) for one in result.items} != expected)

    for place in (student.home, *student.home.rglob("*")):
        if place.name != "week":
            os.chown(place, 65534, 65534)
    in_memory.chmod(0o755)
    child = in_a_child(lambda: [os.setgroups([]), os.setgid(65534), os.setuid(65534), play()][-1])
    assert ended(child) == 0
    assert student.read("a") == b"b" and student.read("week/a") == b"a"


@needs_root
def test_an_unreadable_file_is_kept_and_the_new_one_lies_beside(in_memory):
    student, source = Student(in_memory / "home"), Instructor({"a.txt": b"a"})
    student.sync(source)
    student.write("a.txt", b"mine").chmod(0)
    source.put("a.txt", b"b")
    assert as_nobody(student.home, lambda: int(student.sync(source).status != "done")) == 0
    assert set(regular(student.course).values()) == {b"mine", b"b"} and student.read("a.txt") == b"mine"


@needs_root
@pytest.mark.parametrize("mode", [0o555, 0o500, 0])
def test_a_read_only_folder_of_our_own_is_made_usable(in_memory, mode):
    student, source = Student(in_memory / "home"), Instructor({"a": b"a"})
    student.sync(source)
    source.put("a", b"b")
    (student.home / ".classhub").chmod(mode)
    student.state.chmod(mode)
    assert as_nobody(student.home, lambda: int(student.sync(source).status != "done")) == 0
    assert student.read("a") == b"b"


@needs_root
def test_a_home_that_nothing_can_be_written_to_is_a_result(in_memory):
    student, source = Student(in_memory / "home"), Instructor({"a": b"a"})

    def play() -> int:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        result = student.sync(source)
        return int((result.status, result.error["code"]) != ("failed", "disk"))

    in_memory.chmod(0o755)
    assert ended(in_a_child(play)) == 0

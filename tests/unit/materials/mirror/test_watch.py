"""A course is looked at by its timer and when asked; one that fails is asked more seldom and harms no other."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from classhub.materials.mirror import watch
from classhub.materials.mirror.publish import Look, Looking
from classhub.materials.mirror.settings import Course, Source
from classhub.materials.mirror.store import Store
from classhub.materials.mirror.watch import LONGEST_S, CourseWatch, Watch, wait_s


def eventually(check: Callable[[], bool], within_s: float = 120) -> None:
    until = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "APART_S", 0.01)


def course(tmp_path: Path, name: str, every_s: float = 3600) -> Course:
    (tmp_path / name).mkdir(exist_ok=True)
    return Course(name, source=Source("folder", str(tmp_path / name), every_s=every_s))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("every_s", "failures", "wanted"),
    [(60, 0, 60), (60, 1, 120), (60, 3, 480), (60, 9, LONGEST_S), (60, 10**6, LONGEST_S), (86400, 5, 86400)],
)
def test_a_source_that_fails_is_looked_at_more_seldom(every_s: float, failures: int, wanted: float) -> None:
    assert wait_s(every_s, failures) == wanted


def test_courses_are_published_by_the_timer_and_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("1")
    told: list[str] = []
    store = tmp_path / "store"
    made = Watch(store, [course(tmp_path, "a"), Course("empty")], told.append)
    made.start()
    try:
        eventually(lambda: Store(store / "a").current_name() != "")
        (tmp_path / "a" / "x").write_text("2")
        assert made.look_now("a")
        eventually(lambda: len(Store(store / "a").names()) == 2)
        assert not made.look_now("empty")
        assert not made.look_now("../a")
        eventually(lambda: len(told) == 2)
    finally:
        made.stop()
    assert [line.split("-")[0] for line in told] == ["a: release 1", "a: release 2"]


def test_a_timer_alone_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("1")
    made = Watch(tmp_path / "store", [course(tmp_path, "a", every_s=0.02)], lambda _: None)
    made.start()
    try:
        eventually(lambda: Store(tmp_path / "store" / "a").current_name() != "")
        (tmp_path / "a" / "x").write_text("2")
        eventually(lambda: len(Store(tmp_path / "store" / "a").names()) == 2)
    finally:
        made.stop()


class Scripted(Looking):
    """What comes of each look; the last for ever."""

    looks: list[Look | Exception]
    at_once = 0
    most_at_once = 0
    seen: list[float]

    def look(self, reader: object = None) -> Look:
        found = self.looks[min(len(self.seen), len(self.looks) - 1)]
        self.seen.append(time.monotonic())
        if isinstance(found, Exception):
            raise found
        return found


def scripted(tmp_path: Path, *looks: Look | Exception) -> Scripted:
    made = Scripted(course(tmp_path, "a", every_s=0.01), Store(tmp_path / "store" / "a"))
    object.__setattr__(made, "looks", list(looks))
    object.__setattr__(made, "seen", [])
    return made


def test_each_reason_is_told_once_and_that_it_is_over(tmp_path: Path) -> None:
    away = Look("unavailable", reason="The host does not answer.")
    told: list[str] = []
    looking = scripted(tmp_path, Look("same"), away, away, away, Look("same"), Look("same"))
    one = CourseWatch(looking, told.append)
    one.start()
    eventually(lambda: len(looking.seen) > 7)
    one.stop()
    assert told == ["a: The host does not answer.", "a: the source is there again."]


def test_the_waits_grow_while_it_fails(tmp_path: Path) -> None:
    looking = scripted(tmp_path, Look("unavailable", reason="Away."))
    one = CourseWatch(looking, lambda _: None)
    one.start()
    eventually(lambda: len(looking.seen) > 6)
    one.stop()
    waits = [after - before for before, after in pairwise(looking.seen)]
    asked = [wait_s(0.01, failures) for failures in range(1, 7)]  # a busy machine makes them longer, never shorter
    assert all(wait > 0.9 * least for wait, least in zip(waits, asked, strict=False)), waits


def test_no_failure_ends_the_looking(tmp_path: Path) -> None:
    told: list[str] = []
    failures = [OSError(28, "No space left on device"), RuntimeError("secret"), Look("published", "1-abcdef0")]
    looking = scripted(tmp_path, *failures)
    one = CourseWatch(looking, told.append)
    one.start()
    eventually(lambda: len(looking.seen) > 4)
    one.stop()
    assert told[:3] == [
        "a: The store's disk does not let us: No space left on device.",
        "a: A bug of ours: RuntimeError.",
        "a: release 1-abcdef0 is published.",
    ]


def test_a_slow_source_keeps_no_other_course_waiting(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_text("1")
    made = Watch(tmp_path / "store", [course(tmp_path, "a"), course(tmp_path, "b")], lambda _: None)
    with Store(tmp_path / "store" / "a").locked():
        made.start()
        try:
            eventually(lambda: Store(tmp_path / "store" / "b").current_name() != "", within_s=18)
        finally:
            made.stop(0.1)


def test_the_damage_of_one_course_ends_no_thread_and_is_told_to_staff(tmp_path: Path) -> None:
    looking = scripted(tmp_path, Look("same"))

    def damaged(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"x", 0, 1, "invalid start byte")

    looking.store.sweep = damaged  # type: ignore[method-assign]
    one = CourseWatch(looking, lambda _: None, damaged)
    one.start()
    eventually(lambda: len(looking.seen) > 3)
    one.stop()
    assert looking.store.status()["reason"] == "A bug of ours: UnicodeDecodeError."


def test_a_full_disk_is_told_to_staff(tmp_path: Path) -> None:
    looking = scripted(tmp_path, OSError(28, "No space left on device"))
    one = CourseWatch(looking, lambda _: None)
    one.start()
    eventually(lambda: len(looking.seen) > 1)
    one.stop()
    assert looking.store.status()["reason"] == "The store's disk does not let us: No space left on device."


def test_a_source_that_cannot_be_read_is_not_the_store_s_disk(tmp_path: Path) -> None:
    class Broken:
        def look(self, store: Store, seen: object) -> None:
            raise PermissionError(13, "Permission denied", "/elsewhere/a")

    found = Looking(course(tmp_path, "a"), Store(tmp_path / "store" / "a")).look(Broken())
    assert (found.what, found.reason) == ("unavailable", "The source cannot be read: Permission denied.")

"""The thread that brings material, with a sync that does what the test says."""

import logging
import threading

import pytest

from classhub.materials import orders
from classhub.materials.result import Item, Result
from classhub.materials.source import Offline
from classhub.server import courier as couriers
from classhub.server.courier import Courier
from classhub.server.courses import Course


class Origin:
    """Two courses; `away` makes it answer nothing."""

    def __init__(self):
        self.listed = (Course("comp141", "COMP 141", release="r1"), Course("math101", release="r1"))
        self.away = False
        self.told = []

    def courses(self):
        if self.away:
            raise Offline("Nothing answers.")
        return self.listed

    def source(self, course):
        return course

    def report(self, result):
        self.told.append(result)
        return True

    def course_of(self, repository):
        return None


class Syncs:
    """Stands for the engine: what it was called with, and what it answers."""

    def __init__(self):
        self.calls = []
        self.answer = lambda course, first: Result(course, "done")

    def __call__(self, source, home, course, *, folder, first, only_first, budget_s):
        assert only_first == bool(first)
        self.calls.append((course, tuple(first)))
        return self.answer(course, first)


@pytest.fixture
def origin():
    return Origin()


@pytest.fixture
def syncs():
    return Syncs()


@pytest.fixture
def courier(origin, syncs, tmp_path):
    return Courier(origin, tmp_path, syncs, logging.Logger("test"), 30)


def everything(courier):
    courier.jobs.everything()
    courier.turn(0)


def test_all_courses_are_synced_and_told_to_staff(courier, origin, syncs):
    everything(courier)
    assert syncs.calls == [("comp141", ()), ("math101", ())]
    assert [one.course for one in origin.told] == ["comp141", "math101"]


def test_a_look_without_news_syncs_nothing_and_a_new_release_only_its_course(courier, origin, syncs):
    everything(courier)
    syncs.calls.clear()
    courier.turn(0)
    assert syncs.calls == []
    origin.listed = (Course("comp141", release="r2"), origin.listed[1])
    courier.turn(0)
    assert syncs.calls == [("comp141", ())]


def test_one_course_that_breaks_stops_no_other(courier, syncs):
    def answer(course, first):
        if course == "comp141":
            raise RuntimeError("a bug")
        return Result(course, "done")

    syncs.answer = answer
    everything(courier)
    assert courier.state.snapshot().of("math101").result.status == "done"
    broken = courier.state.snapshot().of("comp141")
    assert broken.result is None and not broken.running


def test_a_sync_that_pauses_goes_on_and_a_waiting_file_comes_between(courier, syncs):
    answers = iter(["partial", "partial", "partial", "done"])
    same = iter(range(9))

    def answer(course, first):
        if first:
            return Result(course, "done")
        count = next(same)
        courier.jobs.bring("comp141", f"{count}.ipynb")
        return Result(course, next(answers, "done"), bytes=5, same=count, items=(Item("a", "new"),))

    syncs.answer = answer
    everything(courier)
    paths = [(), ("0.ipynb",), (), ("1.ipynb",), (), ("2.ipynb",), ()]
    assert syncs.calls[:7] == [("comp141", path) for path in paths]


def test_what_the_first_slice_of_a_sync_did_is_told_at_its_end(courier, origin, syncs):
    """To her, to her open tabs, to staff; and a merged file is looked at again soon, as she may have saved over it."""
    did = [Item("a.ipynb", "beside", "a.new-1234567.ipynb"), Item("b.ipynb", "merged")]
    slices = [
        Result("comp141", "partial", bytes=5, items=tuple(did), error={"code": "budget"}),
        Result("comp141", "done", bytes=5, items=(Item("a.ipynb", "kept"), Item("c.ipynb", "new"))),
    ]
    syncs.answer = lambda course, first: slices.pop(0) if course == "comp141" else Result(course, "done")
    everything(courier)
    seen = courier.state.snapshot().of("comp141")
    assert seen.result == seen.told == origin.told[0] and seen.result.items == (*did, Item("c.ipynb", "new"))
    assert courier._due._last["comp141"].again <= courier._due._last["comp141"].when + 30


@pytest.mark.parametrize("code, tries", [("space", 1), ("disk", 1), ("budget", 2)])
def test_a_sync_that_writes_and_settles_nothing_is_left_for_later(courier, syncs, code, tries):
    """As where the record of what was brought cannot be saved."""
    items = (Item("a", "beside"), Item("b", "blocked"))
    syncs.answer = lambda course, first: Result(course, "partial", bytes=5, same=7, items=items, error={"code": code})
    everything(courier)
    assert syncs.calls == [("comp141", ())] * tries + [("math101", ())] * tries


def test_an_order_that_cannot_be_done_stops_no_other(courier, tmp_path):
    answers = []
    for path in ("a.md", "b.md"):
        (tmp_path / ".classhub" / "comp141").mkdir(parents=True, exist_ok=True)
        answers.append(orders.place(tmp_path, "comp141", path))
    (answers[0] / "x").mkdir(parents=True)
    courier.turn(0)
    assert answers[1].is_file() and list(orders.waiting(tmp_path)) == []


def test_a_sync_that_makes_no_progress_is_left_for_later(courier, syncs):
    syncs.answer = lambda course, first: Result(course, "partial")
    everything(courier)
    assert syncs.calls == [("comp141", ()), ("math101", ())]


def test_while_the_mirror_is_away_nothing_is_tried_and_the_reason_is_kept(courier, origin, syncs):
    everything(courier)
    origin.away = True
    syncs.calls.clear()
    everything(courier)
    now = courier.state.snapshot()
    assert now.away == "Nothing answers." and syncs.calls == []
    assert [one.course.name for one in now.courses] == ["comp141", "math101"]
    origin.away = False
    everything(courier)
    assert not courier.state.snapshot().away


def test_the_courses_are_remembered_for_a_start_without_the_mirror(courier, origin, syncs, tmp_path):
    everything(courier)
    origin.away = True
    later = Courier(origin, tmp_path, syncs, logging.Logger("test"), 30)
    thread = threading.Thread(target=lambda: (later._guarded(later._remember), everything(later)))
    thread.start()
    thread.join()
    assert [one.course.called for one in later.state.snapshot().courses] == ["COMP 141", "math101"]


def test_a_home_that_takes_no_list_stops_nothing(courier, syncs, tmp_path):
    (tmp_path / ".classhub").write_text("mine")
    everything(courier)
    assert len(syncs.calls) == 2 and (tmp_path / ".classhub").read_text() == "mine"


def test_what_was_told_stays_until_there_is_other_news(courier, syncs):
    syncs.answer = lambda course, first: Result(course, "done", items=(Item("a.txt", "new"),), message="1 new")
    everything(courier)
    syncs.answer = lambda course, first: Result(course, "done", items=(Item("b.txt", "kept"),))
    everything(courier)
    now = courier.state.snapshot().of("comp141")
    assert now.told.message == "1 new" and now.result.items[0].action == "kept"


def test_a_job_ends_even_when_the_sync_breaks(courier, syncs):
    def answer(course, first):
        raise MemoryError

    syncs.answer = answer
    job = courier.jobs.bring("comp141", "a.txt")
    courier.turn(0)
    assert job.done.is_set() and job.result is None


def test_the_same_result_is_told_to_staff_once(courier, origin):
    everything(courier)
    everything(courier)
    assert len(origin.told) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_thread_looks_by_itself_at_its_start_and_outlives_a_bug(courier, origin, syncs, monkeypatch):
    monkeypatch.setattr(couriers.pace, "pause_s", lambda *given: 0.01)
    monkeypatch.setattr(courier._due, "next_in_s", lambda now: 0.01)
    looks = iter([RuntimeError("a bug"), None, SystemExit])  # the last one ends the thread

    def courses():
        error = next(looks)
        if error:
            raise error
        return origin.listed

    origin.courses = courses
    thread = courier.start()
    assert thread.daemon
    thread.join(30)
    assert syncs.calls == [("comp141", ()), ("math101", ())] and not thread.is_alive()

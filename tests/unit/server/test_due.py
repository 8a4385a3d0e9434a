"""When a course is synced again."""

import pytest

from classhub.materials.result import Result
from classhub.server import pace
from classhub.server.due import BUSY_S, Due

EVERY_S = 30.0


def result(status):
    return Result("comp141", status)


@pytest.fixture
def due():
    return Due(EVERY_S)


def test_a_course_that_was_never_synced_is_due_and_a_new_release_is_too(due):
    assert due.is_due("comp141", "r1", 0)
    due.synced("comp141", "r1", result("done"), 0)
    assert not due.is_due("comp141", "r1", 1)
    assert due.is_due("comp141", "r2", 1)


def test_all_is_looked_at_now_and_then_without_a_reason(due):
    due.synced("comp141", "r1", result("done"), 0)
    assert not due.is_due("comp141", "r1", pace.FULL_EVERY_S - 1)
    assert due.is_due("comp141", "r1", pace.FULL_EVERY_S)


def test_a_failure_is_tried_again_soon_then_more_rarely_and_never_too_rarely(due):
    pauses = []
    for status in ["failed", "partial", "offline", None, *["failed"] * 10]:
        due.synced("comp141", "r1", result(status) if status else None, 0)
        pauses.append(due.next_in_s(0))
    assert EVERY_S <= pauses[0] <= 3 * EVERY_S
    assert pauses[3] > pauses[0] and max(pauses) <= 1.2 * pace.RAREST_S
    due.synced("comp141", "r1", result("done"), 0)
    due.synced("comp141", "r1", result("failed"), 0)
    assert due.next_in_s(0) <= 3 * EVERY_S, "a success makes failures forgotten"


def test_another_server_of_the_same_student_is_waited_for_briefly(due):
    due.synced("comp141", "r1", result("busy"), 100)
    assert due.is_due("comp141", "r1", 100 + BUSY_S)


def test_a_release_time_is_a_reason_to_look(due):
    due.synced("comp141", "r1", result("done"), 0, opens_in_s=40)
    assert not due.is_due("comp141", "r1", 40)
    assert due.is_due("comp141", "r1", 41)


def test_looks_are_spread_by_chance():
    assert [round(pace.pause_s(30, 0, lambda chance=chance: chance)) for chance in (0.0, 0.5, 1.0)] == [24, 30, 36]
    assert pace.pause_s(30, 99, lambda: 0.5) == pace.RAREST_S
    assert pace.pause_s(3600, 3, lambda: 0.5) == 3600

"""status, records, usage, doctor, opening, following."""

from dataclasses import replace

import pytest

from classhub.errors import NotRunning, OutsideFailed
from classhub.operations import doctor, following, opening, records, usage
from classhub.operations.status import advice, needs_hub, status
from classhub.operations.up import carry_out, prepare
from classhub.plan.checks import Check
from classhub.plan.records import Kind, Record
from classhub.plan.running import Part, Running, Server, State


@pytest.fixture
def running(target, folder):
    """A hub that runs."""
    return carry_out(target, prepare(target, folder, {}), str, timeout_s=1)


def test_where_nothing_ever_ran_the_state_is_stopped(target):
    assert status(target) == Running(State.STOPPED, "")


def test_a_stopped_hub_is_not_there_to_be_asked(target):
    with pytest.raises(NotRunning, match="classhub up"):
        needs_hub(target)


FAILING = Part("hub", State.FAILING, reason="disk full.")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Running(State.FAILING, "x", (FAILING,)), "keeps failing: disk full. Next: `classhub logs hub`."),
        (Running(State.RUNNING, "x", supervised=False), "`classhub up` adopts them."),
        (Running(State.STOPPED, "", servers=(Server("alice"),)), "`classhub down`."),
        (Running(State.RUNNING, "x", notes=("People enter by invitation.",)), "People enter by invitation."),
    ],
)
def test_what_needs_a_hand_is_said_with_the_next_command(seen, said):
    (line,) = advice(seen)
    assert line.endswith(said)


def test_a_healthy_hub_needs_no_advice(running):
    assert advice(running) == []


def test_only_the_newest_lines_are_read(target, running):
    target.logs["hub"] = [Record(str(number)) for number in range(10)]
    assert [record.text for record in records.last(target, "hub", Kind.LOGS, 3)] == ["7", "8", "9"]
    assert len(records.last(target, "hub", Kind.LOGS, 0)) == 10


def test_following_begins_with_the_newest_lines(target, running):
    target.logs["hub"] = [Record(str(number)) for number in range(10)]
    following_it = records.follow(target, "hub", Kind.LOGS, 2)
    assert [next(following_it).text, next(following_it).text] == ["8", "9"]


def test_no_event_is_no_failure(target):
    assert records.last_event(target, "nobody") is None


def test_usage_is_a_difference_with_most_memory_first(target, running):
    target.start_server("alice@college.edu")
    loads, _ = usage.sample(target, seconds=0.01)
    assert loads[0].name == "alice@college.edu"
    assert loads[0].cores == 0.0
    assert next(load for load in loads if load.kind == "machine").cores is None


def test_doctor_says_what_the_target_found(target, folder, running):
    target.found = [Check("uid walls", "The interpreter cannot be read by students.", "chmod o+x /root")]
    found = doctor.checks(target, folder, {})
    assert [check.name for check in found] == ["Python", "config/", "hub", "uid walls"]
    assert [check.ok for check in found] == [True, True, True, False]


def test_doctor_names_the_first_mistake(target, folder):
    (folder / "config.yaml").write_text("hubb: {}\n")
    check = next(check for check in doctor.checks(target, folder, {}) if check.name == "config/")
    assert "hubb" in check.problem and check.fix


def test_doctor_sees_a_failing_hub(target, folder, running):
    target.parts["hub"] = replace(target.parts["hub"], state=State.FAILING, reason="disk full")
    check = next(check for check in doctor.checks(target, folder, {}) if check.name == "hub")
    assert (check.problem, check.fix) == ("The hub keeps failing: disk full.", "`classhub logs hub`.")


@pytest.mark.parametrize(
    ("environ", "platform", "screen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "x"}, "darwin", False),
    ],
)
def test_a_browser_opens_only_where_there_is_a_screen(environ, platform, screen):
    assert opening.has_screen(environ, platform) is screen


def test_following_tells_and_ends_with_the_hub(target, running):
    told = []
    target.saying = ["The hub was started again."]
    target.stop(keep_servers=False)
    following.follow(target, told.append)
    assert told == ["The hub was started again."]


def test_following_says_when_only_the_supervisor_is_gone(target, running, monkeypatch):
    monkeypatch.setattr(following, "SETTLING_S", 0)
    with pytest.raises(OutsideFailed, match="classhub up"):
        following.follow(target, str)

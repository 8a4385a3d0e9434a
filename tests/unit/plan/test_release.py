"""Which steps lead to a release and back: none where nothing is to do, and never fewer than what an interruption left."""

import pytest

from classhub.plan import release
from classhub.plan.conflict import Conflict
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.objects import ObjectChange
from classhub.plan.recovery import Left
from classhub.plan.release import (
    BACK_UP,
    CHECK,
    FIND_COPY,
    RESTORE,
    ROLL_BACK,
    START,
    STOP_HUB,
    TAKE_OVER,
    TRY,
    UPGRADE,
    WAIT,
)
from classhub.plan.running import Part, Running, Server, State

CHANGE = ObjectChange("Deployment", "hub", "change", ())
CONFLICT = Conflict("kubectl-edit", "Service", "hub", ".spec.ports")


def running(state=State.RUNNING, *, objects=(), conflicts=()):
    dry = DryRun({}, InForce({}, None), objects=objects, conflicts=conflicts)
    parts = (Part("hub", state), Part("proxy", State.RUNNING))
    return Running(
        state, "http://hub.college.edu/", revision=4, dry=dry, parts=parts, servers=(Server("alice@college.edu"),)
    )


def steps(plan):
    return [step.do for step in plan.steps]


@pytest.mark.parametrize(
    ("now", "left", "take_over", "wanted"),
    [
        (None, Left.NOTHING, False, [UPGRADE, WAIT, CHECK]),
        (running(), Left.NOTHING, False, []),
        (running(objects=(CHANGE,)), Left.NOTHING, False, [BACK_UP, UPGRADE, WAIT, CHECK]),
        (running(State.STARTING), Left.NOTHING, False, [WAIT, CHECK]),
        (running(State.FAILING), Left.NOTHING, False, [WAIT, CHECK]),
        (running(State.STOPPED), Left.NOTHING, False, [START, WAIT, CHECK]),
        (running(), Left.UNCHECKED, False, [WAIT, CHECK]),
        (running(), Left.FAILED, False, [BACK_UP, UPGRADE, WAIT, CHECK]),
        (running(conflicts=(CONFLICT,)), Left.NOTHING, False, []),
        (running(conflicts=(CONFLICT,)), Left.NOTHING, True, [BACK_UP, TAKE_OVER, UPGRADE, WAIT, CHECK]),
        (running(), Left.NOTHING, True, []),
    ],
)
def test_the_steps_of_a_deploy(now, left, take_over, wanted):
    assert steps(release.plan(now, {}, what="classhub deploy", left=left, take_over=take_over)) == wanted


def test_a_trial_is_one_step_more_even_where_nothing_changes():
    assert steps(release.plan(running(), {}, what="classhub deploy", trial=True)) == [TRY]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, [STOP_HUB, RESTORE, ROLL_BACK, WAIT, CHECK]),
        ({"hub_runs_on": True}, [ROLL_BACK, WAIT, CHECK]),
        ({"back_up": True}, [BACK_UP, STOP_HUB, RESTORE, ROLL_BACK, WAIT, CHECK]),
        ({"database": True, "back_up": True}, [FIND_COPY, BACK_UP, STOP_HUB, RESTORE, ROLL_BACK, WAIT, CHECK]),
    ],
)
def test_the_steps_of_a_way_back(more, wanted):
    plan = release.way_back(running(), 3, **more)
    assert (steps(plan), plan.revision) == (wanted, 3)


def test_a_way_back_says_what_it_takes_back():
    plan = release.way_back(running(), 3, outcome="failed")
    assert plan.what == "back to revision 3: 4 failed"
    assert plan.settings["outcome"] == "failed"
    assert any("1 running server goes on: alice@college.edu" in step.sentence for step in plan.steps)

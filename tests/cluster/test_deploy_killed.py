"""A deploy that is killed, itself or its helm, ends after the next command in the old or the new release, whole."""

import json
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from cluster.college import AtWork, College, Command
from cluster.control_plane import ControlPlane
from cluster.node import Node
from cluster.release import only_of_the_test_chart
from cluster.test_deploy import CRASHES, SLOW_HOOK

MOMENTS = [(number, random.Random(number).uniform(0.5, 30)) for number in range(20)]
"""Seconds after the command began, by seed: a deploy takes about as long."""


@pytest.fixture(scope="module")
def college(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[College]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = College(control_plane, name, tmp_path_factory.mktemp("college"))
    made.classhub("deploy", "--yes")
    yield made
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="module")
def at_work(college: College) -> AtWork:
    return AtWork(college)


When = str | Callable[[], bool]
STEPS: dict[str, Callable[[College], list[When]]] = {
    "1 the turn is taken": lambda college: [college.is_held],
    "2 backed up": lambda college: ["The hub's database is copied"],
    "3 helm started": lambda college: [college.is_pending],
    "4 helm done": lambda college: [" is applied."],
    "5 the hub's new pod runs": lambda college: ["must answer at the public address"],
    "6 health checked": lambda college: [" answers at "],
    "7 the turn is given back": lambda college: [" answers at ", lambda: not college.is_held()],
}
BACK = {
    "the hub stops": "The hub stops",
    "the database is looked after": "The hub's database comes back if it must",
    "its errand is done": "sound and of the same schema",
    "helm goes back": "is put in force again",
    "the old pod is awaited": "Every part must run.",
}
"""Steps of a way back, by what is told when they begin."""


def some_long(steps: Iterable[str], *, short: str) -> list[Any]:
    return [step if step == short else pytest.param(step, marks=pytest.mark.long) for step in steps]


def killed_after(college: College, command: Command, step: str) -> None:
    """After the last step it may have come to its end before; then there was nothing to kill."""
    for when in STEPS[step](college):
        assert command.until(when) or step.startswith("7"), command.said()
    command.kill()
    command.end()


def settle(college: College, at_work: AtWork, allowed: set[str], *words: str) -> Command:
    """The next command, and what must hold after it."""
    done = college.classhub(*(words or ("deploy", "--yes")))
    college.is_sound()
    assert college.in_force in allowed, done.said()
    at_work.goes_on()
    return done


@pytest.mark.parametrize("step", some_long(STEPS, short="3 helm started"))
def test_killed_after_a_step_it_ends_whole(college: College, at_work: AtWork, step: str):
    wanted = college.another()
    killed_after(college, college.begin("deploy", "--yes"), step)
    settle(college, at_work, {wanted})


@pytest.mark.long
@pytest.mark.parametrize("step", ["2 backed up", "3 helm started", "4 helm done"])
def test_killed_after_a_step_the_way_back_is_open(college: College, at_work: AtWork, step: str):
    was = college.another()
    college.classhub("deploy", "--yes")
    number, _ = college.revisions()[-1]
    college.another()
    killed_after(college, college.begin("deploy", "--yes"), step)
    settle(college, at_work, {was}, "rollback", str(number), "--yes")


@pytest.mark.long
@pytest.mark.parametrize("step", BACK)
def test_a_way_back_that_is_killed_is_finished_first(college: College, at_work: AtWork, step: str):
    college.another()
    college.classhub("deploy", "--yes")
    wanted = college.another()
    college.classhub("deploy", "--yes")
    command = college.begin("rollback", "--yes")
    assert command.until(BACK[step]), command.said()
    command.kill()
    command.end()
    assert "was cut short" in settle(college, at_work, {wanted}).told


@pytest.mark.long
def test_a_taking_back_that_is_killed_is_finished_first(college: College, at_work: AtWork):
    college.another(CRASHES)
    command = college.begin("deploy", "--yes")
    assert command.until("The hub stops"), command.said()
    command.kill()
    command.end()
    wanted = college.another()
    assert "was cut short" in settle(college, at_work, {wanted}).told
    outcomes = [row["outcome"] for row in json.loads(college.classhub("history", "--json").answer)]
    assert "failed" in outcomes[-4:], "it is what began the way back"


@pytest.mark.long
@only_of_the_test_chart
def test_a_killed_helm_is_taken_back_at_once(college: College, at_work: AtWork):
    college.another()
    college.classhub("deploy", "--yes")
    was, wanted = college.in_force, college.another(SLOW_HOOK)
    command = college.begin("deploy", "--yes")
    assert command.until(college.is_pending)
    assert command.kill_helm()
    assert command.end() == 3, command.said()
    assert "is in force again" in command.told
    college.is_sound()
    assert college.in_force == was
    at_work.goes_on()
    assert wanted != was


@pytest.mark.long
@only_of_the_test_chart
def test_a_helm_that_outlives_its_command_is_waited_for(college: College, at_work: AtWork):
    wanted = college.another({"prePuller": {"hook": {"enabled": True}}, "custom": {"hookCommand": "sleep 20"}})
    command = college.begin("deploy", "--yes")
    assert command.until(college.is_pending)
    command.kill()
    command.end()
    assert "is still at work here" in settle(college, at_work, {wanted}).told


@pytest.mark.long
@pytest.mark.parametrize(("seed", "moment_s"), MOMENTS, ids=[f"{number}" for number, _ in MOMENTS])
def test_killed_at_any_moment_it_ends_whole(college: College, at_work: AtWork, seed: int, moment_s: float):
    """Every fifth brings a hub that crashes, so that its taking back is hit too; every fourth goes on with a rollback."""
    number, was = college.revisions()[-1][0], college.in_force
    wanted = college.another(CRASHES if seed % 5 == 4 else None)
    command = college.begin("deploy", "--yes")
    _strike(command, moment_s, helm=seed % 2 == 1)
    command.end()
    if seed % 4 == 3:
        settle(college, at_work, {was}, "rollback", str(number), "--yes")
        return
    if seed % 5 == 4:
        wanted = college.another()
    settle(college, at_work, {wanted})


def _strike(command: Command, moment_s: float, *, helm: bool) -> None:
    """helm: its helm where one runs just then, else the command."""
    time.sleep(moment_s)
    if not (helm and command.kill_helm()):
        command.kill(signal.SIGKILL)

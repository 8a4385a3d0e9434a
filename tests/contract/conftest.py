"""One harness for each target; fixtures are situations."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classhub.operations.up import wait_until_up
from classhub.plan import changes
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan
from contract.harness import TARGETS, Harness
from hub.student import eventually


def whole(running: Running | None) -> Running | None:
    """`up` does not wait for the culler; the contract does."""
    return running if running and all(part.state is State.RUNNING for part in running.parts) else None


Bring = Callable[[int], Running]


@pytest.fixture(params=TARGETS)
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with TARGETS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def plan(harness: Harness) -> Callable[[int], Plan]:
    """A valid plan from what runs now to the settings of a variant."""

    def make(variant: int = 0) -> Plan:
        settings = harness.settings(variant)
        return changes.plan(harness.target.inspect(), settings, changes.digest(settings), what=f"variant {variant}")

    return make


@pytest.fixture
def bring(harness: Harness, plan: Callable[[int], Plan]) -> Bring:
    """Apply a variant and wait until the hub answers."""

    def apply(variant: int = 0) -> Running:
        harness.target.apply(plan(variant), lambda sentence: None)
        wait_until_up(harness.target, timeout_s=60)
        return eventually(lambda: whole(harness.target.inspect()), timeout_s=60)

    return apply


@pytest.fixture
def running(bring: Bring) -> Running:
    """A hub that runs."""
    return bring(0)


@pytest.fixture
def alice(harness: Harness, running: Running) -> str:
    """A user whose server runs."""
    harness.start_server("alice@college.edu")
    return "alice@college.edu"

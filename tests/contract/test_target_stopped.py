"""What every Target must do, about a hub that was stopped or removed."""

import pytest

from classhub.errors import NotRunning
from classhub.plan.records import Kind
from classhub.plan.running import State
from contract.conftest import ALICE


def quiet(sentence: str) -> None:
    """A Tell for tests that do not listen."""


def users(running):
    return {server.user for server in running.servers}


def test_stopping_what_never_ran_is_fine(untouched):
    untouched.target.stop(keep_servers=False)
    assert untouched.target.inspect() is None


@pytest.mark.long_on_cluster
def test_stop_can_leave_servers_for_the_next_hub(harness, alice, bring):
    harness.target.stop(keep_servers=True)
    assert harness.target.inspect().state is State.STOPPED
    assert users(harness.target.inspect()) == {alice}
    assert users(bring(harness.variant)) == {alice}


def test_stop_ends_hub_and_servers(harness, stopped):
    assert (stopped.state, stopped.address, stopped.servers) == (State.STOPPED, "", ())
    assert {part.name for part in stopped.parts if part.state is not State.STOPPED} <= harness.stay


def test_records_are_still_there_after_a_stop(harness, stopped):
    for who in (ALICE, "hub"):
        assert list(harness.target.records(who, Kind.LOGS, previous=False, follow=False))


def test_a_program_needs_a_hub_or_server(harness, stopped):
    with pytest.raises(NotRunning):
        harness.target.run(ALICE, ["/bin/true"], terminal=False)


def test_a_stopped_hub_is_compared_with_its_last_run(harness, stopped):
    dry = harness.target.inspect(harness.config(harness.variant + 1)).dry
    assert dry.before.values == harness.values(harness.variant) and not dry.unfinished


def test_stopping_twice_is_fine(harness, stopped):
    harness.target.stop(keep_servers=False)
    assert harness.target.inspect().state is State.STOPPED


def test_it_starts_again_after_a_stop(harness, stopped, bring):
    assert bring(harness.variant).state is State.RUNNING


def test_remove_leaves_nothing_but_homes(harness, removed):
    assert harness.target.inspect() is None
    assert harness.target.history() == []
    assert [home.path for home in harness.target.homes().list()] == removed != []


@pytest.mark.long_on_cluster
def test_removing_twice_is_fine_and_a_hub_can_follow(harness, removed, bring):
    harness.target.remove(quiet)
    assert bring(harness.variant).state is State.RUNNING

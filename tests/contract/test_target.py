"""What every Target must do, about the hub as a whole."""

from dataclasses import replace

import pytest

from classhub.errors import NotFound, NotHere, NotRunning
from classhub.plan import changes
from classhub.plan.running import State
from classhub.plan.steps import Plan
from contract.harness import CANARY


def quiet(sentence: str) -> None:
    """A Tell for tests that do not listen."""


def users(running):
    return {server.user for server in running.servers}


def pids(running):
    return {part.name: part.pid for part in running.parts}


def test_nothing_is_there_before_the_first_apply(harness):
    assert harness.target.inspect() is None
    assert harness.target.history() == []


def test_apply_brings_every_part_up_at_an_address(running):
    assert running.state is State.RUNNING
    assert running.address.startswith("http") and running.address.endswith("/")
    assert {part.name: part.state for part in running.parts} == dict.fromkeys(changes.PARTS, State.RUNNING)
    assert running.supervised


def test_apply_tells_a_sentence_for_each_step(harness, plan):
    told = []
    made = plan(0)
    harness.target.apply(made, told.append)
    assert len(told) >= len(made.steps)


def test_inspect_says_which_settings_are_in_force(harness, running):
    settings = harness.settings(0)
    assert running.settings_digest == changes.digest(settings)
    assert dict(running.launched) == dict.fromkeys(changes.PARTS, changes.digests(settings))


def test_nothing_is_to_be_done_after_an_apply(running, plan):
    assert plan(0).empty


def test_the_same_plan_may_be_applied_twice(harness, plan):
    first_plan = plan(0)
    harness.target.apply(first_plan, quiet)
    first = harness.target.inspect()
    harness.target.apply(first_plan, quiet)
    second = harness.target.inspect()
    assert second.revision == first.revision
    assert pids(second) == pids(first)


def test_an_empty_plan_changes_nothing(harness, running):
    harness.target.apply(Plan(()), quiet)
    assert pids(harness.target.inspect()) == pids(running)


def test_a_change_is_a_new_revision_and_servers_go_on(harness, alice, bring):
    before = harness.target.inspect()
    after = bring(1)
    assert after.revision > before.revision
    assert users(after) == {alice}
    assert pids(after)["proxy"] == pids(before)["proxy"]


def test_an_apply_that_was_cut_short_after_the_settings_is_finished_by_the_next(harness, running, plan):
    cut_short = plan(1)
    harness.target.apply(replace(cut_short, steps=cut_short.steps[:1]), quiet)
    assert harness.target.inspect().launched == running.launched, "no part has taken the new settings"
    assert [step.do for step in plan(1).steps] == ["restart hub"]
    harness.target.apply(plan(1), quiet)
    assert plan(1).empty


def test_a_dry_run_says_what_would_be_put_in_force_and_what_is(harness, running):
    dry = harness.target.inspect(harness.config(1)).dry
    assert dry.settings == harness.settings(1)
    assert dry.before.values == harness.config(0).values and dry.wanted.values == harness.config(1).values
    assert (dry.before.login, dry.before.own) == (dry.wanted.login, dry.wanted.own)
    assert not dry.unfinished


def test_a_dry_run_changes_nothing(harness, running):
    seen = harness.target.inspect(harness.config(1))
    assert replace(seen, dry=None) == running == harness.target.inspect()
    assert len(harness.target.history()) == 1


def test_a_dry_run_shows_no_secret_by_accident(harness, running):
    assert CANARY in str(harness.config(1).values)
    assert CANARY not in repr(harness.target.inspect(harness.config(1)))


def test_before_the_first_apply_there_is_nothing_to_compare_with(harness):
    assert harness.target.inspect(harness.config(0)) is None


def test_a_stopped_hub_is_compared_with_its_last_run(harness, running):
    harness.target.stop(keep_servers=False)
    dry = harness.target.inspect(harness.config(1)).dry
    assert dry.before.values == harness.config(0).values and not dry.unfinished


def test_after_an_apply_that_was_cut_short_the_hub_is_compared_as_it_was_started(harness, running, plan):
    cut_short = plan(1)
    harness.target.apply(replace(cut_short, steps=cut_short.steps[:1]), quiet)
    dry = harness.target.inspect(harness.config(1)).dry
    assert dry.unfinished and dry.before.values == harness.config(0).values
    harness.target.apply(plan(1), quiet)
    assert harness.target.inspect(harness.config(1)).dry.before.values == harness.config(1).values


def test_the_history_says_what_became_of_a_revision(harness, bring):
    bring(0)
    bring(1)
    number = harness.target.history()[-1].number
    harness.target.apply(Plan((changes.mark(number, "failed"),)), quiet)
    assert [one.outcome for one in harness.target.history()] == ["", "failed"]


def test_history_grows_oldest_first_and_says_why(harness, bring):
    bring(0)
    bring(1)
    history = harness.target.history()
    assert [one.what for one in history] == ["variant 0", "variant 1"]
    assert [one.number for one in history] == sorted({one.number for one in history})
    assert all(one.who and one.when > 0 for one in history)


def test_a_plan_leads_back_to_a_revision(harness, bring):
    old = bring(0)
    bring(1)
    first = harness.target.history()[0]
    assert first.digests == changes.digests(harness.settings(0))
    harness.target.apply(changes.way_back(harness.target.inspect(), first), quiet)
    now = harness.target.inspect()
    assert (now.settings_digest, now.launched) == (old.settings_digest, old.launched)
    assert pids(now)["proxy"] == pids(old)["proxy"], "only what had changed restarts"


def test_there_is_no_way_back_to_a_revision_that_never_was(harness, running):
    step = changes.plan(None, harness.settings(0), "", what="").steps[0]
    with pytest.raises(NotFound):
        harness.target.apply(Plan((step,), revision=999), quiet)
    assert harness.target.inspect().settings_digest == running.settings_digest


def test_stop_ends_hub_and_servers(harness, alice):
    harness.target.stop(keep_servers=False)
    now = harness.target.inspect()
    assert (now.state, now.address, now.servers) == (State.STOPPED, "", ())
    assert all(part.state is State.STOPPED for part in now.parts)


def test_stop_can_leave_servers_for_the_next_hub(harness, alice, bring):
    harness.target.stop(keep_servers=True)
    assert harness.target.inspect().state is State.STOPPED
    assert users(harness.target.inspect()) == {alice}
    assert users(bring(0)) == {alice}


def test_stopping_twice_is_fine(harness, running):
    harness.target.stop(keep_servers=False)
    harness.target.stop(keep_servers=False)
    assert harness.target.inspect().state is State.STOPPED


def test_stopping_what_never_ran_is_fine(harness):
    harness.target.stop(keep_servers=False)
    assert harness.target.inspect() is None


def test_it_starts_again_after_a_stop(harness, running, bring):
    harness.target.stop(keep_servers=False)
    assert bring(0).state is State.RUNNING


def test_remove_leaves_nothing_but_homes(harness, alice):
    homes = [home.path for home in harness.target.homes().list()]
    harness.target.remove(quiet)
    assert harness.target.inspect() is None
    assert harness.target.history() == []
    assert [home.path for home in harness.target.homes().list()] == homes != []


def test_removing_twice_is_fine_and_a_hub_can_follow(harness, running, bring):
    harness.target.remove(quiet)
    harness.target.remove(quiet)
    assert bring(0).state is State.RUNNING


def test_restart_keeps_servers(harness, alice):
    before = harness.target.inspect()
    told = []
    harness.target.restart("hub", told.append)
    assert told
    assert users(harness.target.inspect()) == users(before)
    assert pids(harness.target.inspect())["proxy"] == pids(before)["proxy"]


@pytest.mark.parametrize("part", ["hubb", "../hub", "--all", "h\u00fcb"])
def test_restart_of_an_unknown_part_names_the_parts(harness, running, part):
    with pytest.raises(NotFound) as refused:
        harness.target.restart(part, quiet)
    assert all(name in str(refused.value) for name in changes.PARTS)


def test_restart_needs_a_hub(harness):
    with pytest.raises(NotRunning):
        harness.target.restart("hub", quiet)


def test_scale_of_an_unknown_pool_says_which_there_are(harness, running):
    with pytest.raises((NotFound, NotHere)) as refused:
        harness.target.scale("gpu", 3, quiet)
    assert "servers" in str(refused.value)


def test_scale_says_what_it_did(harness, running):
    told = []
    harness.target.scale("servers", 30, told.append)
    assert any("30" in sentence for sentence in told)


def test_there_is_no_api_without_a_hub(harness):
    with pytest.raises(NotRunning):
        harness.target.api()


def test_the_api_knows_a_user_whose_server_runs(harness, alice):
    assert alice in [user["name"] for user in harness.target.api().users()]


def test_secrets_of_the_settings_are_told_to_nobody(harness, plan):
    told = []
    harness.target.apply(plan(0), told.append)
    seen = [*told, repr(harness.target.inspect()), repr(harness.target.history())]
    assert not any(CANARY in text for text in seen)

"""What every Target must do, about the hub as a whole while it runs."""

from dataclasses import replace

import pytest

from classhub.errors import NotFound, NotHere, NotRunning
from classhub.plan import changes
from classhub.plan.running import State
from classhub.plan.steps import Plan
from contract.conftest import needs
from contract.harness import CANARY
from hub.student import eventually


def quiet(sentence: str) -> None:
    """A Tell for tests that do not listen."""


def users(running):
    return {server.user for server in running.servers}


def births(running):
    """Equal for a part that was not restarted."""
    return {part.name: (part.pid, part.since) for part in running.parts}


def begun(running):
    """Of parts that are there already: the culler begins once the hub answers."""
    return {name: birth for name, birth in births(running).items() if birth[0] is not None}


def test_nothing_is_there_before_the_first_apply(untouched):
    assert untouched.target.inspect() is None
    assert untouched.target.history() == []


def test_before_the_first_apply_there_is_nothing_to_compare_with(untouched):
    assert untouched.target.inspect(untouched.config(0)) is None


def test_restart_needs_a_hub(untouched):
    with pytest.raises(NotRunning):
        untouched.target.restart("hub", quiet)


def test_there_is_no_api_without_a_hub(untouched):
    with pytest.raises(NotRunning):
        untouched.target.api()


def test_apply_brings_every_part_up_at_an_address(harness, running):
    assert running.state is State.RUNNING
    assert running.address.startswith("http") and running.address.endswith("/")
    assert {part.name: part.state for part in running.parts} == dict.fromkeys(harness.parts, State.RUNNING)
    assert running.supervised


def test_inspect_says_which_settings_are_in_force(harness, running):
    assert running.settings_digest == harness.digest(harness.variant)
    assert running.settings_digest != harness.digest(harness.variant + 1)


def test_inspect_says_with_which_settings_each_part_was_started(harness, running):
    needs(harness, "launched")
    assert dict(running.launched) == dict.fromkeys(harness.parts, changes.digests(harness.settings(harness.variant)))


def test_nothing_is_to_be_done_after_an_apply(harness, running, plan):
    assert plan(harness.variant).empty


def test_apply_tells_a_sentence_for_each_step_and_secrets_to_nobody(harness, other, plan):
    told = []
    made = plan(other)
    assert made.steps
    harness.target.apply(made, told.append)
    assert len(told) >= len(made.steps)
    seen = [*told, repr(harness.target.inspect()), repr(harness.target.history())]
    assert not any(CANARY in text for text in seen)


@pytest.mark.long_on_cluster
def test_the_same_plan_may_be_applied_twice(harness, other, plan, bring):
    made = plan(other)
    harness.target.apply(made, quiet)
    first = bring(other)
    harness.target.apply(made, quiet)
    second = bring(other)
    assert (second.state, second.settings_digest) == (first.state, first.settings_digest)
    assert births(second)["proxy"] == births(first)["proxy"]


def test_the_first_plan_applied_twice_starts_nothing_twice(harness, plan):
    needs(harness, "one revision")
    made = plan(0)
    harness.target.apply(made, quiet)
    first = eventually(lambda: {"hub", "proxy"} <= begun(now := harness.target.inspect()).keys() and now)
    harness.target.apply(made, quiet)
    second = harness.target.inspect()
    assert second.revision == first.revision
    assert births(second) | begun(first) == births(second)


def test_an_empty_plan_changes_nothing(harness, running):
    harness.target.apply(Plan(()), quiet)
    assert births(harness.target.inspect()) == births(running)


def test_a_change_is_a_new_revision_and_servers_go_on(harness, alice, other, bring):
    before, history = harness.target.inspect(), harness.target.history()
    after = bring(other)
    assert after.revision > before.revision
    assert alice in users(after)
    assert births(after)["proxy"] == births(before)["proxy"]
    assert births(after)["hub"] != births(before)["hub"]
    grown = harness.target.history()
    assert grown[: len(history)] == history
    assert [one.what for one in grown[len(history) :]] == [f"variant {other}"], "it says why"


def test_history_is_oldest_first_and_names_who(harness, running):
    history = harness.target.history()
    assert [one.number for one in history] == sorted({one.number for one in history})
    assert all(one.who and one.when > 0 for one in history)
    assert history[-1].number == running.revision


@pytest.mark.long_on_cluster
def test_an_apply_that_was_cut_short_after_the_settings_is_finished_by_the_next(harness, other, plan, bring):
    harness.target.apply(harness.cut_short(plan(other)), quiet)
    bring(other)
    assert plan(other).empty


def test_only_what_an_apply_that_was_cut_short_left_undone_is_done(harness, running, other, plan):
    needs(harness, "launched")
    harness.target.apply(harness.cut_short(plan(other)), quiet)
    assert harness.target.inspect().launched == running.launched, "no part has taken the new settings"
    assert [step.do for step in plan(other).steps] == ["restart hub"]


def test_a_dry_run_says_what_would_be_put_in_force_and_what_is(harness, other):
    dry = harness.target.inspect(harness.config(other)).dry
    assert dry.settings == harness.settings(other)
    assert dry.before.values == harness.values(harness.variant) and dry.wanted.values == harness.values(other)
    assert (dry.before.login, dry.before.own) == (dry.wanted.login, dry.wanted.own)
    assert not dry.unfinished


def test_a_dry_run_changes_nothing(harness, running, other):
    history = harness.target.history()
    seen = harness.target.inspect(harness.config(other))
    assert replace(seen, dry=None) == running == harness.target.inspect()
    assert harness.target.history() == history


def test_a_dry_run_shows_no_secret_by_accident(harness, other):
    assert CANARY in str(harness.config(other).values)
    assert CANARY not in repr(harness.target.inspect(harness.config(other)))


def test_after_an_apply_that_was_cut_short_the_hub_is_compared_as_it_was_started(harness, other, plan):
    needs(harness, "launched")
    harness.target.apply(harness.cut_short(plan(other)), quiet)
    dry = harness.target.inspect(harness.config(other)).dry
    assert dry.unfinished and dry.before.values == harness.values(harness.variant)
    harness.target.apply(plan(other), quiet)
    assert harness.target.inspect(harness.config(other)).dry.before.values == harness.values(other)


@pytest.mark.long_on_cluster
def test_a_plan_leads_back_to_a_revision_and_says_what_became_of_the_other(harness, running, other, bring):
    first = harness.target.history()[-1]
    newer = bring(other)
    harness.variant -= 1
    harness.target.apply(harness.way_back(first, "failed"), quiet)
    now = harness.target.inspect()
    assert (now.settings_digest, now.launched) == (running.settings_digest, running.launched)
    assert births(now)["proxy"] == births(running)["proxy"], "only what had changed restarts"
    outcomes = {one.number: one.outcome for one in harness.target.history()}
    assert (outcomes[first.number], outcomes[newer.revision]) == ("", "failed")


def test_there_is_no_way_back_to_a_revision_that_never_was(harness, running, other, plan):
    with pytest.raises(NotFound):
        harness.target.apply(replace(plan(other), revision=999), quiet)
    assert harness.target.inspect().settings_digest == running.settings_digest


def test_restart_keeps_servers(harness, alice):
    before = harness.target.inspect()
    told = []
    harness.target.restart("hub", told.append)
    assert told
    after = harness.target.inspect()
    assert users(after) == users(before)
    assert births(after)["proxy"] == births(before)["proxy"]
    assert births(after)["hub"] != births(before)["hub"]


@pytest.mark.parametrize("part", ["hubb", "../hub", "--all", "h\u00fcb"])
def test_restart_of_an_unknown_part_names_the_parts(harness, running, part):
    with pytest.raises(NotFound) as refused:
        harness.target.restart(part, quiet)
    assert all(name in str(refused.value) for name in harness.parts)


def test_scale_of_an_unknown_pool_says_which_there_are(harness, running):
    with pytest.raises((NotFound, NotHere)) as refused:
        harness.target.scale("gpu", 3, quiet)
    assert harness.pool in str(refused.value)


def test_scale_says_what_it_did_and_is_no_change_of_settings(harness, running, plan):
    told = []
    harness.target.scale(harness.pool, 3, told.append)
    assert any("3" in sentence for sentence in told)
    assert plan(harness.variant).empty


def test_the_api_knows_a_user_whose_server_runs(harness, alice):
    with harness.target.api() as api:
        assert alice in [user["name"] for user in api.users()]

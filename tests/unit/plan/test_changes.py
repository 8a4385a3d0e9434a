"""Which steps lead from what runs to what is wanted."""

from dataclasses import replace

import pytest

from classhub.plan import changes
from classhub.plan.running import Part, Running, Server, State
from classhub.plan.steps import Revision

SETTINGS = {"proxy": {"port": 8000}, "hub": {"admins": ["rk"]}, "culler": {"every": 60}}
TWO_SERVERS = (Server("alice@college.edu"), Server("Jane.Doe"))


def healthy(settings=SETTINGS, **changed):
    parts = tuple(Part(name, State.RUNNING) for name in changes.PARTS if changes.is_wanted(name, settings))
    running = Running(
        State.RUNNING,
        "http://127.0.0.1:8000/",
        parts,
        settings_digest=changes.digest(settings),
        part_digests=changes.part_digests(settings),
    )
    return replace(running, **changed)


def steps(running, wanted=SETTINGS):
    return changes.plan(running, wanted, changes.digest(wanted), what="test").steps


def names(running, wanted=SETTINGS):
    return [step.do for step in steps(running, wanted)]


def sentence(running, wanted, do):
    return next(step.sentence for step in steps(running, wanted) if step.do == do)


START = ["write settings", "start supervisor", "start proxy", "start hub", "start culler"]


def test_where_nothing_ever_ran_everything_is_started():
    assert names(None) == START


def test_a_stopped_hub_is_started_whatever_its_settings_were():
    assert names(Running(State.STOPPED, "", settings_digest=changes.digest(SETTINGS))) == START


def test_servers_that_were_left_running_are_named():
    stopped = Running(State.STOPPED, "", servers=TWO_SERVERS)
    assert sentence(stopped, SETTINGS, "start hub") == "The hub starts, about 5 s; 2 running servers are taken back."


def test_a_healthy_hub_with_the_same_settings_needs_nothing():
    assert changes.plan(healthy(), SETTINGS, changes.digest(SETTINGS), what="").empty


def test_the_order_of_keys_is_no_change():
    assert changes.digest({"a": 1, "b": [1, {"x": 2, "y": 3}]}) == changes.digest({"b": [1, {"y": 3, "x": 2}], "a": 1})


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_what_json_cannot_hold_has_no_digest(value):
    with pytest.raises((TypeError, ValueError)):
        changes.digest({"hub": value})


def test_new_hub_settings_restart_the_hub_alone():
    assert names(healthy(), {**SETTINGS, "hub": {"admins": []}}) == ["write settings", "restart hub"]


@pytest.mark.parametrize(
    ("servers", "clause"),
    [
        ((), "no server runs"),
        (TWO_SERVERS[:1], "1 running server goes on with its old settings until it is started again"),
        (TWO_SERVERS, "2 running servers go on with their old settings until they are started again"),
    ],
)
def test_a_restart_of_the_hub_says_what_happens_to_servers(servers, clause):
    said = sentence(healthy(servers=servers), {**SETTINGS, "hub": {}}, "restart hub")
    assert said == f"The hub restarts, about 5 s; {clause}."


def test_an_empty_hub_part_is_still_a_hub():
    assert "stop hub" not in names(healthy(), {**SETTINGS, "hub": {}})


def test_a_new_port_restarts_the_proxy_alone():
    assert names(healthy(), {**SETTINGS, "proxy": {"port": 80}}) == ["write settings", "restart proxy"]


def test_parts_restart_in_the_order_in_which_they_start():
    wanted = {"proxy": {"port": 80}, "hub": {"admins": []}, "culler": {"every": 5}}
    assert names(healthy(), wanted) == ["write settings", "restart proxy", "restart hub", "restart culler"]


@pytest.mark.parametrize("culler", [{}, None])
def test_a_culler_that_is_not_wanted_stops(culler):
    assert names(healthy(), {**SETTINGS, "culler": culler}) == ["write settings", "stop culler"]
    assert names(None, {**SETTINGS, "culler": culler}) == START[:-1]


def test_a_culler_that_is_wanted_anew_starts():
    assert names(healthy({**SETTINGS, "culler": {}}), SETTINGS) == ["write settings", "start culler"]


def test_who_may_enter_is_the_hubs_business_and_is_named():
    before = {**SETTINGS, "login": {"allowed": ["alice"]}}
    wanted = {**SETTINGS, "login": {"allowed": []}}
    assert names(healthy(before), wanted) == ["write settings", "restart hub"]
    assert sentence(healthy(before), wanted, "restart hub").endswith("Who may enter changes.")


def test_settings_of_an_unknown_part_restart_the_hub():
    assert names(healthy(), {**SETTINGS, "material": {"folder": "labs"}}) == ["write settings", "restart hub"]


def test_a_hub_without_part_digests_is_restarted_as_a_whole():
    old = healthy(settings_digest="old", part_digests={})
    assert names(old) == ["write settings", "restart proxy", "restart hub", "restart culler"]


def test_a_difference_that_no_part_owns_restarts_the_hub():
    assert names(healthy(settings_digest="other")) == ["write settings", "restart hub"]


def test_what_lives_without_a_supervisor_is_adopted():
    orphaned = healthy(supervised=False, servers=TWO_SERVERS)
    assert names(orphaned) == ["start supervisor", "start proxy", "start hub", "start culler"]
    assert sentence(orphaned, SETTINGS, "start hub") == "The hub is watched again."
    assert sentence(orphaned, SETTINGS, "start supervisor") == (
        "A new supervisor adopts what still runs; 2 running servers go on."
    )


def test_an_orphaned_proxy_gets_its_hub_back():
    proxy_only = healthy(supervised=False, parts=(Part("proxy", State.RUNNING), Part("hub", State.STOPPED)))
    assert names(proxy_only) == ["start supervisor", "start proxy", "start hub", "start culler"]


def test_what_is_adopted_takes_new_settings_after_that():
    wanted = {**SETTINGS, "hub": {"admins": []}}
    assert names(healthy(supervised=False), wanted) == [
        "write settings",
        "start supervisor",
        "start proxy",
        "start hub",
        "start culler",
        "restart hub",
    ]


def test_a_failing_part_is_started_afresh_and_its_reason_named():
    hub = Part("hub", State.FAILING, reason="disk full")
    failing = healthy(parts=(Part("proxy", State.RUNNING), hub, Part("culler", State.RUNNING)))
    assert names(failing) == ["restart hub"]
    assert "disk full" in sentence(failing, SETTINGS, "restart hub")


def test_a_part_that_is_starting_is_left_alone():
    starting = healthy(state=State.STARTING, parts=tuple(Part(name, State.STARTING) for name in changes.PARTS))
    assert names(starting) == []


def test_the_way_back_puts_a_revision_in_force_and_restarts_all():
    back = changes.way_back(healthy(), Revision(3, 0.0, "rk", "classhub up", "d"))
    assert back.revision == 3
    assert [step.do for step in back.steps] == ["write settings", "restart proxy", "restart hub", "restart culler"]


def test_every_step_has_a_name_of_the_list_and_one_sentence():
    known = {f"{verb} {part}" for verb in ("start", "restart") for part in changes.PARTS}
    known |= {"write settings", "start supervisor", "stop culler"}
    for running in (None, healthy(), healthy(supervised=False), healthy(settings_digest="x", part_digests={})):
        for step in steps(running, {**SETTINGS, "culler": {}}):
            assert step.do in known
            assert step.sentence[0].isupper() and step.sentence.endswith(".") and step.sentence.isascii()

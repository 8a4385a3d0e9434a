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
        launched={part.name: changes.digests(settings) for part in parts},
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
    assert sentence(stopped, SETTINGS, "start hub") == (
        "The hub starts, about 5 s; 2 running servers are taken back. "
        "2 running servers keep their old settings until they are restarted: alice@college.edu, Jane.Doe."
    )
    same = replace(stopped, settings_digest=changes.digest(SETTINGS))
    assert sentence(same, SETTINGS, "start hub") == "The hub starts, about 5 s; 2 running servers are taken back."


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
        (TWO_SERVERS[:1], "1 running server keeps its old settings until it is restarted: alice@college.edu"),
        (
            TWO_SERVERS,
            "2 running servers keep their old settings until they are restarted: alice@college.edu, Jane.Doe",
        ),
        (
            tuple(Server(f"student{number}", "second") for number in range(7)),
            "7 running servers keep their old settings until they are restarted: student0/second, student1/second, "
            "student2/second, student3/second, student4/second and 2 more",
        ),
    ],
)
def test_a_restart_of_the_hub_says_what_happens_to_servers(servers, clause):
    said = sentence(healthy(servers=servers), {**SETTINGS, "hub": {}}, "restart hub")
    assert said == f"The hub restarts, about 5 s; {clause}."


def test_an_empty_hub_part_is_still_a_hub():
    assert "stop hub" not in names(healthy(), {**SETTINGS, "hub": {}})


def test_a_new_address_restarts_the_hub_too_and_names_who_keeps_the_old_one():
    before = {**SETTINGS, "proxy": {"url": "http://127.0.0.1:8000/"}}
    wanted = {**SETTINGS, "proxy": {"url": "https://hub.college.edu/"}}
    moved = healthy(before, servers=TWO_SERVERS)
    assert names(moved, wanted) == ["write settings", "restart proxy", "restart hub"]
    assert sentence(moved, wanted, "restart proxy") == (
        "The proxy restarts, about 1 s; open pages must be opened anew at https://hub.college.edu/"
    )
    assert sentence(moved, wanted, "restart hub") == (
        "The hub restarts, about 5 s; "
        "2 running servers keep the old address until they are restarted: alice@college.edu, Jane.Doe."
    )


def test_a_new_certificate_is_no_new_address():
    before = {**SETTINGS, "proxy": {"url": "http://127.0.0.1:8000/", "certificate": "a"}}
    wanted = {**SETTINGS, "proxy": {"url": "http://127.0.0.1:8000/", "certificate": "b"}}
    assert "old settings" in sentence(healthy(before, servers=TWO_SERVERS), wanted, "restart hub")


def test_an_up_that_was_cut_short_after_the_settings_is_finished_by_the_next():
    new = {"proxy": {"port": 80}, "hub": {"admins": []}, "culler": {"every": 60}}
    cut_short = healthy(new, launched=healthy(SETTINGS).launched)
    assert names(cut_short, new) == ["restart proxy", "restart hub"]
    assert names(replace(cut_short, launched=healthy(new).launched), new) == []


def test_settings_that_were_written_but_never_reached_a_part_are_taken_back_without_a_restart():
    assert names(replace(healthy(), settings_digest="written and not in force")) == ["write settings"]


def test_what_was_started_with_unknown_settings_is_started_again():
    assert names(healthy(launched={})) == ["restart proxy", "restart hub", "restart culler"]


def test_parts_restart_in_the_order_in_which_they_start():
    wanted = {"proxy": {"port": 80}, "hub": {"admins": []}, "culler": {"every": 5}}
    assert names(healthy(), wanted) == ["write settings", "restart proxy", "restart hub", "restart culler"]


@pytest.mark.parametrize("culler", [{}, None])
def test_a_culler_that_is_not_wanted_stops(culler):
    assert names(healthy(), {**SETTINGS, "culler": culler}) == ["write settings", "restart hub", "stop culler"]
    assert names(None, {**SETTINGS, "culler": culler}) == START[:-1]


def test_a_culler_that_is_wanted_anew_starts():
    assert names(healthy({**SETTINGS, "culler": {}}), SETTINGS) == ["write settings", "restart hub", "start culler"], (
        "the hub must know the culler's token"
    )


def test_who_may_enter_is_the_hubs_business():
    before = {**SETTINGS, "login": {"allowed": ["alice"]}}
    wanted = {**SETTINGS, "login": {"allowed": []}}
    assert names(healthy(before), wanted) == ["write settings", "restart hub"]


def test_where_a_secret_stands_is_written_down_and_restarts_nothing():
    assert names(healthy(), {**SETTINGS, "hidden": [["hub", "cookieSecret"]]}) == ["write settings"]


def test_settings_of_an_unknown_part_restart_the_hub():
    assert names(healthy(), {**SETTINGS, "material": {"folder": "labs"}}) == ["write settings", "restart hub"]


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
    wanted = [name for name in changes.PARTS if changes.is_wanted(name, SETTINGS)]
    starting = healthy(state=State.STARTING, parts=tuple(Part(name, State.STARTING) for name in wanted))
    assert names(starting) == []


def back(settings, running):
    revision = Revision(3, 0.0, "rk", "classhub up", changes.digest(settings), changes.digests(settings))
    return changes.way_back(running, revision, "failed")


def test_the_way_back_restarts_only_what_had_changed():
    running = healthy({**SETTINGS, "hub": {"admins": []}}, revision=4, servers=TWO_SERVERS)
    plan = back(SETTINGS, running)
    assert plan.revision == 3
    assert [step.do for step in plan.steps] == ["mark failed", "write settings", "restart hub"]
    assert plan.steps[0].sentence == "Revision 4 has failed."
    assert plan.steps[-1].sentence == "The hub restarts, about 5 s; 2 running servers go on."


def test_the_way_back_restarts_what_is_failing_and_brings_the_culler_back():
    parts = (Part("proxy", State.FAILING), Part("hub", State.RUNNING))
    running = healthy({**SETTINGS, "culler": {}}, parts=parts)
    assert [step.do for step in back(SETTINGS, running).steps] == [
        "mark failed",
        "write settings",
        "restart proxy",
        "restart hub",
        "start culler",
    ]
    without = {**SETTINGS, "culler": {}}
    assert [step.do for step in back(without, healthy()).steps][-1] == "stop culler"


def test_every_step_has_a_name_of_the_list_and_one_sentence():
    known = {f"{verb} {part}" for verb in ("start", "restart") for part in changes.PARTS}
    known |= {"write settings", "start supervisor", "stop culler"}
    for running in (None, healthy(), healthy(supervised=False), healthy(settings_digest="x", launched={})):
        for step in steps(running, {**SETTINGS, "culler": {}}):
            assert step.do in known
            assert step.sentence[0].isupper() and step.sentence.endswith(".") and step.sentence.isascii()


def of_a_hub(memory="1G", admins=("rk",), **more):
    """Settings in the shape of a machine's."""
    traits = {"KubeSpawner": {"mem_limit": memory}, "Authenticator": {"admin_users": list(admins)}, "JupyterHub": {}}
    return {"proxy": {}, "hub": {"traits": traits, "values": {}, "machine": {"servers": 0}} | more, "culler": {}}


OLD_SETTINGS = "2 running servers keep their old settings until they are restarted: alice@college.edu, Jane.Doe."


@pytest.mark.parametrize(
    ("wanted", "clause"),
    [
        (of_a_hub(admins=["alice"]), "2 running servers go on."),
        (of_a_hub(machine={"servers": 9}), "2 running servers go on."),
        (of_a_hub(services=[{"name": "grader"}]), "2 running servers go on."),
        (of_a_hub(memory="2G"), OLD_SETTINGS),
        (of_a_hub(extra_config=[["mine", "c.Spawner.cmd = []"]]), OLD_SETTINGS),
        (of_a_hub(machine={"material": "http://127.0.0.1:9/services/material"}), OLD_SETTINGS),
    ],
)
def test_servers_keep_old_settings_only_where_a_start_would_give_others(wanted, clause):
    running = healthy(of_a_hub(), servers=TWO_SERVERS)
    assert sentence(running, wanted, "restart hub") == f"The hub restarts, about 5 s; {clause}"


def test_the_same_holds_for_servers_that_were_left_running():
    stopped = Running(State.STOPPED, "", servers=TWO_SERVERS, applied=changes.digests(of_a_hub()))
    assert "go on" not in sentence(stopped, of_a_hub(admins=[]), "start hub")
    assert "old settings" not in sentence(stopped, of_a_hub(admins=[]), "start hub")
    assert "old settings" in sentence(stopped, of_a_hub(memory="2G"), "start hub")


def test_a_hub_of_an_earlier_version_is_not_restarted_for_what_it_does_not_know():
    known = {name: value for name, value in changes.digests(of_a_hub()).items() if name != changes.AT_START}
    running = healthy(of_a_hub(), launched=dict.fromkeys(("proxy", "hub"), known))
    assert changes.plan(running, of_a_hub(), changes.digest(of_a_hub()), what="").empty


MATERIAL = {"courses": [{"name": "comp141"}]}


def test_a_course_that_changes_restarts_the_mirror_and_nothing_else():
    running = healthy(
        {**SETTINGS, "mirror": MATERIAL}, parts=tuple(Part(name, State.RUNNING) for name in changes.PARTS)
    )
    wanted = {**SETTINGS, "mirror": {"courses": [{"name": "comp141"}, {"name": "bio101"}]}}
    assert names(running, wanted) == ["write settings", "restart mirror"]
    assert names(running, {**SETTINGS, "mirror": {}}) == ["write settings", "stop mirror"]


def test_the_first_course_with_material_starts_a_mirror():
    assert names(healthy(), {**SETTINGS, "mirror": MATERIAL}) == ["write settings", "start mirror"]
    assert "start mirror" in names(None, {**SETTINGS, "mirror": MATERIAL})
    assert "start mirror" not in names(None, SETTINGS)

"""Which parts run, which fail and why, and whose servers there are."""

import pytest

from classhub.plan.running import State
from classhub.targets.cluster.parts import is_settled, parts, seconds, servers, state
from unit.targets.cluster.objects import START, evicted, image_missing, pod, restarted, workload


def of(*workloads, pods=()):
    return {part.name: part for part in parts(workloads, list(pods))}


def test_hub_and_proxy_come_first():
    found = parts([workload("autohttps"), workload("proxy"), workload("hub")], [])
    assert [part.name for part in found] == ["hub", "proxy", "autohttps"]


def test_a_part_whose_pods_are_ready_runs():
    part = of(workload("hub"), pods=[pod("hub")])["hub"]
    assert (part.state, part.since, part.reason) == (State.RUNNING, seconds(START), "")


def test_a_part_without_replicas_is_stopped():
    assert of(workload("hub", replicas=0))["hub"].state is State.STOPPED


def test_a_part_that_comes_up_is_starting():
    assert of(workload("hub", ready=0), pods=[pod("hub", ready=False)])["hub"].state is State.STARTING


def test_a_part_in_trouble_is_failing_and_says_why():
    part = of(workload("hub", ready=0), pods=[pod("hub", ready=False, **image_missing())])["hub"]
    assert part.state is State.FAILING and "hub:9 cannot be pulled" in part.reason


def test_pods_that_may_not_be_made_are_a_reason():
    condition = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: class."}
    part = of(workload("hub", ready=0, conditions=[condition]))["hub"]
    assert (part.state, part.reason) == (State.FAILING, "its pods may not be made: exceeded quota: class")


def test_a_pod_of_the_template_before_does_not_count_as_the_new_one():
    assert not is_settled(workload("hub", updatedReplicas=0))
    assert not is_settled(workload("hub", observedGeneration=0))
    assert not is_settled(workload("proxy", replicas=1) | {"status": {"replicas": 2, "readyReplicas": 1}})


@pytest.mark.parametrize(("ready", "settled"), [(3, True), (2, False)])
def test_a_daemonset_counts_nodes(ready, settled):
    assert is_settled(workload("continuous-image-puller", "DaemonSet", replicas=3, ready=ready)) == settled


def test_pods_of_another_part_are_not_mistaken():
    troubled = pod("proxy", ready=False, **image_missing())
    assert of(workload("hub"), workload("proxy", ready=0), pods=[troubled])["hub"].reason == ""


@pytest.mark.parametrize(
    ("hub", "proxy", "whole"),
    [
        (workload("hub"), workload("proxy"), State.RUNNING),
        (workload("hub", ready=0), workload("proxy"), State.STARTING),
        (workload("hub", replicas=0), workload("proxy"), State.STOPPED),
        (workload("hub"), workload("proxy", replicas=0), State.STARTING),
    ],
)
def test_hub_and_proxy_decide_how_the_hub_is(hub, proxy, whole):
    assert state(parts([hub, proxy, workload("user-scheduler", ready=0)], [])) is whole


def test_a_failing_proxy_is_a_failing_hub():
    troubled = pod("proxy", ready=False, **image_missing())
    assert state(parts([workload("hub"), workload("proxy", ready=0)], [troubled])) is State.FAILING


@pytest.mark.parametrize("user", ["alice@college.edu", "Jane.Doe", "x" * 70, "Jürgen"])
def test_servers_are_named_by_their_annotation(user):
    (found,) = servers([pod("singleuser-server", user=user, server="gpu"), pod("hub")])
    assert (found.user, found.name, found.ready) == (user, "gpu", True)


def test_a_server_on_its_way_out_is_none():
    assert (
        servers([pod("singleuser-server", user="a", going=True), pod("singleuser-server", user="b", phase="Failed")])
        == ()
    )


def test_an_evicted_pod_says_nothing_of_the_one_that_took_its_place():
    old = evicted("hub", startTime="2026-11-01T10:00:00Z", **restarted(9, ready=False))
    new = pod("hub", ready=False)
    new["metadata"]["uid"] = "of the new one"
    part = of(workload("hub", ready=0), pods=[old, new])["hub"]
    assert (part.state, part.reason, part.restarts) == (State.STARTING, "", 0)
    assert (part.since, part.pod_uid) == (seconds(START), "of the new one")


def test_where_no_pod_lives_the_one_that_ended_last_says_why():
    old = evicted("hub", startTime="2026-11-01T10:00:00Z", message="older.")
    part = of(workload("hub", ready=0), pods=[evicted("hub"), old])["hub"]
    assert (part.state, part.since, part.pod_uid) == (State.FAILING, None, "")
    assert part.reason == "it was ended by its node (Evicted: low on memory)"


def test_a_part_that_runs_has_no_reason_to_fail_whatever_its_past():
    assert of(workload("hub"), pods=[pod("hub", **restarted())])["hub"].reason == ""

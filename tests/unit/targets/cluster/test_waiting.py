"""Until every part runs: what is told meanwhile, and what is no success."""

from datetime import UTC, datetime, timedelta

import pytest

from classhub.errors import OutsideFailed
from classhub.targets.cluster import watching
from classhub.targets.cluster.waiting import until_settled
from unit.targets.cluster.objects import evicted, pod, workload
from unit.targets.cluster.standing import Standing


def hub_and_proxy(ready=1):
    return [workload("hub", ready=ready), workload("proxy")]


def test_nobody_waits_for_a_release_that_runs():
    seen = until_settled(Standing(Deployment=hub_and_proxy()), "jhub", print, timeout_s=0)
    assert len(seen.workloads) == 2


@pytest.mark.parametrize("left", ["hub", "proxy"])
def test_a_part_whose_workload_was_deleted_is_missing(left):
    gone = {"hub": "proxy", "proxy": "hub"}[left]
    with pytest.raises(OutsideFailed, match=f"The {gone} does not come up") as raised:
        until_settled(Standing(Deployment=[workload(left)]), "jhub", print, timeout_s=0)
    assert "it was deleted" in raised.value.cause


def test_of_other_parts_that_somebody_waits_for_hub_and_proxy_are_none():
    until_settled(Standing(Deployment=[workload("autohttps")]), "jhub", print, timeout_s=0, essential=("autohttps",))


def test_image_pulls_are_told_while_parts_come_up(monkeypatch):
    monkeypatch.setattr(watching, "EVERY_S", 0.0)
    starting = pod("hub", ready=False, phase="Pending")
    starting["metadata"]["uid"] = "1"
    began = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    pulling = {
        "metadata": {"name": "a"},
        "involvedObject": {"uid": "1"},
        "reason": "Pulling",
        "message": 'Pulling image "gcr.io/college-cs/hub:9"',
        "lastTimestamp": began,
    }
    told = []
    cluster = Standing(Deployment=hub_and_proxy(0), Pod=[evicted("hub"), starting], Event=[pulling])
    with pytest.raises(OutsideFailed, match="The hub does not come up"):
        until_settled(cluster, "jhub", told.append, timeout_s=1.5)
    assert told == ["The hub is starting.", "The hub waits: its node pulls the image gcr.io/college-cs/hub:9."]


def test_an_evicted_pod_fails_no_start_however_long_it_takes():
    cluster = Standing(Deployment=hub_and_proxy(0), Pod=[evicted("hub"), pod("hub", ready=False)])
    with pytest.raises(OutsideFailed) as raised:
        until_settled(cluster, "jhub", lambda _: None, timeout_s=1.5, hope_s=0)
    assert "was not ready within 1.5 s" in raised.value.cause

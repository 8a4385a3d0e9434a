"""Every home, whose it is, and whether anybody uses it."""

import pytest

from classhub.targets.cluster.claims import capacity, homes, in_use, used
from unit.targets.cluster.objects import labels, pod
from unit.targets.cluster.objects_more import claim, mounting, user

ALICE = "alice@college.edu"


def one(claims, pods=(), users=()):
    (found,) = homes(claims, pods, users, "jhub")
    return found


@pytest.mark.parametrize("owner", [ALICE, "Jane.Doe", "x" * 70, "Jürgen"])
def test_owners_come_from_the_mark_and_not_from_the_name(owner):
    home = one([claim("claim-any---0925f997", owner, "gpu")], users=[user(owner)])
    assert (home.owner, home.server, home.orphaned, home.shared) == (owner, "gpu", False, False)
    assert (home.path, home.capacity_bytes, home.phase, home.volume) == (
        "claim-any---0925f997",
        2**30,
        "Bound",
        "pv-claim-any---0925f997",
    )


def test_a_home_of_somebody_the_hub_does_not_know_is_orphaned():
    assert one([claim("c", "gone@college.edu")], users=[user(ALICE)]).orphaned is True


def test_without_the_hub_nobody_is_called_gone():
    assert one([claim("c", "gone@college.edu")], users=None).orphaned is None


def test_a_home_that_a_pod_mounts_is_in_use_also_while_the_pod_ends():
    assert one([claim("c", ALICE)], [mounting("c", ALICE, going=True)]).in_use
    assert not one([claim("c", ALICE)], [mounting("c", ALICE, phase="Succeeded")]).in_use
    assert one([claim("c", ALICE)], [mounting("c")]).in_use, "whoever mounts it"


def test_the_last_use_is_that_of_the_server():
    home = one([claim("c", ALICE)], users=[user(ALICE, "", "c", "2026-10-01T12:00:00.000000Z")])
    assert home.last_used == 1790856000.0


def test_a_claim_without_a_mark_is_shared_unless_the_hub_says_whose_it_is():
    assert one([claim("everybody")]).shared
    home = one([claim("old")], users=[user(ALICE, "", "old")])
    assert (home.owner, home.shared) == (ALICE, False)


def test_a_home_that_the_hub_no_longer_mounts_says_which_it_mounts():
    found = homes([claim("old", ALICE, version=""), claim("new", ALICE)], [], [user(ALICE, "", "new")], "jhub")
    assert {home.path: (home.instead, home.legacy) for home in found} == {"old": ("new", True), "new": ("", False)}


@pytest.mark.parametrize(("version", "legacy"), [("", True), ("6.2.0", True), ("7.0.0", False), ("7.1.0", False)])
def test_names_of_the_spawner_before_7_are_marked(version, legacy):
    assert one([claim("c", ALICE, version=version)]).legacy is legacy


def test_the_hubs_own_disk_and_other_releases_are_no_homes():
    hub = claim("hub-db-dir") | {"metadata": {"name": "hub-db-dir", "labels": labels("hub")}}
    other = claim("c", ALICE, release="spring", **{"app.kubernetes.io/instance": "spring"})
    assert homes([hub, other], [], [], "jhub") == ()


def test_a_claim_on_its_way_out_says_so():
    going = claim("c", ALICE)
    going["metadata"]["deletionTimestamp"] = "2026-11-29T10:00:00Z"
    assert one([going]).phase == "Terminating"


def test_a_claim_that_waits_for_its_disk_has_the_size_it_asks_for():
    waiting = claim("c", ALICE, size="10Gi") | {"status": {"phase": "Pending"}}
    assert capacity(waiting) == 10 * 2**30


def test_bytes_come_from_what_a_node_measures():
    volume = {"pvcRef": {"name": "c", "namespace": "jhub"}, "usedBytes": 4711}
    summary = {"pods": [{"volume": [volume, {"name": "token"}]}]}
    assert used(summary, "jhub") == {"c": 4711} and used(summary, "other") == {}


def test_pods_without_claims_use_none():
    assert in_use([pod("hub") | {"spec": {"volumes": [{"name": "config", "configMap": {}}]}}]) == set()

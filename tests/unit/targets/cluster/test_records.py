"""Whose logs are shown: those of this release alone, where two hubs share a namespace."""

from contextlib import contextmanager

import pytest

from classhub.errors import NotFound
from classhub.plan.records import Kind
from classhub.targets.cluster.records import read
from unit.targets.cluster.objects import labels, pod, workload
from unit.targets.cluster.objects_more import claim
from unit.targets.cluster.standing import Standing

ALICE, BOB = "alice@college.edu", "bob@college.edu"


class Hub:
    """It knows alice alone."""

    def user(self, name, include_stopped=False):
        if name != ALICE:
            raise NotFound("nobody")
        return {"name": ALICE, "servers": {}}

    def spelling(self, name):
        return type("Spelling", (), {"name": name})


@contextmanager
def hub():
    yield Hub()


def hub_pod(release):
    made = pod("hub", containerStatuses=[{"name": "hub", "state": {"running": {}}}])
    made["metadata"] |= {"name": f"hub-{release}", "labels": labels("hub", release)}
    return made | {"spec": {"containers": [{"name": "hub"}]}}


def log(who):
    said = {f"hub-{release}": [f"2026-11-29T10:00:00Z {ALICE} of {release}"] for release in ("jhub", "other")}
    theirs = claim("claim-bob", BOB)
    theirs["metadata"]["labels"] = labels("singleuser-storage", "other")
    cluster = Standing(
        said,
        Deployment=[workload("hub")],
        Pod=[hub_pod("jhub"), hub_pod("other")],
        PersistentVolumeClaim=[theirs],
    )
    return [one.text for one in read(cluster, "jhub", hub, who=who, kind=Kind.LOGS, previous=False, follow=False)]


def test_the_log_of_another_hub_in_the_namespace_is_not_shown():
    assert log(ALICE) == [f"hub: {ALICE} of jhub"]


def test_the_users_of_another_hub_in_the_namespace_are_not_known():
    with pytest.raises(NotFound):
        log(BOB)

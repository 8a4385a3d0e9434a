"""The mirror's objects on a real API server: it takes them, also where pods must be harmless, and a second time."""

import copy

import pytest

from classhub.config.chart.table import defaults
from classhub.outside.kubernetes import RefusedByPolicy
from classhub.plan.mirror_objects import objects
from classhub.plan.mirror_place import Mirror
from cluster.kubernetes.bodies import eventually

SETTINGS = {
    "courses": [
        {"name": "comp141", "source": {"kind": "git", "source": "git@git.college.edu:cs/comp141.git", "key": "/a/key"}}
    ]
}
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@pytest.fixture
def mirror(cluster):
    return objects(
        Mirror("jhub", cluster.namespace, "/jupyter/"),
        "localhost/classhub:1",
        SETTINGS,
        {"/a/key": b"-----BEGIN KEY-----"},
        values=defaults("4.4.0"),
    )


def pod(mirror):
    (template,) = [one["spec"]["template"] for one in mirror if one["kind"] == "Deployment"]
    metadata = {"name": "mirror", **template["metadata"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def restrict(control_plane, cluster):
    control_plane.kubectl("label", "namespace", cluster.namespace, *(f"{key}={one}" for key, one in RESTRICTED.items()))


def test_a_dry_run_takes_each_and_makes_none(cluster, mirror):
    for one in mirror:
        cluster.apply(one, dry_run=True)
        assert cluster.get(one["kind"], one["metadata"]["name"]) is None


def test_they_are_made_and_made_again_without_a_change(cluster, mirror):
    made = [cluster.apply(one) for one in mirror]
    again = [cluster.apply(one) for one in mirror]
    assert [one["metadata"]["uid"] for one in again] == [one["metadata"]["uid"] for one in made]
    assert [one["metadata"]["generation"] for one in again if "generation" in one["metadata"]] == [
        one["metadata"]["generation"] for one in made if "generation" in one["metadata"]
    ]


def test_kubernetes_makes_its_pod_and_gives_it_no_token(cluster, mirror):
    for one in mirror:
        cluster.apply(one)
    (found,) = eventually(lambda: list(cluster.list("Pod", labels="classhub/part=mirror")))
    mounts = [each["mountPath"] for each in found["spec"]["containers"][0]["volumeMounts"]]
    assert not any("serviceaccount" in path for path in mounts)


def test_it_may_run_where_only_harmless_pods_may(control_plane, cluster, mirror):
    restrict(control_plane, cluster)
    cluster.apply(next(one for one in mirror if one["kind"] == "ServiceAccount"))
    worse = copy.deepcopy(pod(mirror))
    worse["spec"]["containers"][0]["securityContext"] = {}

    def refused():
        """Once the API server has heard of the namespace's label."""
        try:
            cluster.apply(worse, dry_run=True)
        except RefusedByPolicy as error:
            return str(error)
        return None

    assert "allowPrivilegeEscalation" in eventually(refused)
    cluster.apply(pod(mirror), dry_run=True)

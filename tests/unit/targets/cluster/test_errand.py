"""The Job that works on the hub's database is made of the hub's Deployment, as the official chart writes it."""

import copy

import pytest

from classhub.targets.cluster import errand

ROOM = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}


def deployment(*, database=True, shared=True, mount="/srv/jupyterhub"):
    """z2jh 4.4.0: hub.extraVolumes and hub.extraVolumeMounts come before the database's."""
    volumes = [{"name": "config", "configMap": {"name": "hub"}}, {"name": "secret", "secret": {"secretName": "hub"}}]
    mounts = [{"mountPath": "/usr/local/etc/jupyterhub/config/", "name": "config"}]
    if shared:
        volumes.append({"name": "shared", "persistentVolumeClaim": {"claimName": "course-data"}})
        mounts.append({"mountPath": "/srv/shared", "name": "shared"})
    if database:
        volumes.append({"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}})
        mounts.append({"mountPath": mount, "name": "pvc", "subPath": "term"})
    hub = {"name": "hub", "image": "hub:4.4.0", "volumeMounts": mounts, "resources": copy.deepcopy(ROOM)}
    side = {"name": "backup", "volumeMounts": [{"mountPath": "/srv/jupyterhub", "name": "shared"}]}
    spec = {"volumes": volumes, "containers": [side, hub], "serviceAccountName": "hub", "priorityClassName": "high"}
    return {
        "kind": "Deployment",
        "metadata": {"name": "hub", "labels": {"component": "hub", "release": "jhub"}},
        "spec": {"template": {"spec": spec}},
    }


def of(**what):
    job = errand.job(deployment(**what), "jhub", "classhub-find-1-jhub", ["true"], "node-a")
    return job["spec"]["template"]["spec"]


def test_a_shared_claim_is_not_taken_for_the_databases():
    assert errand.claim(deployment()) == "hub-db-dir"
    assert errand.claim(deployment(mount="/srv/jupyterhub/")) == "hub-db-dir"
    pod = of()
    assert [volume["name"] for volume in pod["volumes"]] == ["pvc"]
    assert pod["containers"][0]["volumeMounts"] == [{"mountPath": "/srv/jupyterhub", "name": "pvc", "subPath": "term"}]


def test_without_a_claim_of_its_own_there_is_none_whatever_else_is_mounted():
    assert errand.claim(deployment(database=False)) == ""


def test_a_folder_of_another_kind_in_that_place_is_no_claim():
    other = deployment(database=False)
    spec = other["spec"]["template"]["spec"]
    spec["volumes"].append({"name": "scratch", "emptyDir": {}})
    spec["containers"][1]["volumeMounts"].append({"mountPath": "/srv/jupyterhub", "name": "scratch"})
    assert errand.claim(other) == ""


def test_it_asks_the_hubs_own_room_as_a_quota_counts_it():
    assert of()["containers"][0]["resources"] == ROOM


def test_a_hub_without_amounts_leaves_them_to_the_namespace():
    plain = deployment()
    del plain["spec"]["template"]["spec"]["containers"][1]["resources"]
    job = errand.job(plain, "jhub", "x", ["true"])
    assert job["spec"]["template"]["spec"]["containers"][0]["resources"] == {}


def test_it_goes_to_the_node_by_name_not_by_a_label():
    wanted = of()["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    field = {"key": "metadata.name", "operator": "In", "values": ["node-a"]}
    assert wanted == {"nodeSelectorTerms": [{"matchFields": [field]}]}


def test_its_pod_is_the_one_that_kubernetes_makes_of_it():
    job = errand.job(deployment(), "jhub", "classhub-find-1-jhub", ["true"])
    pod = errand.pod(job)
    assert (pod["kind"], pod["apiVersion"], pod["spec"]) == ("Pod", "v1", job["spec"]["template"]["spec"])
    assert pod["metadata"]["labels"][errand.RELEASE] == "jhub"


def failed(message):
    return {"reason": "FailedCreate", "message": f'Error creating: pods "classhub-restore-3-jhub-x" is {message}.'}


@pytest.mark.parametrize(
    ("message", "for_good"),
    [
        ("forbidden: failed quota: room: must specify limits.cpu", True),
        ("forbidden: maximum memory usage per Container is 256Mi, but limit is 1Gi", True),
        ("forbidden: exceeded quota: room, requested: limits.cpu=1, used: limits.cpu=4, limited: limits.cpu=4", False),
    ],
)
def test_a_refusal_is_told_and_whether_another_try_may_help(message, for_good):
    why, found = errand.refusal([{"reason": "SuccessfulCreate"}, failed(message)])
    assert message in why and not why.startswith("Error creating") and found is for_good


def test_where_nothing_is_refused_nothing_is_told():
    assert errand.refusal([{"reason": "SuccessfulCreate", "message": "Created pod: x"}]) == ("", False)

"""Objects on a real API server: made, listed, changed, removed."""

import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from classhub.errors import NotFound
from classhub.outside.kubernetes import AlreadyThere, Changed, Cluster, Conflicted, Invalid
from classhub.outside.kubernetes.kinds import BUILT_IN
from cluster.kubernetes.bodies import config_map, deployment, eventually


def test_the_version_is_the_servers(cluster):
    assert cluster.version().startswith("v1.")


def test_an_object_is_made_read_changed_and_removed(cluster):
    made = cluster.create(config_map("one", colour="blue"))
    assert made["metadata"]["namespace"] == cluster.namespace
    assert cluster.get("ConfigMap", "one")["data"] == {"colour": "blue"}
    assert cluster.patch("ConfigMap", "one", {"data": {"colour": None, "size": "2"}})["data"] == {"size": "2"}
    cluster.delete("ConfigMap", "one")
    assert cluster.get("ConfigMap", "one") is None
    cluster.delete("ConfigMap", "one")
    with pytest.raises(NotFound, match="no ConfigMap one in the namespace"):
        cluster.delete("ConfigMap", "one", missing_ok=False)


def test_an_object_that_is_there_is_not_made_again(cluster):
    cluster.create(config_map("one"))
    with pytest.raises(AlreadyThere, match="ConfigMap one"):
        cluster.create(config_map("one"))


def test_nothing_is_made_in_a_namespace_that_is_not_there(control_plane):
    with Cluster.connect("nowhere", kubeconfig=control_plane.kubeconfig) as cluster:
        with pytest.raises(NotFound, match="no namespace nowhere"):
            cluster.create(config_map("one"))
        assert list(cluster.list("ConfigMap")) == []
        assert cluster.get("ConfigMap", "one") is None


def test_an_apply_makes_and_changes_and_a_dry_one_does_neither(cluster):
    assert cluster.apply(config_map("one", colour="blue"), dry_run=True)["data"] == {"colour": "blue"}
    assert cluster.get("ConfigMap", "one") is None
    cluster.apply(config_map("one", colour="blue"))
    before = cluster.apply(config_map("one", colour="blue"))["metadata"]["resourceVersion"]
    assert cluster.apply(config_map("one", colour="red"), dry_run=True)["data"] == {"colour": "red"}
    assert cluster.get("ConfigMap", "one")["metadata"]["resourceVersion"] == before


def test_what_another_tool_holds_is_not_taken_unless_it_is_forced(cluster):
    cluster.apply(deployment(replicas=1), manager="helm")
    with pytest.raises(Conflicted) as told:
        cluster.apply(deployment(replicas=2, image="localhost/none:2"))
    assert set(told.value.conflicts) == {
        ("helm", ".spec.replicas"),
        ("helm", '.spec.template.spec.containers[name="hub"].image'),
    }
    assert cluster.get("Deployment", "hub")["spec"]["replicas"] == 1
    assert cluster.apply(deployment(replicas=2), force=True)["spec"]["replicas"] == 2


def test_a_scaled_deployment_has_that_many_replicas(cluster):
    cluster.apply(deployment(replicas=1))
    cluster.scale("Deployment", "hub", 0)
    assert cluster.get("Deployment", "hub")["spec"]["replicas"] == 0
    with pytest.raises(NotFound, match="no Deployment proxy"):
        cluster.scale("Deployment", "proxy", 0)


def test_a_change_of_what_was_changed_meanwhile_is_refused(cluster):
    version = cluster.create(config_map("one"))["metadata"]["resourceVersion"]
    cluster.patch("ConfigMap", "one", {"data": {"a": "1"}})
    with pytest.raises(Changed, match="changed by someone else"):
        cluster.patch("ConfigMap", "one", {"metadata": {"resourceVersion": version}, "data": {"a": "2"}})


def test_what_cannot_change_is_named(cluster):
    cluster.apply(deployment())
    with pytest.raises(Invalid, match="Deployment hub") as told:
        cluster.patch("Deployment", "hub", {"spec": {"selector": {"matchLabels": {"app": "other"}}}})
    assert "spec.selector" in dict(told.value.fields)
    assert "made anew" in told.value.fix


@pytest.mark.parametrize("of", [{"apiVersion": "v1", "kind": "Pod"}, {"apiVersion": "v9", "kind": "ConfigMap"}])
def test_an_object_that_makes_no_sense_is_refused_in_words(cluster, of):
    with pytest.raises((Invalid, NotFound)) as told:
        cluster.create({**of, "metadata": {"name": "x"}, "spec": {"containers": []}})
    assert told.value.exit_code == 1


def test_nothing_of_a_secret_is_told(cluster):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hub"}}
    for wrong in (
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "hush-hush"}},
        {"data": {"key": "hush-hush"}},
        {"data": {"hush-hush/": "aHVzaA=="}, "stringData": "hush-hush"},
    ):
        with pytest.raises(Invalid, match="Secret hub") as told:
            cluster.create({**secret, **wrong})
        assert "hush-hush" not in str(told.value).replace("hush-hush/", "")


def test_1200_objects_come_in_three_pages(cluster):
    names = {f"map-{n:04d}" for n in range(1200)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: cluster.create(config_map(name)), names))
    asked = cluster.requests
    found = [one["metadata"]["name"] for one in cluster.list("ConfigMap", fields="metadata.name!=kube-root-ca.crt")]
    assert len(found) == 1200
    assert set(found) == names
    assert cluster.requests - asked == 3


def test_a_list_is_narrowed_by_labels_and_goes_over_all_namespaces(cluster):
    mark = uuid.uuid4().hex[:8]
    body = config_map("one")
    cluster.create({**body, "metadata": {"name": "one", "labels": {"mark": mark}}})
    cluster.create(config_map("two"))
    assert [one["metadata"]["name"] for one in cluster.list("ConfigMap", labels=f"mark={mark}")] == ["one"]
    assert len(list(cluster.list("ConfigMap", labels=f"mark={mark}", everywhere=True))) == 1
    assert any(one["metadata"]["name"] == "default" for one in cluster.list("Namespace"))


def test_every_kind_that_is_known_is_where_the_server_has_it(cluster):
    for kind, resource in BUILT_IN.items():
        if "Review" not in kind and resource.group != "metrics.k8s.io":
            next(iter(cluster.list(kind)), None)
    with pytest.raises(NotFound, match="metrics-server"):
        list(cluster.list("NodeMetrics"))


def test_objects_of_a_custom_kind_are_applied_and_listed(cluster, of_the_cluster):
    word = uuid.uuid4().hex[:6]
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    names = {"plural": f"courses{word}", "singular": f"course{word}", "kind": f"Course{word}"}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    of_the_cluster(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"courses{word}.college.edu"},
            "spec": {"group": "college.edu", "scope": "Namespaced", "names": names, "versions": versions},
        }
    )
    body = {"apiVersion": "college.edu/v1", "kind": names["kind"], "metadata": {"name": "comp141"}, "spec": {"room": 1}}

    def applied():
        with contextlib.suppress(NotFound):
            return cluster.apply(body)

    assert eventually(applied)["spec"] == {"room": 1}
    assert [one["metadata"]["name"] for one in cluster.list(names["kind"])] == ["comp141"]

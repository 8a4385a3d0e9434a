"""Watching a real API server, one that is killed meanwhile included."""

import pytest

from classhub.outside.kubernetes import Cluster, Unreachable
from cluster.kubernetes.bodies import config_map, eventually


def test_a_watch_tells_what_happens(cluster):
    cluster.create(config_map("before"))
    watched = cluster.watch("ConfigMap", fields="metadata.name!=kube-root-ca.crt")

    def following():
        kind, one = next(watched)
        return kind, one["metadata"]["name"]

    assert following() == ("ADDED", "before")
    cluster.create(config_map("after"))
    assert following() == ("ADDED", "after")
    cluster.patch("ConfigMap", "after", {"data": {"a": "1"}})
    assert following() == ("MODIFIED", "after")
    cluster.delete("ConfigMap", "before")
    assert following() == ("DELETED", "before")


def test_a_watch_of_one_object_ends_in_time(cluster):
    cluster.create(config_map("one"))
    cluster.create(config_map("two"))
    assert [one["metadata"]["name"] for _, one in cluster.watch("ConfigMap", name="two", timeout_s=1)] == ["two"]


def test_a_watch_goes_on_when_the_api_server_was_killed_and_came_back(cluster, second_server):
    cluster.create(config_map("one"))
    cluster.create(config_map("two"))
    with Cluster.connect(cluster.namespace, kubeconfig=second_server.kubeconfig) as there:
        watched = there.watch("ConfigMap", fields="metadata.name!=kube-root-ca.crt")
        assert sorted(next(watched)[1]["metadata"]["name"] for _ in range(2)) == ["one", "two"]
        second_server.kill()
        cluster.delete("ConfigMap", "one")
        cluster.patch("ConfigMap", "two", {"data": {"a": "1"}})
        cluster.create(config_map("three"))
        second_server.start()
        seen = {(kind, one["metadata"]["name"]) for kind, one in (next(watched) for _ in range(3))}
        assert seen == {("DELETED", "one"), ("MODIFIED", "two"), ("ADDED", "three")}


def test_a_dead_api_server_is_told_and_found_again(cluster, second_server):
    with Cluster.connect(cluster.namespace, kubeconfig=second_server.kubeconfig) as there:
        assert there.version()
        second_server.kill()
        with pytest.raises(Unreachable, match="Nothing answers"):
            there.version()
        second_server.start()
        eventually(second_server.is_well, 300)
        assert there.version()

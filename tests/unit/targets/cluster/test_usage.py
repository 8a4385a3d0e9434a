"""CPU, memory and disks, from what the cluster or its nodes measure."""

from classhub.plan.records import UsageRow
from classhub.targets.cluster import usage
from unit.targets.cluster.objects import pod

NODE = {
    "node": {
        "nodeName": "node-1",
        "cpu": {"usageNanoCores": 500_000_000},
        "memory": {"workingSetBytes": 2**30},
    },
    "pods": [
        {
            "podRef": {"name": "hub-x", "namespace": "jhub"},
            "cpu": {"usageNanoCores": 20_000_000},
            "memory": {"workingSetBytes": 200},
            "volume": [{"pvcRef": {"name": "c", "namespace": "jhub"}, "availableBytes": 900}, {"name": "config"}],
        },
        {"podRef": {"name": "hub-x", "namespace": "other"}, "cpu": {}, "memory": {}},
    ],
}


def test_metrics_of_all_containers_are_added():
    metrics = {"containers": [{"usage": {"cpu": "250m", "memory": "100Mi"}}, {"usage": {"cpu": "1", "memory": "1Ki"}}]}
    assert usage.of_metrics(metrics) == (1.25, 100 * 2**20 + 1024)


def test_what_a_kubelet_measures_is_told_by_pod_and_node():
    assert dict(usage.of_summary(NODE, "jhub")) == {"hub-x": (0.02, 200)}
    assert usage.node_row(NODE) == UsageRow("node-1", "node", None, 2**30, None, cores=0.5)
    assert usage.free_of(NODE, "jhub", {"c"}) == 900 and usage.free_of(NODE, "jhub", set()) is None


def test_what_nobody_measured_is_unknown_and_not_zero():
    assert usage.added([(None, None), (None, None)]) == (None, None)
    assert usage.added([(None, 3), (1.0, None)]) == (1.0, 3)


def test_a_limit_holds_only_when_every_container_has_one():
    limited = {"resources": {"limits": {"memory": "1Gi"}}}
    assert usage.memory_limit(pod("hub") | {"spec": {"containers": [limited, limited]}}) == 2 * 2**30
    assert usage.memory_limit(pod("hub") | {"spec": {"containers": [limited, {}]}}) is None

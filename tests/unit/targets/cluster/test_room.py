"""How many more students a node takes: as the scheduler counts."""

import pytest

from classhub.targets.cluster import room
from unit.targets.cluster.objects import pod

VALUES = {
    "singleuser": {"memory": {"guarantee": "1G"}, "cpu": {"guarantee": 0.5}, "nodeSelector": {}},
    "scheduling": {
        "userPods": {
            "tolerations": [
                {"key": "hub.jupyter.org_dedicated", "operator": "Equal", "value": "user", "effect": "NoSchedule"}
            ],
            "nodeAffinity": {"matchNodePurpose": "prefer"},
        }
    },
}


def node(name="user-1", *, ready=True, taints=(), cordoned=False, cpu="4", memory="16Gi", pods="110", **labels):
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": list(taints), "unschedulable": cordoned},
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": pods},
            "conditions": [{"type": "Ready", "status": str(ready)}],
        },
    }


def asking(component="hub", *, on="user-1", cpu="1", memory="2Gi", **more):
    requests = {"requests": {"cpu": cpu, "memory": memory}}
    return pod(component, **more) | {"spec": {"nodeName": on, "containers": [{"resources": requests}]}}


def one(found, pods=(), values=VALUES, everything=True):
    (made,) = room.nodes([found], pods, values, "jhub", everything=everything)
    return made


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"cpu": "4", "memory": "16Gi"}, 8),
        ({"cpu": "4", "memory": "3Gi"}, 3),
        ({"cpu": "4", "memory": "16Gi", "pods": "2"}, 2),
        ({"cpu": "400m", "memory": "16Gi"}, 0),
        ({"ready": False}, 0),
        ({"cordoned": True}, 0),
    ],
)
def test_what_runs_out_first_decides(given, more):
    assert one(node(**given)).more == more


def test_what_pods_of_all_kinds_ask_for_is_taken():
    found = one(node(), [asking(), asking(component="", memory="1Gi"), asking(on="other")])
    assert (found.free_cores, found.free_memory_bytes, found.more) == (2.0, 13 * 2**30, 4)


def test_placeholders_are_room_and_ended_pods_take_none():
    assert one(node(), [asking("user-placeholder"), asking(phase="Succeeded")]).more == 8


def test_an_init_container_counts_while_it_is_the_largest():
    heavy = asking(cpu="100m", memory="1Gi")
    heavy["spec"]["initContainers"] = [{"resources": {"requests": {"cpu": "2"}}}]
    assert room.asks(heavy) == room.Asked(2.0, 2**30)


def test_without_a_guarantee_the_limit_is_asked_for():
    assert room.need({"singleuser": {"memory": {"limit": "2G", "guarantee": None}}}) == room.Need(0.0, 2 * 2**30)


def test_where_not_all_pods_are_seen_room_is_unknown():
    found = one(node(), everything=False)
    assert (found.more, found.free_cores, found.free_memory_bytes) == (None, None, None)


DEDICATED = {"key": "hub.jupyter.org_dedicated", "value": "user", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ({"taints": [DEDICATED]}, True),
        ({"taints": [DEDICATED | {"value": "core"}]}, False),
        ({"taints": [{"key": "gpu", "effect": "NoExecute"}]}, False),
        ({"taints": [{"key": "gpu", "effect": "PreferNoSchedule"}]}, True),
    ],
)
def test_taints_say_who_may_come(given, takes):
    assert one(node(**given)).takes_students is takes


def test_where_the_purpose_is_required_other_nodes_take_nobody():
    strict = VALUES | {
        "scheduling": {"userPods": VALUES["scheduling"]["userPods"] | {"nodeAffinity": {"matchNodePurpose": "require"}}}
    }
    assert not one(node(), values=strict).takes_students
    assert one(node(**{"hub.jupyter.org/node-purpose": "user"}), values=strict).takes_students

"""What Kubernetes writes in a pod's status, in an admin's words."""

import pytest

from classhub.targets.cluster.troubles import is_ready, trouble


def pod(*, waiting=None, last=None, restarts=0, conditions=(), phase="Pending", **status):
    state = {"waiting": waiting} if waiting else {"running": {}}
    container = {"name": "hub", "image": "gcr.io/college-cs/hub:1", "state": state, "restartCount": restarts}
    if last:
        container["lastState"] = {"terminated": last}
    return {"status": {"phase": phase, "conditions": list(conditions), "containerStatuses": [container], **status}}


def unschedulable(message):
    return {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}


def test_a_pod_that_runs_or_is_about_to_has_no_trouble():
    assert trouble(pod()) == trouble(pod(waiting={"reason": "ContainerCreating"})) == trouble({}) == ""


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ('failed to pull and unpack image "x": manifest unknown: not found', "there is no such image or tag"),
        ("pull access denied, repository does not exist or may require authorization", "does not let the node in"),
        ("dial tcp: lookup gcr.io: no such host", "the registry does not answer"),
        ('Back-off pulling image "gcr.io/college-cs/hub:1"', "the registry gave no reason"),
    ],
)
@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_an_image_that_cannot_be_pulled_is_named_with_the_cause(reason, message, cause):
    told = trouble(pod(waiting={"reason": reason, "message": message}))
    assert told.startswith("its image gcr.io/college-cs/hub:1 cannot be pulled: ") and cause in told


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient memory.", "memory"),
        ("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", "node pool"),
        ("0/2 nodes are available: 2 node(s) had volume node affinity conflict.", "another zone"),
        ("0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "its disk is not there yet"),
        ("", "the scheduler gave no reason"),
    ],
)
def test_a_pod_without_a_node_says_what_is_lacking(message, cause):
    assert cause in trouble(pod(conditions=[unschedulable(message)]))


def test_the_remarks_on_preemption_are_left_out():
    told = trouble(pod(conditions=[unschedulable("0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 x.")]))
    assert told.endswith("1 Insufficient cpu")


def test_a_crash_loop_says_how_it_ends():
    told = trouble(pod(waiting={"reason": "CrashLoopBackOff"}, last={"exitCode": 1, "reason": "Error"}, restarts=1))
    assert told == "its container hub ends again and again (exit code 1)"


def test_out_of_memory_is_said_in_words():
    told = trouble(pod(last={"exitCode": 137, "reason": "OOMKilled"}, restarts=5))
    assert "out of memory" in told


def test_one_restart_alone_is_no_trouble():
    assert trouble(pod(last={"exitCode": 1}, restarts=1)) == ""


def test_a_pod_that_its_node_ended_says_why():
    told = trouble(pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory."))
    assert told == "it was ended by its node (Evicted: The node was low on resource: memory)"


@pytest.mark.parametrize("status", ["True", "False"])
def test_ready_is_what_the_condition_says(status):
    assert is_ready(pod(conditions=[{"type": "Ready", "status": status}])) == (status == "True")

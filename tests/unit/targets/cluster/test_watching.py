"""What is told while Helm works and says nothing."""

from datetime import UTC, datetime

from classhub.targets.cluster.watching import TAKES_S, sentences

PULLED_AT = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
BEGAN = PULLED_AT.timestamp()


def pod(component="image-puller", **status):
    labels = {"component": component, "release": "jhub"}
    return {"metadata": {"name": f"{component}-x", "uid": "1", "labels": labels}, "spec": {}, "status": status}


def event(reason="Pulling", uid="1", message='Pulling image "gcr.io/college-cs/jserver:1"'):
    when = PULLED_AT.isoformat().replace("+00:00", "Z")
    return {"involvedObject": {"uid": uid}, "reason": reason, "message": message, "lastTimestamp": when}


def test_a_pull_that_takes_long_is_told():
    told = list(sentences([pod()], [event()], BEGAN + TAKES_S + 1))
    assert told == ["The image-puller waits: its node pulls the image gcr.io/college-cs/jserver:1."]


def test_a_short_pull_one_that_is_done_and_another_pods_are_not():
    assert not list(sentences([pod()], [event()], BEGAN + 1))
    assert not list(sentences([pod()], [event(reason="Pulled")], BEGAN + 60))
    assert not list(sentences([pod()], [event(uid="2")], BEGAN + 60))


def test_what_goes_wrong_is_told_but_not_of_students():
    stuck = {
        "conditions": [{"type": "PodScheduled", "reason": "Unschedulable", "message": "0/1 nodes: Insufficient cpu."}]
    }
    assert list(sentences([pod(**stuck)], [], BEGAN)) == [
        "The image-puller waits: no node has room for it (not enough cpu): 0/1 nodes: Insufficient cpu."
    ]
    assert not list(sentences([pod("singleuser-server", **stuck)], [], BEGAN))

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
    return {
        "metadata": {"name": f"{reason}.{uid}"},
        "involvedObject": {"uid": uid},
        "reason": reason,
        "message": message,
        "lastTimestamp": when,
    }


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


def test_steps_that_take_long_are_told_in_words_and_disks_that_fail_at_once():
    placed = event("Scheduled", message="Successfully assigned jhub/hub-x to node-2")
    assert list(sentences([pod("hub")], [placed], BEGAN + 60)) == [
        "The hub waits: it has a place on the node node-2, which prepares its disks and network."
    ]
    stuck = event("FailedMount", message="MountVolume failed for volume pvc-1")
    assert list(sentences([pod("hub")], [placed, stuck], BEGAN)) == [
        "The hub waits: its disk or a file of it cannot be mounted: MountVolume failed for volume pvc-1."
    ]


def test_within_one_second_the_later_step_counts():
    placed = event("Scheduled", message="Successfully assigned jhub/hub-x to node-2")
    (told,) = sentences([pod("hub")], [event(), placed], BEGAN + 60)
    assert "pulls the image" in told


def test_a_disk_that_is_being_made_is_told_of_the_pod_that_mounts_it():
    waiting = pod("hub")
    waiting["spec"]["volumes"] = [{"persistentVolumeClaim": {"claimName": "hub-db-dir"}}, {"name": "config"}]
    made = event("Provisioning", message="provisioning")
    about = {"kind": "PersistentVolumeClaim", "name": "hub-db-dir", "uid": "9"}
    assert list(sentences([waiting], [made | {"involvedObject": about}], BEGAN + 60)) == [
        "The hub waits: its disk is being made."
    ]
    other = made | {"involvedObject": {**about, "name": "another"}}
    assert not list(sentences([waiting], [other], BEGAN + 60))

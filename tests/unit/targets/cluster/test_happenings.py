"""Events of Kubernetes in an admin's words."""

import pytest

from classhub.targets.cluster import happenings
from unit.targets.cluster.objects_more import event

SENTENCES = [
    ("Scheduled", "Successfully assigned jhub/jupyter-alice to node-2", "It got a place on the node node-2."),
    (
        "Pulling",
        'Pulling image "gcr.io/college-cs/jserver:1"',
        "The node brings its image gcr.io/college-cs/jserver:1.",
    ),
    (
        "FailedScheduling",
        "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes",
        "It waits: no node has room for it (not enough memory): 0/3 nodes are available: 3 Insufficient memory.",
    ),
    (
        "Failed",
        'Failed to pull image "jserver:9": manifest unknown: not found',
        "Its image jserver:9 cannot be pulled: there is no such image or tag.",
    ),
    ("Failed", "Error: ImagePullBackOff", "Error: ImagePullBackOff."),
    (
        "BackOff",
        "Back-off restarting failed container hub in pod hub-x",
        "It ended, and is started again after a pause.",
    ),
    ("Unhealthy", "Readiness probe failed: 503", "It does not answer its probe: Readiness probe failed: 503."),
    ("TriggeredScaleUp", "pod triggered scale-up: [...]", "A new node is being added for it."),
    ("ProvisioningFailed", "quota reached", "The disk cannot be made: quota reached."),
    ("SomethingNew", "with words\nof its own", "with words of its own."),
    ("SomethingNew", "", "SomethingNew."),
]


@pytest.mark.parametrize(("reason", "message", "sentence"), SENTENCES)
def test_an_event_is_a_sentence(reason, message, sentence):
    assert happenings.sentence(event(reason, message)) == sentence


def test_a_sentence_with_braces_is_no_template():
    assert happenings.sentence(event("FailedMount", "no {such} file {0}")).endswith("no {such} file {0}.")


def test_what_happens_again_and_again_is_one_line():
    assert happenings.record(event("Killing", "", count=7), "hub").text.endswith("(7 times)")


@pytest.mark.parametrize("key", ["lastTimestamp", "eventTime", "firstTimestamp"])
def test_the_time_is_the_newest_that_is_told(key):
    told = event("Killing", "") | {"lastTimestamp": None, key: "2026-11-29T10:00:00Z"}
    assert happenings.when(told) == 1795946400.0


def test_pods_that_are_gone_are_known_from_their_maker():
    made = [event("SuccessfulCreate", "Created pod: hub-6cc79f5bb-wp794"), event("Killing", "Stopping container hub")]
    assert happenings.pods_named(made) == {"hub-6cc79f5bb-wp794"}

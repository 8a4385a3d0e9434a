"""What is gathered for one screen."""

import base64

import pytest

from classhub.errors import NotFound, NotRunning, Refused
from classhub.plan.overview import Service
from classhub.plan.records import Home
from classhub.targets.cluster import certificates, hub_secret, overview
from classhub.targets.cluster.homes import refuse_kept
from classhub.targets.cluster.inspection import Seen
from unit.outside.test_certificate import ENDS, acme, pem
from unit.targets.cluster.objects import image_missing, labels, pod, workload
from unit.targets.cluster.objects_more import claim, event

ALICE = "alice@college.edu"
NOW = 1788249600.0 + 60
"""A minute after the events of objects_more."""


def service(name, kind="ClusterIP", ports=(80,), **status):
    spec = {"type": kind, "clusterIP": "10.0.0.7", "ports": [{"port": port} for port in ports]}
    return {"metadata": {"name": name, "labels": labels(name)}, "spec": spec, "status": status}


def test_services_have_their_addresses_inside_and_outside():
    public = service("proxy-public", "LoadBalancer", (443, 80), loadBalancer={"ingress": [{"ip": "203.0.113.7"}]})
    assert list(overview.services([public, service("hub", ports=(8081,))])) == [
        Service("hub", "hub", "ClusterIP", "10.0.0.7:8081"),
        Service("proxy-public", "proxy-public", "LoadBalancer", "10.0.0.7:443, 80", "203.0.113.7"),
    ]
    waits = list(overview.services([service("proxy-public", "LoadBalancer")]))
    assert "no address yet" in waits[0].public


def seen(*pods):
    return Seen((workload("hub"),), pods, ())


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (pod("hub"), "running"),
        (pod("hub", ready=False), "starting"),
        (pod("hub", ready=False, **image_missing()), "failing"),
        (pod("hub", going=True), "ending"),
        (pod("hub", ready=False, phase="Succeeded"), "ended"),
    ],
)
def test_a_pod_is_told_in_words(given, state):
    (line,) = overview.pod_lines(seen(given))
    assert (line.what, line.state) == ("hub", state)


def test_a_students_pod_is_told_by_its_owner():
    (line,) = overview.pod_lines(seen(pod("singleuser-server", user=ALICE, server="gpu")))
    assert line.what == f"{ALICE}/gpu"


def test_warnings_are_about_people_and_parts_newest_first_and_each_once():
    students = pod("singleuser-server", user=ALICE)
    whose = overview.owners(seen(students), [claim("c", ALICE)])
    events = [
        event("FailedMount", "x", about="Pod/singleuser-server-x", warning=True, when="2026-09-01T08:00:01Z"),
        event(
            "ProvisioningFailed", "quota", about="PersistentVolumeClaim/c", warning=True, when="2026-09-01T08:00:02Z"
        ),
        event("FailedMount", "x", about="Pod/singleuser-server-x", warning=True, when="2026-09-01T08:00:00Z"),
        event("FailedMount", "old", about="Pod/hub-x", warning=True, when="2026-09-01T06:00:00Z"),
    ]
    found = list(overview.warned(events, whose, NOW))
    assert [(one.about, one.text) for one in found] == [
        (ALICE, "The disk cannot be made: quota."),
        (ALICE, "Its disk or a file of it cannot be mounted: x."),
    ]


def test_each_host_has_its_certificate_or_shows_that_it_has_none():
    kept = [{"data": {"acme.json": base64.b64encode(acme(pem("hub.college.edu"))).decode()}}]
    found = list(certificates.of_acme(kept, ("hub.college.edu", "new.college.edu")))
    assert [(one.names, one.until) for one in found] == [
        (("hub.college.edu",), ENDS.timestamp()),
        (("new.college.edu",), None),
    ]


class Secrets:
    """A cluster that holds Secrets; lists those of the hub."""

    namespace = "jhub"

    def __init__(self, *hub, **others):
        self.hub, self.others = hub, others

    def list(self, kind, labels):
        return iter(self.hub if labels.startswith("component=hub,") else ())

    def get(self, kind, name):
        return self.others.get(name)


def secret(**data):
    return {"data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}}


TOKEN = hub_secret.TOKEN


def test_the_token_is_that_of_our_service():
    cluster = Secrets(secret(**{"values.yaml": "hub: {}", TOKEN: "ours"}))
    assert hub_secret.token(cluster, hub_secret.read(cluster, "jhub")) == "ours"


def test_the_colleges_own_secret_counts_more():
    hub = secret(**{"values.yaml": "hub: {existingSecret: college}", TOKEN: "ours"})
    cluster = Secrets(hub, college=secret(**{TOKEN: "theirs"}))
    assert hub_secret.token(cluster, hub) == "theirs"
    assert hub_secret.token(Secrets(hub, college=secret()), hub) == "ours"
    assert hub_secret.token(Secrets(hub), hub) == "ours", "it was deleted"


def test_a_release_that_classhub_did_not_deploy_says_the_way_out():
    hub = secret(**{"values.yaml": "hub: {}"})
    with pytest.raises(NotFound) as refused:
        hub_secret.token(Secrets(hub), hub)
    assert "classhub deploy" in refused.value.fix
    with pytest.raises(NotRunning, match="no Secret of a hub"):
        hub_secret.read(Secrets(), "jhub")


@pytest.mark.parametrize(
    ("more", "why"), [({"shared": True}, "no mark"), ({"in_use": True}, "servers stop alice@college")]
)
def test_a_home_that_may_be_needed_is_never_deleted(more, why):
    with pytest.raises(Refused) as refused:
        refuse_kept(Home("" if "shared" in more else ALICE, "c", None, None, **more))
    assert why in str(refused.value)


def test_a_home_that_nobody_uses_may_go():
    refuse_kept(Home(ALICE, "c", None, None, orphaned=True))

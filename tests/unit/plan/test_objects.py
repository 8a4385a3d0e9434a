"""Rendered manifests are compared as Kubernetes understands them: what differs is found, and nothing else."""

import copy
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.plan.difference import Change
from classhub.plan.manifest import identity, is_checksum
from classhub.plan.objects import compare
from unit.plan.manifests import encoded, render, thing, workload

HTTPS = "proxy: {https: {enabled: true, hosts: [hub.college.edu], letsencrypt: {contactEmail: a@college.edu}}}"
FULL = render(HTTPS, puller=True)


def only(old, new):
    (found,) = compare([old], [new])
    return found


def sentences(old, new):
    return [change.sentence for change in only(old, new).changes]


def pod(**spec):
    return workload({}, "Deployment", "hub", spec.pop("containers", []), **spec)


def hub(**container):
    return pod(containers=[{"name": "hub", "image": "hub:1", **container}])


def leaves(value, way=()):
    """The way to each text, number, true and false that counts of itself."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not is_checksum(key):
                yield from leaves(inner, (*way, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*way, number))
    else:
        yield way


def put(value, way, new):
    for part in way[:-1]:
        value = value[part]
    value[way[-1]] = new


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_order_of_objects_and_of_keys_is_no_change(seed):
    def shuffled(value):
        if isinstance(value, dict):
            keys = list(value)
            dice.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    dice = random.Random(seed)
    other = [shuffled(manifest) for manifest in FULL]
    dice.shuffle(other)
    assert compare(FULL, other) == ()


@given(st.data())
@settings(max_examples=60)
def test_one_leaf_changed_anywhere_is_found(data):
    number = data.draw(st.sampled_from([n for n, each in enumerate(FULL) if "hook" not in str(each["metadata"])]))
    way = data.draw(st.sampled_from([way for way in leaves(FULL[number]) if "data" not in way or len(way) > 2]))
    new = copy.deepcopy(FULL)
    put(new[number], way, data.draw(st.sampled_from(["canary1b2c3d", 4711, True])))
    if new == FULL:
        return
    found = compare(FULL, new)
    assert found, way
    if way not in (("kind",), ("apiVersion",), ("metadata", "name")):
        assert [one.name for one in found if not one.hook] == [FULL[number]["metadata"]["name"]]
        assert any(one.changes for one in found), way


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (hub(image="hub:1"), hub(image="hub:2"), ["spec.template.spec.containers.hub.image: hub:1 -> hub:2"]),
        (
            hub(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]),
            hub(env=[{"name": "A", "value": "1"}, {"name": "NEW", "value": "3"}, {"name": "B", "value": "2"}]),
            ['spec.template.spec.containers.hub.env.NEW: (not set) -> {"name": "NEW", "value": "********"}'],
        ),
        (
            hub(volumeMounts=[{"mountPath": "/a", "name": "v"}]),
            hub(volumeMounts=[{"mountPath": "/b", "name": "v"}, {"mountPath": "/a", "name": "v"}]),
            ['spec.template.spec.containers.hub.volumeMounts./b: (not set) -> {"mountPath": "/b", "name": "v"}'],
        ),
        (
            hub(ports=[{"containerPort": 8081}]),
            hub(ports=[{"containerPort": 80}, {"containerPort": 8081}]),
            ['spec.template.spec.containers.hub.ports.80: (not set) -> {"containerPort": 80}'],
        ),
        (
            hub(args=["a", "b", "c"]),
            hub(args=["a", "c"]),
            ["spec.template.spec.containers.hub.args[1]: b -> (not set)"],
        ),
        (hub(args=["a", "b"]), hub(args=["a", "x"]), ["spec.template.spec.containers.hub.args[1]: b -> x"]),
        (
            hub(args=["a", "b"]),
            hub(args=["b", "a"]),
            ['spec.template.spec.containers.hub.args: ["a", "b"] -> ["b", "a"]'],
        ),
        (hub(cpu=1), hub(cpu="1"), ['spec.template.spec.containers.hub.cpu: 1 -> "1"']),
        (hub(tty=1), hub(tty=True), ["spec.template.spec.containers.hub.tty: 1 -> true"]),
        (
            pod(volumes=[{"name": "a", "emptyDir": {}}]),
            pod(volumes=[{"name": "a"}]),
            ["spec.template.spec.volumes.a.emptyDir: {} -> (not set)"],
        ),
        (
            pod(containers=[{"name": "a"}, {"name": "b"}]),
            pod(containers=[{"name": "b"}, {"name": "a"}]),
            ['spec.template.spec.containers: ["a", "b"] -> ["b", "a"]'],
        ),
        (
            thing("ConfigMap", "c", "hub", data={"f": "one\ntwo\nthree\n"}),
            thing("ConfigMap", "c", "hub", data={"f": "one\nthree\nfour\n"}),
            ["data.f: two -> four"],
        ),
        (
            thing("Role", "r", "hub", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
            thing(
                "Role",
                "r",
                "hub",
                rules=[
                    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]},
                    {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
                ],
            ),
            ['rules.apps/deployments: (not set) -> {"apiGroups": ["apps"], "resources": ["deployments"], "v ...'],
        ),
    ],
)
def test_a_change_is_one_line(old, new, said):
    assert sentences(old, new) == said


def test_a_line_that_is_null_is_no_line():
    old, new = hub(), hub(resources=None)
    assert compare([old], [new]) == ()


def test_objects_come_and_go():
    a, b = thing("ConfigMap", "a", "hub"), thing("Service", "b", "hub")
    assert [(one.action, one.title) for one in compare([a, None], [b, {}])] == [
        ("create", "Service b"),
        ("delete", "ConfigMap a"),
    ]


def test_lists_of_objects_are_their_items():
    a = thing("ConfigMap", "a", "hub")
    assert compare([{"apiVersion": "v1", "kind": "List", "items": [a]}], [a]) == ()


def test_the_releases_namespace_need_not_be_named():
    here, named = thing("ConfigMap", "a", "hub", data={"k": "1"}), thing("ConfigMap", "a", "hub", data={"k": "1"})
    named["metadata"]["namespace"] = "jhub"
    (found,) = compare([here], [named], namespace="jhub")
    assert (found.action, found.namespace) == ("change", "jhub")
    assert {one.action for one in compare([here], [named], namespace="other")} == {"create", "delete"}


def test_a_newer_version_of_the_api_is_the_same_object():
    old, new = (thing("Ingress", "a", "ingress", f"networking.k8s.io/{version}") for version in ("v1beta1", "v1"))
    assert sentences(old, new) == ["apiVersion: networking.k8s.io/v1beta1 -> networking.k8s.io/v1"]


def test_a_checksum_restarts_pods_and_is_no_change_of_its_own():
    old, new = (pod(checksums={"checksum/secret": text}) for text in "ab")
    found = only(old, new)
    assert (found.changes, found.restarts) == ((), True)


def test_a_change_outside_of_the_pod_template_restarts_nothing():
    assert not only(pod(replicas=1), pod(replicas=2)).restarts


def test_hooks_are_told_apart_and_count_beside_a_change_only():
    kept = thing("ConfigMap", "a", "hub", data={"k": "1"})
    changed = thing("ConfigMap", "a", "hub", data={"k": "2"})
    hook = next(each for each in FULL if each["metadata"]["name"] == "hook-image-puller")
    assert compare([kept], [kept, hook]) == ()
    assert [one.hook for one in compare([kept], [hook, changed])] == ["", "pre-install,pre-upgrade"]


def test_the_charts_version_on_labels_is_told_apart():
    old, new = render(chart="4.3.2"), render()
    found = {one.title: one for one in compare(old, new)}
    assert found["PersistentVolumeClaim hub-db-dir"].only_labels
    assert not found["Deployment hub"].only_labels


@pytest.mark.parametrize("name", ["hub", "college-hub"])
def test_the_hubs_secret_is_compared_key_by_key_whatever_its_name(name):
    old, new = (
        thing("Secret", name, "hub", data={"values.yaml": encoded(f"cull: {{timeout: {number}, every: 5}}")})
        for number in (1, 2)
    )
    assert only(old, new).changes == (Change(("values.yaml", "cull", "timeout"), 1, 2),)


def test_a_text_that_is_no_yaml_is_hidden_whole():
    old, new = (thing("Secret", "hub", "hub", stringData={"values.yaml": text}) for text in ("a: [", "b: ["))
    assert sentences(old, new) == ["data.values.yaml: changed (masked)"]


def test_how_a_secret_is_written_down_is_no_change():
    old, new = thing("Secret", "s", "hub", data={"k": encoded("v")}), thing("Secret", "s", "hub", stringData={"k": "v"})
    assert compare([old], [new]) == ()


def test_what_the_cluster_does_not_have_is_made_again_though_the_release_is_the_same():
    hub = next(each for each in FULL if (each["kind"], each["metadata"]["name"]) == ("Deployment", "hub"))
    (found,) = compare(FULL, FULL, namespace="jhub", missing=[identity(hub, "jhub")])
    assert (found.title, found.action, found.lost) == ("Deployment hub", "create", True)
    assert compare(FULL, FULL, namespace="jhub") == ()


def test_what_the_release_never_held_was_deleted_by_nobody():
    (found,) = compare(FULL[1:], FULL, namespace="jhub", missing=[identity(FULL[0], "jhub")])
    assert (found.action, found.lost) == ("create", False)

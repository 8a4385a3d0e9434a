"""The mirror's objects on a cluster: what it may do, who may reach it, and where no secret may be."""

import json

import pytest

from classhub.config.chart.table import defaults
from classhub.config.merge import over_defaults
from classhub.config.traits.lookup import get
from classhub.plan.mirror_objects import SECRETS, STORE, Room, in_pod, objects
from classhub.plan.mirror_place import Mirror

JHUB = Mirror("jhub", "college")
SETTINGS = {
    "store": "/var/lib/here",
    "imports_here": True,
    "courses": [
        {
            "name": "comp141",
            "title": "Computing",
            "source": {
                "kind": "git",
                "source": "git@git.college.edu:cs/comp141.git",
                "branch": "main",
                "key": "/etc/college/config/comp141.key",
                "token": None,
                "hook": "/etc/college/config/hook",
            },
        },
        {"name": "comp142", "title": "", "source": None},
    ],
}
FILES = {"/etc/college/config/comp141.key": b"-----BEGIN KEY-----", "/etc/college/config/hook": b"hush"}
VALUES = over_defaults({}, defaults("4.4.0"))


def made(values=None, mirror=JHUB, **more):
    merged = over_defaults(values or {}, defaults("4.4.0"))
    return objects(mirror, "localhost/classhub:1", SETTINGS, FILES, values=merged, **more)


def only(kind, **more):
    (found,) = [one for one in made(**more) if one["kind"] == kind]
    return found


def pod(**more):
    return only("Deployment", **more)["spec"]["template"]


def container(**more):
    (found,) = pod(**more)["spec"]["containers"]
    return found


def policies(values=None):
    return {one["metadata"]["name"]: one["spec"] for one in made(values) if one["kind"] == "NetworkPolicy"}


def test_all_stand_in_the_releases_namespace_under_one_name_and_our_mark():
    for one in made():
        assert one["metadata"]["namespace"] == "college"
        assert one["metadata"]["name"].startswith("classhub-mirror-jhub")
        assert one["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "classhub"


def test_no_selector_of_the_chart_takes_its_pod_for_one_of_its_own():
    labels = {*only("Deployment")["metadata"]["labels"], *pod()["metadata"]["labels"]}
    assert not labels & {"component", "app", "release", "app.kubernetes.io/component", "app.kubernetes.io/instance"}


def test_it_runs_as_nobody_and_writes_nothing_but_its_store():
    security = pod()["spec"]["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] >= 1000
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = [one["mountPath"] for one in container()["volumeMounts"] if not one.get("readOnly")]
    assert writable == [STORE, "/tmp"]


def test_it_has_no_right_in_the_cluster():
    assert {one["kind"] for one in made()}.isdisjoint({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})
    assert only("ServiceAccount")["automountServiceAccountToken"] is False
    assert pod()["spec"]["automountServiceAccountToken"] is False
    assert pod()["spec"]["serviceAccountName"] == only("ServiceAccount")["metadata"]["name"]


def test_what_is_secret_is_in_the_secret_alone():
    assert only("Secret")["stringData"] == {"comp141.key": "-----BEGIN KEY-----", "comp141.hook": "hush"}
    rest = json.dumps([one for one in made() if one["kind"] != "Secret"])
    assert "hush" not in rest
    assert "BEGIN KEY" not in rest


def test_the_settings_name_places_of_the_pod():
    settings = json.loads(only("ConfigMap")["data"]["mirror.json"])
    first, second = settings["courses"]
    assert first["source"]["key"] == f"{SECRETS}/comp141.key"
    assert first["source"]["hook"] == f"{SECRETS}/comp141.hook"
    assert first["source"]["token"] is None
    assert first["source"]["source"] == "git@git.college.edu:cs/comp141.git"
    assert second == SETTINGS["courses"][1]
    assert settings["store"] == STORE
    assert settings["imports_here"] is False
    assert settings["hub_api"] == "http://hub:8081/hub/api"
    assert "/etc/college" not in json.dumps(settings)


def test_settings_are_not_changed_by_being_moved():
    before = json.dumps(SETTINGS)
    in_pod(JHUB, SETTINGS)
    assert json.dumps(SETTINGS) == before


def test_other_settings_make_another_pod_and_another_secret_does_not():
    mark = pod()["metadata"]["annotations"]
    other = objects(JHUB, "localhost/classhub:1", SETTINGS, dict.fromkeys(FILES, b"new"), values=VALUES)
    assert (
        next(one for one in other if one["kind"] == "Deployment")["spec"]["template"]["metadata"]["annotations"] == mark
    )
    less = {**SETTINGS, "courses": SETTINGS["courses"][1:]}
    other = objects(JHUB, "localhost/classhub:1", less, {}, values=VALUES)
    assert (
        next(one for one in other if one["kind"] == "Deployment")["spec"]["template"]["metadata"]["annotations"] != mark
    )


def test_two_pods_never_write_one_store():
    spec = only("Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert only("PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_it_is_probed_below_the_hubs_base_url():
    mirror = Mirror("jhub", "college", "/jupyter/")
    for probe in ("readinessProbe", "livenessProbe"):
        path = container(mirror=mirror)[probe]["httpGet"]["path"]
        assert path == "/jupyter/services/material/health"
    assert mirror.address == "http://classhub-mirror-jhub.college:8080/jupyter/services/material"


def test_the_disk_is_as_large_and_of_the_kind_that_is_asked_for():
    assert "storageClassName" not in only("PersistentVolumeClaim")["spec"]
    spec = only("PersistentVolumeClaim", room=Room(disk="50Gi", storage_class="standard"))["spec"]
    assert spec["storageClassName"] == "standard"
    assert spec["resources"]["requests"]["storage"] == "50Gi"


def test_only_servers_hub_and_proxy_of_this_release_may_ask_it():
    (rule,) = policies()["classhub-mirror-jhub"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert rule["from"] == [
        {"podSelector": {"matchLabels": {"component": one, "release": "jhub"}}}
        for one in ("hub", "proxy", "singleuser-server")
    ]


def test_it_may_go_to_dns_the_hub_and_git_alone():
    names, hub, git = policies()["classhub-mirror-jhub"]["egress"]
    assert names == {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}
    assert hub["to"] == [{"podSelector": {"matchLabels": {"component": "hub", "release": "jhub"}}}]
    assert [one["port"] for one in hub["ports"]] == [8081]
    assert git == {"ports": [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 22}]}


def test_the_charts_policy_lets_it_reach_the_hub():
    assert pod()["metadata"]["labels"]["hub.jupyter.org/network-access-hub"] == "true"
    assert "hub.jupyter.org/network-access-hub" not in only("Service")["spec"]["selector"]


def test_servers_and_proxy_get_a_way_to_it_beside_what_the_chart_lets_them():
    found = policies()
    for component in ("singleuser-server", "proxy"):
        spec = found[f"classhub-mirror-jhub-from-{component}"]
        assert spec["podSelector"] == {"matchLabels": {"component": component, "release": "jhub"}}
        assert spec["policyTypes"] == ["Egress"]
        to = only("Deployment")["spec"]["selector"]
        assert spec["egress"] == [{"to": [{"podSelector": to}], "ports": [{"protocol": "TCP", "port": 8080}]}]


@pytest.mark.parametrize(
    ("setting", "component"),
    [("singleuser.networkPolicy.enabled", "singleuser-server"), ("proxy.chp.networkPolicy.enabled", "proxy")],
)
def test_pods_that_may_go_anywhere_are_not_shut_in(setting, component):
    """A first policy for egress would take from them all ways but this one."""
    first, *between, last = setting.split(".")
    values = {last: False}
    for key in reversed((first, *between)):
        values = {key: values}
    assert get(over_defaults(values, defaults("4.4.0")), setting) is False
    assert f"classhub-mirror-jhub-from-{component}" not in policies(values)
    assert len(policies(values)) == len(policies()) - 1


@pytest.mark.parametrize("release", ["jhub", "a" * 53, "hub.college"])
def test_a_services_name_is_one_whatever_the_releases(release):
    name = Mirror(release, "college").name
    assert len(name) <= 63
    assert "." not in name
    assert name != Mirror(f"{release[:-1]}x", "college").name

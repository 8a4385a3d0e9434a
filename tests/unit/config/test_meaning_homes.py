"""Homes, placeholders, limits, and settings that cancel each other."""

from typing import Any

import pytest

from classhub.config.meaning import cancel, homes, limits, placeholders
from classhub.config.parity_rules import TRAIT_RULES
from unit.config.meanings import merged, said


def storage(**keys: Any) -> dict[str, Any]:
    return {"singleuser": {"storage": keys}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {}),
        (storage(capacity="20Gi"), {"CH1841 singleuser.storage.capacity": "note"}),
        (storage(type="none", capacity="20Gi"), {}),
        (storage(dynamic={"storageClass": "ssd"}), {"CH1841 singleuser.storage.dynamic.storageClass": "note"}),
        (storage(dynamic={"pvcNameTemplate": "all"}), {"CH1843 singleuser.storage.dynamic.pvcNameTemplate": "warning"}),
        (storage(dynamic={"pvcNameTemplate": "claim-{username}"}), {}),
        (storage(type="static"), {"CH1842 singleuser.storage.static.pvcName": "error"}),
        (storage(type="static", static={"pvcName": "homes"}), {}),
        (storage(type="static", static={"pvcName": "homes", "subPath": "h/{escaped_username}"}), {}),
        (
            storage(type="static", static={"pvcName": "homes", "subPath": "users"}),
            {"CH1843 singleuser.storage.static.subPath": "warning"},
        ),
        (storage(homeMountPath="home"), {"CH1844 singleuser.storage.homeMountPath": "warning"}),
        (storage(homeMountPath="/home/x"), {"CH1844 singleuser.storage.homeMountPath": "warning"}),
        ({"singleuser": {"image": {"name": "a/b"}, "storage": {"homeMountPath": "/home/x"}}}, {}),
        (
            storage(extraVolumes=[{"name": "a"}, {"name": "a"}]),
            {"CH1845 singleuser.storage.extraVolumes[1]": "warning"},
        ),
        (
            storage(type="static", static={"pvcName": "x"}, extraVolumes={"own": {"name": "home"}}),
            {"CH1845 singleuser.storage.extraVolumes.own": "warning"},
        ),
        (
            storage(extraVolumes={"a": {"name": "a"}}, extraVolumeMounts={"1": {"name": "a"}, "2": {"name": "b"}}),
            {"CH1845 singleuser.storage.extraVolumeMounts.2": "warning"},
        ),
        (storage(extraVolumeMounts=[{"name": "volume-{user_server}"}]), {}),
    ],
)
def test_homes(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(lambda values: homes.problems(values, own), own) == expected


def held(replicas: int, priority: bool = True, resources: Any = None, **more: Any) -> dict[str, Any]:
    placeholder = {"replicas": replicas, "resources": resources or {}}
    return {"scheduling": {"userPlaceholder": placeholder, "podPriority": {"enabled": priority}}, **more}


SMALL = {"requests": {"memory": "500Mi"}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (held(0, priority=False), {}),
        (held(10), {}),
        (held(10, priority=False), {"CH1851 scheduling.podPriority.enabled": "warning"}),
        (held(10, resources=SMALL), {"CH1852 scheduling.userPlaceholder.resources.requests.memory": "warning"}),
        (held(10, resources={"requests": {"memory": "1G"}}), {}),
        (held(10, resources=SMALL, singleuser={"memory": {"guarantee": "512M"}}), {}),
        (held(10, hub={"activeServerLimit": 5}), {"CH1853 scheduling.userPlaceholder.replicas": "warning"}),
        (held(201), {"CH1854 scheduling.userPlaceholder.replicas": "note"}),
        (
            {"scheduling": {"userPlaceholder": {"enabled": False, "replicas": 3}}},
            {"CH1853 scheduling.userPlaceholder.replicas": "warning"},
        ),
    ],
)
def test_placeholders(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(placeholders.problems, own) == expected


def test_how_many_nodes_placeholders_need() -> None:
    (problem,) = placeholders.problems(merged(held(201)))
    assert "at least 3 nodes" in problem.message
    assert list(placeholders.problems(merged(held(201)), node_pods=256)) == []


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {}),
        ({"hub": {"db": {"type": "sqlite-memory"}}}, {"CH1861 hub.db.type": "warning"}),
        ({"hub": {"db": {"type": "postgres"}}}, {"CH1861 hub.db.url": "warning"}),
        ({"hub": {"db": {"type": "postgres", "url": "postgresql://x"}}}, {}),
        ({"hub": {"db": {"url": "postgresql://x"}}}, {"CH1861 hub.db.url": "warning"}),
        ({"hub": {"concurrentSpawnLimit": 0}}, {"CH1862 hub.concurrentSpawnLimit": "note"}),
        ({"hub": {"activeServerLimit": -1}}, {"CH1862 hub.activeServerLimit": "error"}),
        ({"hub": {"namedServerLimitPerUser": 3}}, {"CH1863 hub.namedServerLimitPerUser": "warning"}),
        ({"singleuser": {"startTimeout": 59}}, {"CH1864 singleuser.startTimeout": "warning"}),
    ],
)
def test_limits(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(limits.problems, own) == expected


def config(section: str, **traits: Any) -> dict[str, Any]:
    return {"config": {section: traits}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"hub": config("KubeSpawner", uid=0)}, {}),
        (
            {"hub": config("KubeSpawner", uid=0), "singleuser": {"uid": 1}},
            {"CH1871 hub.config.KubeSpawner.uid": "warning"},
        ),
        (
            {"hub": {**config("JupyterHub", base_url="/a"), "baseUrl": "/b"}},
            {"CH1871 hub.config.JupyterHub.base_url": "warning"},
        ),
        ({"hub": config("Spawner", mem_guarantee="2G")}, {"CH1871 hub.config.Spawner.mem_guarantee": "warning"}),
        ({"hub": config("Spawner", mem_limit="2G", environment={"A": "1"})}, {}),
        *(
            (
                {"hub": config(section, **{trait: given}), "singleuser": {key: given}},
                {f"CH1871 hub.config.{section}.{trait}": "warning"},
            )
            for section, trait, key, given in (
                ("KubeSpawner", "default_url", "defaultUrl", "/tree"),
                ("Spawner", "default_url", "defaultUrl", "/tree"),
                ("Spawner", "cmd", "cmd", ["x"]),
                ("KubeSpawner", "cmd", "cmd", ["x"]),
                ("KubeSpawner", "extra_labels", "extraLabels", {"a": "b"}),
                ("KubeSpawner", "allow_privilege_escalation", "allowPrivilegeEscalation", True),
            )
        ),
        ({"hub": config("Spawner", uid=0)}, {"CH1871 hub.config.Spawner.uid": "warning"}),
        ({"hub": config("JupyterHub", load_roles=[])}, {"CH1308 hub.config.JupyterHub.load_roles": "warning"}),
        ({"hub": config("JupyterHub", load_roles=[]), "cull": {"enabled": False}}, {}),
    ],
)
def test_settings_that_cancel_each_other(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(lambda values: cancel.problems(values, own), own) == expected


MADE_BY_THE_CHART = {
    "KubeSpawner": "common_labels namespace init_containers node_affinity_preferred node_affinity_required scheduler_name"
    " priority_class_name storage_pvc_ensure",
    "Spawner": "debug",
    "JupyterHub": "log_level services load_roles spawner_class hub_bind_url hub_connect_url cleanup_servers"
    " last_activity_interval tornado_settings",
}
"""Of more than one value, or of no value of the college's: nothing there can be cancelled by one line."""


def test_every_trait_that_one_value_sets_is_looked_at() -> None:
    for trait in TRAIT_RULES:
        section, _, name = trait.partition(".")
        if section in MADE_BY_THE_CHART and name not in MADE_BY_THE_CHART[section].split():
            path = dict(cancel.BY_SECTION[section])[name]
            own = nested(path, {"a": "b"})
            own.setdefault("hub", {})["config"] = {section: {name: {"a": "b"}}}
            assert f"CH1871 hub.config.{trait}" in said(lambda values, own=own: cancel.problems(values, own), own)


def nested(path: str, value: Any) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}

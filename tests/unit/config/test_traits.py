"""Values become the traits that the chart's own script makes of them: 142 pairs, each compared whole."""

from typing import Any

import pytest

from classhub.config.chart.table import defaults
from classhub.config.extra_config import extra_config, sets_authenticator
from classhub.config.merge import over_defaults
from classhub.config.traits import traits
from unit.config.examples import PAIRS, TAG, needs_shared, shared

PURE = [name for name in PAIRS if not extra_config(shared(f"values/{name}"))]
"""The others are in tests/hub/test_extra_config.py: they run code."""


def merged(values: dict[str, Any], tag: str = "") -> dict[str, Any]:
    return over_defaults(values, defaults("4.4.0", tag))


@needs_shared
@pytest.mark.parametrize("name", PURE)
def test_traits_are_those_of_the_charts_script(name: str) -> None:
    values = merged(shared(f"values/{name}"), TAG)
    assert traits(values, chart_version="0.0.1-set.by.chartpress") == shared(f"traits/{name}")


def test_values_are_left_as_they_were() -> None:
    values = merged({"hub": {"services": {"a": {"apiToken": "x"}}}})
    before = repr(values)
    traits(values)
    assert repr(values) == before


def test_secrets_are_left_to_the_target() -> None:
    config = {"JupyterHub": {"cookie_secret": "canary"}, "CryptKeeper": {"keys": ["canary"]}}
    hub = {"services": {"a": {"apiToken": "canary"}}, "cookieSecret": "canary", "config": config}
    secret = {"hub": hub, "proxy": {"secretToken": "canary"}}
    made = traits(merged(secret))
    assert "canary" not in repr(made)
    assert made["JupyterHub"]["services"][1] == {"name": "a"}


def test_hub_config_beats_the_other_values() -> None:
    made = traits(
        merged({"hub": {"config": {"KubeSpawner": {"mem_limit": "2G"}}}, "singleuser": {"memory": {"limit": "1G"}}})
    )
    assert made["KubeSpawner"]["mem_limit"] == "2G"


def test_load_roles_in_hub_config_replace_even_the_cullers() -> None:
    made = traits(merged({"hub": {"config": {"JupyterHub": {"load_roles": []}}}}))
    assert made["JupyterHub"]["load_roles"] == []


def test_null_leaves_a_trait_alone() -> None:
    made = traits(merged({"singleuser": {"memory": {"guarantee": None}, "cmd": None}}))
    assert "mem_guarantee" not in made["KubeSpawner"]
    assert "cmd" not in made["Spawner"]


def test_culling_follows_its_settings_and_the_base_url() -> None:
    cull = {"timeout": 600, "adminUsers": False, "removeNamedServers": True, "maxAge": 60, "every": 0}
    service = traits(merged({"hub": {"baseUrl": "/jupyter/"}, "cull": cull}))["JupyterHub"]["services"][0]
    assert service["command"][3:] == [
        "--url=http://localhost:8081/jupyter/hub/api",
        "--timeout=600",
        "--concurrency=10",
        "--cull-admin-users=false",
        "--remove-named-servers",
        "--max-age=60",
    ]
    assert traits(merged({"cull": {"enabled": False}}))["JupyterHub"]["services"] == []


def test_names_follow_fullname_override() -> None:
    made = traits(merged({"fullnameOverride": "big", "scheduling": {"podPriority": {"enabled": True}}}))
    assert made["JupyterHub"]["hub_connect_url"] == "http://big-hub:8081"
    assert made["KubeSpawner"]["scheduler_name"] == "big-user-scheduler"
    assert made["KubeSpawner"]["priority_class_name"] == "big"


def test_static_and_absent_homes() -> None:
    static = {"type": "static", "static": {"pvcName": "homes"}}
    made = traits(merged({"singleuser": {"storage": static}}))["KubeSpawner"]
    assert made["volumes"]["home"]["persistentVolumeClaim"] == {"claimName": "homes"}
    assert made["volume_mounts"]["home"]["subPath"] == "{username}"
    assert traits(merged({"singleuser": {"storage": {"type": "none"}}}))["KubeSpawner"]["volumes"] == {}


def test_files_are_mounted_in_the_order_of_their_keys() -> None:
    files = {"b": {"mountPath": "/b", "stringData": "x", "mode": 292}, "a": {"mountPath": "/a", "data": {}}}
    made = traits(merged({"singleuser": {"extraFiles": files}}))["KubeSpawner"]
    assert made["volumes"]["files"]["secret"]["items"] == [
        {"key": "a", "path": "a"},
        {"key": "b", "path": "b", "mode": 292},
    ]
    assert made["volume_mounts"]["1-files"] == {"mountPath": "/b", "name": "files", "subPath": "b"}


def test_extra_config_comes_sorted() -> None:
    assert extra_config({"hub": {"extraConfig": {"b": "2", "a": "1", "none": None}}}) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("c.JupyterHub.authenticator_class = X", "a"),
        ("c['JupyterHub']['authenticator_class'] = X", "a"),
        ("# c.JupyterHub.authenticator_class = X", ""),
        ("if c.JupyterHub.authenticator_class == 'x': pass", ""),
        ("c.Spawner.cmd = 'x'", ""),
    ],
)
def test_a_snippet_that_chooses_the_login_is_noticed(source: str, found: str) -> None:
    assert sets_authenticator({"hub": {"extraConfig": {"a": source}}}) == found

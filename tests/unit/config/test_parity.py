"""Every setting that the college wrote has a row, and no trait is dropped in silence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from classhub.config.chart.table import Key, defaults, table
from classhub.config.login import login
from classhub.config.merge import over_defaults
from classhub.config.model import Config, Settings
from classhub.config.parity import ALWAYS, Machine, Row, rows, summary
from classhub.config.parity_rules import RULES, TRAIT_RULES, rule_for
from classhub.config.traits import traits
from unit.config.examples import PAIRS, needs_shared, shared

ROOT = Machine(is_root=True, memory_limits=True, cpu_limits=True)


def config_of(own: dict[str, Any]) -> Config:
    values = over_defaults(own, defaults("4.4.0"))
    return Config(Path("/srv/config"), values, own, Settings(), login(values))


def here(own: dict[str, Any], machine: Machine = ROOT) -> dict[str, str]:
    return {row.setting: row.here for row in rows(config_of(own), machine)}


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_every_trait_that_values_produce_has_a_rule(name: str) -> None:
    values = over_defaults(shared(f"values/{name}"), defaults("4.4.0"))
    values["hub"] = {**values["hub"], "config": {}}
    made = {f"{section}.{trait}" for section, traits_ in traits(values).items() for trait in traits_}
    assert made <= set(TRAIT_RULES)


@needs_shared
@pytest.mark.parametrize("name", PAIRS[::10])
def test_every_value_that_was_written_has_a_row(name: str) -> None:
    own = shared(f"values/{name}")
    settings = [row.setting for row in rows(config_of(own), ROOT)]
    assert len(settings) == len(set(settings))
    for path in leaves(own):
        assert any(path == setting or path.startswith(f"{setting}.") for setting in settings), path


def leaves(values: dict[str, Any], path: str = "") -> Iterator[str]:
    for key, value in values.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict) and value:
            yield from leaves(value, here)
        else:
            yield here


def test_every_key_of_the_chart_has_a_rule() -> None:
    def paths(key: Key, path: str) -> Iterator[str]:
        for name, inner in key.keys.items():
            yield f"{path}{name}"
            yield from paths(inner, f"{path}{name}.")

    known = list(paths(table("4.4.0"), ""))
    assert [path for path in known if not path.startswith("hub.config") and rule_for(path) is None] == []
    assert [path for path in RULES if path not in known] == []


def test_culling_has_rows_even_if_nobody_wrote_it() -> None:
    assert here({}) == dict.fromkeys(ALWAYS, "same")


@pytest.mark.parametrize(
    ("own", "setting", "wanted"),
    [
        ({"singleuser": {"memory": {"limit": "1G"}}}, "singleuser.memory.limit", "same"),
        ({"singleuser": {"memory": {"guarantee": "1G"}}}, "singleuser.memory.guarantee", "near"),
        ({"singleuser": {"extraEnv": {"A": "1"}}}, "singleuser.extraEnv", "same"),
        ({"singleuser": {"profileList": [{}]}}, "singleuser.profileList", "only there"),
        ({"singleuser": {"storage": {"capacity": "1Gi"}}}, "singleuser.storage.capacity", "only there"),
        ({"singleuser": {"image": {"name": "x"}}}, "singleuser.image.name", "near"),
        ({"hub": {"concurrentSpawnLimit": 9}}, "hub.concurrentSpawnLimit", "near"),
        ({"hub": {"services": {"x": {}}}}, "hub.services", "same"),
        ({"hub": {"db": {"type": "postgres"}}}, "hub.db.type", "near"),
        ({"proxy": {"service": {"loadBalancerIP": "203.0.113.7"}}}, "proxy.service.loadBalancerIP", "only there"),
        ({"scheduling": {"userPlaceholder": {"replicas": 3}}}, "scheduling.userPlaceholder.replicas", "only there"),
        ({"hub": {"config": {"JupyterHub": {"admin_access": False}}}}, "hub.config.JupyterHub.admin_access", "near"),
        ({"hub": {"config": {"Spawner": {"args": []}}}}, "hub.config.Spawner.args", "same"),
        ({"hub": {"config": {"KubeSpawner": {"mem_limit": "1G"}}}}, "hub.config.KubeSpawner.mem_limit", "same"),
        ({"hub": {"config": {"Spawner": {"http_timeout": 30}}}}, "hub.config.Spawner.http_timeout", "near"),
        ({"hub": {"config": {"KubeSpawner": {"http_timeout": 30}}}}, "hub.config.KubeSpawner.http_timeout", "same"),
        ({"hub": {"config": {"KubeSpawner": {"poll_interval": 30}}}}, "hub.config.KubeSpawner.poll_interval", "near"),
        ({"hub": {"config": {"Spawner": {"mem_guarantee": "1G"}}}}, "hub.config.Spawner.mem_guarantee", "near"),
        ({"hub": {"config": {"JupyterHub": {"public_url": "x"}}}}, "hub.config.JupyterHub.public_url", "near"),
        (
            {"hub": {"config": {"JupyterHub": {"subdomain_host": "x"}}}},
            "hub.config.JupyterHub.subdomain_host",
            "only there",
        ),
        ({"hub": {"config": {"JupyterHub": {"load_roles": []}}}}, "hub.config.JupyterHub.load_roles", "near"),
        ({"hub": {"consecutiveFailureLimit": 3}}, "hub.consecutiveFailureLimit", "near"),
        ({"singleuser": {"cmd": "x"}}, "singleuser.cmd", "same"),
        ({"singleuser": {"cmd": None}}, "singleuser.cmd", "near"),
        ({"hub": {"config": {"KubeSpawner": {"cmd": None}}}}, "hub.config.KubeSpawner.cmd", "near"),
        ({"singleuser": {"extraEnv": {"A": {"valueFrom": {}}, "B": "1"}}}, "singleuser.extraEnv.A", "only there"),
        ({"singleuser": {"extraEnv": {"A": {"valueFrom": {}}, "B": "1"}}}, "singleuser.extraEnv", "same"),
        (
            {"hub": {"config": {"KubeSpawner": {"pod_name_template": "x"}}}},
            "hub.config.KubeSpawner.pod_name_template",
            "only there",
        ),
        (
            {"hub": {"config": {"Authenticator": {"admin_users": ["a"]}}}},
            "hub.config.Authenticator.admin_users",
            "same",
        ),
        (
            {"hub": {"config": {"GoogleOAuthenticator": {"hosted_domain": ["a"]}}}},
            "hub.config.GoogleOAuthenticator.hosted_domain",
            "only there",
        ),
        *(
            ({"hub": {"config": {section: {trait: ["a"]}}}}, f"hub.config.{section}.{trait}", "same")
            for section in ("GoogleOAuthenticator", "Authenticator")
            for trait in ("blocked_users", "username_map", "username_pattern", "delete_invalid_users")
        ),
        (
            {"hub": {"config": {"BinderSpawnerMixin": {"auth_enabled": True}}}},
            "hub.config.BinderSpawnerMixin.auth_enabled",
            "near",
        ),
    ],
)
def test_what_each_setting_is_worth_here(own: dict[str, Any], setting: str, wanted: str) -> None:
    assert here(own)[setting] == wanted


def test_limits_depend_on_the_machine() -> None:
    own = {"singleuser": {"memory": {"limit": "1G"}, "cpu": {"limit": 1}}}
    assert here(own, Machine())["singleuser.memory.limit"] == "only there"
    assert here(own, Machine(cpu_limits=True))["singleuser.cpu.limit"] == "same"


def test_a_real_login_keeps_its_own_rules() -> None:
    google = {"client_id": "a", "client_secret": "b", "hosted_domain": ["college.edu"]}
    own = {"hub": {"config": {"JupyterHub": {"authenticator_class": "google"}, "GoogleOAuthenticator": google}}}
    assert here(own)["hub.config.GoogleOAuthenticator.hosted_domain"] == "same"
    assert here(own)["hub.config.JupyterHub.authenticator_class"] == "same"


def test_the_summary_is_one_line() -> None:
    made = [Row("a", "same", "", "")] * 27 + [Row("b", "only there", "", "")] * 9
    assert summary(made) == "27 settings hold here, 9 hold only on the cluster"
    assert summary([Row("a", "near", "", "")]).startswith("1 setting holds here (1 of them nearly), 0 hold only")


def test_no_row_shows_a_value() -> None:
    own = {"hub": {"cookieSecret": "canary", "config": {"GoogleOAuthenticator": {"client_secret": "canary"}}}}
    assert "canary" not in repr(rows(config_of(own), ROOT))

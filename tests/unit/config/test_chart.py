"""Our table of the chart's values agrees with the chart's own defaults and schema."""

from typing import Any

import pytest

from classhub.config.chart.table import VERSIONS, defaults, table
from classhub.config.chart.verdict import problems
from classhub.config.merge import over_defaults
from unit.config.examples import TAG, needs_shared, shared


def messages(values: dict[str, Any]) -> list[str]:
    return [problem.message for problem in problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))]


@needs_shared
def test_our_defaults_are_the_charts() -> None:
    assert defaults("4.4.0", TAG) == shared("chart-defaults-4.4.0")


def test_tags_of_the_charts_own_images_are_its_version() -> None:
    assert defaults("4.4.0")["hub"]["image"]["tag"] == "4.4.0"
    assert defaults("4.4.0")["singleuser"]["image"]["tag"] == "4.4.0"


@pytest.mark.parametrize("version", VERSIONS)
def test_each_table_refuses_nothing_of_its_own_defaults(version: str) -> None:
    assert problems(defaults(version), table(version)) == []
    assert defaults(version)["hub"]["image"]["tag"] == version


def test_an_unknown_chart_is_checked_as_the_newest_release() -> None:
    assert VERSIONS[0] == "4.4.0"


@pytest.mark.parametrize(
    ("version", "path", "default"),
    [
        ("5.0.0-0.dev", "proxy.chp.command", ["configurable-http-proxy"]),
        ("5.0.0-0.dev", "httpRoute.parentRefs", []),
        ("5.0.0-0.dev", "httpRoute.gateway", None),
        ("4.4.0", "singleuser.storage.extraVolumes", None),
        ("4.3.2", "singleuser.storage.extraVolumes", {}),
        ("4.3.2", "httpRoute.gateway", {"name": "your-gateway", "namespace": ""}),
        ("4.0.0", "singleuser.storage.extraVolumes", []),
        ("4.0.0", "httpRoute", None),
        ("4.0.0", "prePuller.continuous", {"enabled": True}),
        ("3.3.8", "hub.podSecurityContext", {"fsGroup": 1000}),
        ("3.3.8", "hub.config", {"JupyterHub": {"admin_access": True, "authenticator_class": "dummy"}}),
        ("3.3.8", "singleuser.storage.dynamic.pvcNameTemplate", "claim-{username}{servername}"),
        (
            "3.3.8",
            "prePuller.pause.containerSecurityContext",
            {"runAsUser": 65534, "runAsGroup": 65534, "allowPrivilegeEscalation": False},
        ),
    ],
)
def test_each_chart_has_its_own_defaults(version: str, path: str, default: Any) -> None:
    found: Any = defaults(version)
    for name in path.split("."):
        found = found.get(name)
    assert found == default


@pytest.mark.parametrize(
    ("values", "refused_by"),
    [
        ({"httpRoute": {"parentRefs": [{"name": "public"}]}}, {"4.4.0", "4.3.2", "4.0.0", "3.3.8"}),
        ({"httpRoute": {"enabled": True}}, {"4.0.0", "3.3.8"}),
        ({"httpRoute": {"gateway": {"name": "public", "sectionName": "https"}}}, {"4.3.2", "4.0.0", "3.3.8"}),
        ({"httpRoute": {"gateway": {"namespace": "edge"}}}, {"5.0.0-0.dev", "4.0.0", "3.3.8"}),
        ({"singleuser": {"storage": {"extraVolumes": {"data": {}}}}}, {"4.0.0", "3.3.8"}),
        ({"hub": {"config": {"jupyterHub": {}}}}, {"5.0.0-0.dev", "4.4.0", "4.3.2"}),
        ({"hub": {"config": {"JupyterHub": {"subdomain_host": 3}}}}, {"5.0.0-0.dev", "4.4.0", "4.3.2", "4.0.0"}),
        ({"prePuller": {"extraImages": {"a": {"name": "a", "tag": "1", "pullPolicy": "Always"}}}}, {"4.0.0", "3.3.8"}),
        ({"ingress": {"extraPaths": []}}, {"3.3.8"}),
    ],
)
def test_each_chart_has_its_own_keys(values: dict[str, Any], refused_by: set[str]) -> None:
    refusing = {version for version in VERSIONS if problems(over_defaults(values, defaults(version)), table(version))}
    assert refusing == refused_by


def test_defaults_are_a_fresh_copy_each_time() -> None:
    defaults("4.4.0")["hub"]["config"]["JupyterHub"]["admin_access"] = False
    assert defaults("4.4.0")["hub"]["config"]["JupyterHub"]["admin_access"] is True


def test_a_version_without_a_table_is_said() -> None:
    with pytest.raises(KeyError):
        table("0.1.0")


@pytest.mark.parametrize(
    ("values", "sentence", "fix"),
    [
        (
            {"hubb": {}},
            "The chart knows no key hubb at the top level. Did you mean hub?",
            "Write hub: in place of hubb:",
        ),
        (
            {"prePuller": {"continuous": {"enabed": True}}},
            "The chart knows no key enabed in prePuller.continuous. Did you mean enabled?",
            "Write enabled:",
        ),
        ({"singleuser": {"start_timeout": 1}}, "Did you mean startTimeout?", "startTimeout"),
        ({"memory": {"limit": "1G"}}, "There is singleuser.memory.", "Move it there"),
        ({"auth": "x"}, "auth is gone since chart 0.11.", "hub.config"),
        (
            {"hub": {"concurrentSpawnLimit": "64"}},
            "hub.concurrentSpawnLimit must be a whole number or null; here it is text.",
            "concurrentSpawnLimit: 64",
        ),
        ({"singleuser": {"cpu": {"limit": "500m"}}}, "singleuser.cpu.limit must be a number or null", "limit: 1"),
        (
            {"singleuser": {"image": {"tag": 1.1}}},
            "singleuser.image.tag must be text; here it is a number.",
            'tag: "..."',
        ),
        (
            {"singleuser": {"image": {"tag": None}}},
            "singleuser.image.tag is missing, and the chart needs it.",
            'tag: "4.4.0"',
        ),
        ({"cull": None}, "cull is missing", "cull: {}"),
        ({"hub": {"db": {"type": "sqlite"}}}, "must be one of sqlite-pvc, sqlite-memory", "type: sqlite-pvc"),
        ({"hub": {"config": {"jupyterHub": {}}}}, "does not start with a capital letter", "Write JupyterHub"),
        (
            {"hub": {"config": {"JupyterHub": 3}}},
            "hub.config.JupyterHub must be a mapping; here it is a whole number.",
            "indented",
        ),
        ({"hub": 3}, "hub must be a mapping", "indented"),
        ({"hub": {"revisionHistoryLimit": -1}}, "must be a whole number from 0 or null", "revisionHistoryLimit: 1"),
        (
            {"singleuser": {"extraFiles": {"a": {"mountPath": "/x"}}}},
            "needs exactly one of data, stringData, binaryData",
            "Add one",
        ),
        (
            {"singleuser": {"extraLabels": {"a": True}}},
            "singleuser.extraLabels.a must be text; here it is true or false.",
            "quotes",
        ),
        ({"ingress": {"hosts": "hub.college.edu"}}, "ingress.hosts must be a list", "after a dash"),
    ],
)
def test_mistakes_say_what_is_wrong_and_what_to_write(values: dict[str, Any], sentence: str, fix: str) -> None:
    found = problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))
    assert len(found) == 1
    assert sentence in found[0].message
    assert fix in found[0].fix


def test_free_places_are_free() -> None:
    free: dict[str, Any] = {
        "custom": {"anything": 1},
        "hub": {"config": {"AnyClass": {"any": 1}}, "services": {"x": {"y": 1}}, "extraConfig": {"a": "b"}},
        "singleuser": {"extraEnv": {"A": "1"}, "profileList": [{"any": 1}], "extraPodConfig": {"x": 1}},
    }
    assert messages(free) == []


def test_no_message_shows_a_value() -> None:
    assert "4711" not in "".join(
        map(str, problems(over_defaults({"hub": {"cookieSecret": 4711}}, defaults("4.4.0")), table("4.4.0")))
    )


@pytest.mark.parametrize(("written", "fix"), [("lots", 64), ("120 servers", 120), ([], 64), ("1e3", 64)])
def test_the_corrected_line_of_a_number_has_the_number_that_was_meant_or_the_default(written: Any, fix: int) -> None:
    (found,) = problems(over_defaults({"hub": {"concurrentSpawnLimit": written}}, defaults("4.4.0")), table("4.4.0"))
    assert found.fix == f"concurrentSpawnLimit: {fix}"


@pytest.mark.parametrize(
    ("own", "fix"),
    [
        ({"singleuser": {"cpu": {"guarantee": "5%"}}}, "guarantee: 0.05"),
        ({"cull": {"timeout": "1h"}}, "timeout: 3600"),
        ({"cull": {"timeout": "90m"}}, "timeout: 5400"),
        ({"cull": {"every": "soon"}}, "every: 600"),
        ({"cull": {"maxAge": "2d"}}, "maxAge: 172800"),
        ({"singleuser": {"startTimeout": "1 hour 10 min"}}, "startTimeout: 4200"),
        ({"hub": {"concurrentSpawnLimit": "5m"}}, "concurrentSpawnLimit: 64"),
    ],
)
def test_an_hour_is_not_corrected_to_a_second(own: dict[str, Any], fix: str) -> None:
    (found,) = problems(over_defaults(own, defaults("4.4.0")), table("4.4.0"))
    assert found.fix == fix


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"singleuser": {"image": {"tag": None}}}, "null deletes the chart's default."),
        ({"hub": {"extraFiles": {"a": {"mode": 420}}}}, ""),
    ],
)
def test_null_is_blamed_only_where_there_was_a_default(values: dict[str, Any], why: str) -> None:
    found = problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))
    assert [one.why for one in found if "is missing" in one.message] == [why]

"""What the schema takes and a template refuses."""

from typing import Any

import pytest

from classhub.config.chart.table import VERSIONS, defaults, table
from classhub.config.chart.templates import refusals
from classhub.config.chart.verdict import problems
from classhub.config.merge import over_defaults
from unit.config.examples import PAIRS, needs_shared, shared

NARROW = {"networkPolicy": {"egressAllowRules": {"cloudMetadataServer": True}}}


@pytest.mark.parametrize(
    ("values", "where", "message", "fix"),
    [
        (
            {"rbac": {"enabled": False}},
            "rbac.enabled",
            "is gone since chart 2.0",
            "Write rbac.create: false and hub.serv",
        ),
        ({"hub": {"fsGid": 100}}, "hub.fsGid", "is gone since chart 2.0", "Write hub.podSecurityContext.fsGroup: ..."),
        ({"hub": {"config": None}}, "hub.config", "must not be empty", "config: {}"),
        (
            {"proxy": {"https": {"enabled": True, "hosts": ["hub.college.edu"]}}},
            "proxy.https.letsencrypt.contactEmail",
            "proxy.https.type needs it",
            "a value",
        ),
        (
            {"proxy": {"https": {"enabled": True, "type": "manual", "manual": {"cert": "x"}}}},
            "proxy.https.manual.key",
            "is missing",
            "a value",
        ),
        (
            {"singleuser": NARROW},
            "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer",
            "singleuser.cloudMetadata.blockWithIptables forbids it",
            "cloudMetadataServer: false",
        ),
        ({"hub": {"extraEnv": {"DAYS": 3}}}, "hub.extraEnv.DAYS", "here it is a whole number", 'DAYS: "..."'),
        (
            {"proxy": {"chp": {"extraEnv": {"LOUD": None}}}},
            "proxy.chp.extraEnv.LOUD",
            "here it is empty",
            'LOUD: "..."',
        ),
        (
            {"hub": {"extraFiles": {"a": {"mountPath": "/srv/a.txt", "data": {"x": 1}}}}},
            "hub.extraFiles.a.data",
            "no format",
            "stringData",
        ),
        (
            {"singleuser": {"extraFiles": {"a": {"mountPath": "/srv/a", "stringData": ""}}}},
            "singleuser.extraFiles.a",
            "an empty file",
            "line end",
        ),
        (
            {"singleuser": {"extraFiles": {"a": {"mountPath": "", "stringData": "x"}}}},
            "singleuser.extraFiles.a.mountPath",
            "is empty",
            "where it belongs",
        ),
    ],
)
def test_a_template_refuses_what_the_schema_takes(values: dict[str, Any], where: str, message: str, fix: str) -> None:
    merged = over_defaults(values, defaults("4.4.0"))
    assert problems(merged, table("4.4.0")) == []
    (found,) = refusals(merged, "4.4.0")
    assert ".".join(map(str, found.where)) == where
    assert message in found.message
    assert fix in found.fix


@pytest.mark.parametrize(
    "values",
    [
        {"proxy": {"https": {"enabled": True, "type": "offload"}}},
        {"proxy": {"https": {"enabled": True}}},
        {"proxy": {"https": {"hosts": ["hub.college.edu"]}}},
        {"singleuser": {**NARROW, "cloudMetadata": {"blockWithIptables": False}}},
        {"singleuser": {"networkPolicy": {"enabled": False, "egressAllowRules": {"cloudMetadataServer": True}}}},
        {"singleuser": {"extraEnv": {"DAYS": 3}}},
        {"hub": {"extraEnv": [{"name": "DAYS", "value": "3"}]}},
        {"hub": {"extraEnv": {"DAYS": {"valueFrom": {}}}}},
        {"hub": {"extraFiles": {"a": {"mountPath": "/srv/a.yml", "data": {"x": 1}}}}},
    ],
)
def test_what_looks_alike_is_fine(values: dict[str, Any]) -> None:
    assert refusals(over_defaults(values, defaults("4.4.0")), "4.4.0") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_gateway_is_refused_from_chart_5_on(version: str) -> None:
    merged = over_defaults({"httpRoute": {"gateway": {"name": "public"}}}, defaults(version))
    found = [problem.where for problem in refusals(merged, version)]
    assert found == ([("httpRoute", "gateway")] if version == "5.0.0-0.dev" else [])


@pytest.mark.parametrize("version", VERSIONS)
def test_no_chart_refuses_its_own_defaults(version: str) -> None:
    assert refusals(defaults(version), version) == []


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_real_files_are_rendered(name: str) -> None:
    assert refusals(over_defaults(shared(f"values/{name}"), defaults("4.4.0")), "4.4.0") == []


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}])
@pytest.mark.parametrize("section", ["hub", "proxy", "singleuser", "httpRoute", "rbac"])
def test_values_of_a_wrong_type_are_passed_over(section: str, odd: Any) -> None:
    assert all(problem.fix for problem in refusals({section: odd}, "5.0.0-0.dev"))

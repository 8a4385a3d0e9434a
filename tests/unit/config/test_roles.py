"""Roles and services: JupyterHub itself is asked whether it takes what we refuse."""

from typing import Any

import pytest
from jupyterhub.roles import _validate_role_name
from jupyterhub.scopes import ScopeNotFound, _check_scopes_exist
from jupyterhub.services.service import Service

from classhub.config import roles, services
from classhub.config.catalogue.read import catalogue, charts

SCOPES = (
    "self",
    "read:users",
    "read:users!user",
    "read:users!user=alice@college.edu",
    "access:services!service=grader",
    "read:users!group=staff",
    "read:users!group",
    "read:users!course=comp141",
    "admin:serverz",
    "all",
    "custom:grades",
    "Self",
)


def told(chart: str = "4.4.0", **hub: Any) -> list[tuple[str, str]]:
    values = {"hub": hub}
    found = [*roles.problems(values, chart), *services.problems(values, chart)]
    return [(one.severity, one.code) for one in found]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_is_refused_where_jupyterhub_refuses_it(scope: str) -> None:
    try:
        _check_scopes_exist([scope])
        expected = []
    except ScopeNotFound:
        expected = [("error", "CH1605")]
    assert told(loadRoles={"assistants": {"scopes": [scope]}}) == expected


@pytest.mark.parametrize("name", ["ta", "tas", "TAs", "tas-", "1ta", "t.a_~-1", "a" * 256, "ta s"])
def test_a_name_is_refused_where_jupyterhub_refuses_it(name: str) -> None:
    try:
        _validate_role_name(name)
        expected = []
    except ValueError:
        expected = [("error", "CH1605")]
    assert told(loadRoles={name: {}}) == expected


def test_a_scope_that_the_chart_does_not_have_yet_is_refused() -> None:
    shares = {"user": {"scopes": ["self", "shares!user"]}}
    assert told(loadRoles=shares) == []
    assert told("3.3.8", loadRoles=shares) == [("error", "CH1605")]


def test_own_scopes_are_known() -> None:
    hub = {"custom_scopes": {"custom:grades:read": {"description": "Read grades"}}}
    graders = {"graders": {"scopes": ["custom:grades:read"]}}
    assert told(loadRoles=graders, config={"JupyterHub": hub}) == []


def test_load_roles_of_hub_config_takes_the_place_of_the_others() -> None:
    listed = [{"name": "graders", "scopes": ["reed:users"]}, {"scopes": []}]
    found = told(loadRoles={"ta": {}}, config={"JupyterHub": {"load_roles": listed}})
    assert found == [("error", "CH1605"), ("error", "CH1605")]


def test_code_of_the_college_may_bring_what_is_missing() -> None:
    code = {"grades": "c.JupyterHub.custom_scopes = {}"}
    assert told(loadRoles={"graders": {"scopes": ["custom:grades"]}}, extraConfig=code) == [("warning", "CH1605")]


def test_every_setting_that_the_catalogue_has_is_one_of_jupyterhub() -> None:
    fields = catalogue("4.4.0").aliases["fields"]
    assert fields.keys() <= Service.class_traits(input=True).keys()
    assert told(services={"grader": {**fields, "apiToken": "x"}}) == []


@pytest.mark.parametrize("chart", charts())
def test_the_catalogue_of_each_chart_has_scopes_and_settings(chart: str) -> None:
    words = catalogue(chart).aliases
    assert {"self", "read:users"} <= words["scopes"].keys() and {"url", "command"} <= words["fields"].keys()

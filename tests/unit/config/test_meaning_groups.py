"""Lists that limit nobody, and groups of LDAP."""

from typing import Any

import pytest

from classhub.config.meaning.groups import problems
from classhub.config.meaning.people import problems as of_people
from unit.config.meanings import merged, said

DN = "cn=students,ou=groups,dc=college,dc=edu"


def login(name: str, section: str, **traits: Any) -> dict[str, Any]:
    return {"hub": {"config": {"JupyterHub": {"authenticator_class": name}, section: traits}}}


def ldap(**traits: Any) -> dict[str, Any]:
    return login("ldap", "LDAPAuthenticator", **traits)


def google(**traits: Any) -> dict[str, Any]:
    return login("google", "GoogleOAuthenticator", hosted_domain=["college.edu"], **traits)


def github(**traits: Any) -> dict[str, Any]:
    return login("github", "GitHubOAuthenticator", **traits)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {}),
        (github(allow_all=True), {}),
        (github(allowed_organizations=["college"]), {}),
        (github(allow_all=True, allowed_organizations=["college"]), {}),
        (
            google(allow_all=True, allowed_google_groups={"college.edu": ["cs"]}),
            {"CH1412 hub.config.GoogleOAuthenticator.allowed_google_groups": "warning"},
        ),
        (
            google(allow_all=True, allowed_users=["jane"]),
            {"CH1412 hub.config.GoogleOAuthenticator.allowed_users": "warning"},
        ),
        (login("my.Own", "Own", allow_all=True, allowed_users=["jane"]), {}),
        (ldap(allowed_groups=[DN]), {}),
        (ldap(allowed_groups=[DN, "students"]), {"CH1413 hub.config.LDAPAuthenticator.allowed_groups[1]": "warning"}),
        (ldap(group_attributes=[]), {}),
        (
            ldap(allowed_groups=[DN], group_attributes=[]),
            {"CH1413 hub.config.LDAPAuthenticator.group_attributes": "error"},
        ),
        (github(allowed_groups=["students"]), {}),
    ],
)
def test_lists_and_groups(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(problems, own) == expected


def test_code_that_has_a_say_in_it_is_left_in_peace() -> None:
    own = google(allow_all=True, allowed_users=["jane"])
    own["hub"]["extraConfig"] = {"a": "c.Authenticator.allow_all = False"}
    assert said(problems, own) == {}


def test_where_everybody_gets_in_it_is_said_there_that_the_list_limits_nobody() -> None:
    own = merged(github(allow_all=True, allowed_organizations=["college"]))
    (warning,) = [problem for problem in of_people(own) if problem.code == "CH1402"]
    assert warning.message.endswith("a GitHub account, whatever allowed_organizations says.")

"""Rules across traits: what we refuse, the class itself refuses, and what it takes, we take."""

import re
import warnings
from typing import Any

import pytest
from jsonschema import ValidationError
from traitlets import TraitError
from traitlets.config import Config

from classhub.config.catalogue.read import catalogue
from classhub.config.hub_config.across import SCOPES
from classhub.config.hub_config.check import problems
from classhub.config.hub_config.selection import Around

with warnings.catch_warnings(action="ignore"):
    from oauthenticator.cilogon import CILogonOAuthenticator
    from oauthenticator.generic import GenericOAuthenticator
    from oauthenticator.github import GitHubOAuthenticator
    from oauthenticator.globus import GlobusOAuthenticator
    from oauthenticator.google import GoogleOAuthenticator
    from oauthenticator.openshift import OpenShiftOAuthenticator

CLASSES: dict[str, Any] = {
    "cilogon": CILogonOAuthenticator,
    "generic-oauth": GenericOAuthenticator,
    "github": GitHubOAuthenticator,
    "globus": GlobusOAuthenticator,
    "google": GoogleOAuthenticator,
    "openshift": OpenShiftOAuthenticator,
}
URL = "https://idp.college.edu/idp/shibboleth"
MAIL = {"username_claim": "email"}


def idps(**idp: Any) -> dict[str, Any]:
    return {"CILogonOAuthenticator": {"idps": {URL: idp}}}


def named(**derivation: Any) -> dict[str, Any]:
    return idps(username_derivation={**MAIL, **derivation})


BOTH = {"userdata_url": "https://idp.college.edu/user", "userdata_from_id_token": True}
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("google", {"GoogleOAuthenticator": {"allowed_groups": ["staff"]}}),
    ("google", {"GoogleOAuthenticator": {"allowed_groups": ["staff"], "manage_groups": False}}),
    ("google", {"GoogleOAuthenticator": {"allowed_groups": ["staff"]}, "Authenticator": {"manage_groups": True}}),
    ("google", {"GoogleOAuthenticator": {"allowed_groups": []}}),
    ("github", {"OAuthenticator": {"admin_groups": ["staff"]}}),
    ("github", {"GitHubOAuthenticator": {"auth_state_groups_key": "teams"}}),
    ("generic-oauth", {"GenericOAuthenticator": {"claim_groups_key": "groups"}}),
    ("generic-oauth", {"GenericOAuthenticator": {"claim_groups_key": "groups", "manage_groups": True}}),
    ("google", {"GoogleOAuthenticator": {"allowed_scopes": ["email"]}}),
    ("google", {"GoogleOAuthenticator": {"allowed_scopes": ["courses"]}}),
    ("google", {"GoogleOAuthenticator": {"allowed_scopes": ["email"], "scope": ["openid"]}}),
    ("github", {"GitHubOAuthenticator": {"allowed_scopes": ["read:org"], "scope": "read:org"}}),
    ("generic-oauth", {"GenericOAuthenticator": BOTH}),
    ("generic-oauth", {"GenericOAuthenticator": {**BOTH, "userdata_from_id_token": False}}),
    ("generic-oauth", {"OAuthenticator": {"userdata_from_id_token": True}}),
    ("github", {"Authenticator": {"username_pattern": "["}}),
    ("github", {"Authenticator": {"username_pattern": "^[a-z]+$"}}),
    ("cilogon", {"CILogonOAuthenticator": {"idps": {}}}),
    ("cilogon", {"CILogonOAuthenticator": {"idps": {"college.edu": {"username_derivation": MAIL}}}}),
    ("cilogon", {"CILogonOAuthenticator": {"idps": {"urn:mace:college": {"username_derivation": MAIL}}}}),
    ("cilogon", {"CILogonOAuthenticator": {"idps": {URL: None}}}),
    ("cilogon", {"CILogonOAuthenticator": {"allowed_idps": {URL: {}}}}),
    ("cilogon", idps()),
    ("cilogon", idps(username_derivation={})),
    ("cilogon", idps(username_derivation="email")),
    ("cilogon", idps(username_derivation=MAIL, allowed_domain=["college.edu"])),
    ("cilogon", idps(username_derivation=MAIL, allowed_domains="college.edu")),
    ("cilogon", idps(username_derivation=MAIL, allowed_domains=[1])),
    ("cilogon", idps(username_derivation=MAIL, allowed_domains=["college.edu"], allow_all=True, default=True)),
    ("cilogon", idps(username_derivation=MAIL, allow_all="yes")),
    ("cilogon", named()),
    ("cilogon", named(claim="email")),
    ("cilogon", named(action="strip")),
    ("cilogon", named(action=None)),
    ("cilogon", named(action="strip_idp_domain")),
    ("cilogon", named(action="strip_idp_domain", domain="college.edu")),
    ("cilogon", named(action="prefix")),
    ("cilogon", named(action="prefix", prefix="college")),
]


def starts(name: str, config: dict[str, Any]) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            CLASSES[name](config=Config(config))
    except (ValueError, TraitError, re.error, ValidationError):
        return False
    return True


def found(name: str, config: dict[str, Any], around: Around | None = None, chart: str = "4.4.0") -> list[str]:
    whole = {"JupyterHub": {"authenticator_class": name}, **config}
    told = problems(whole, catalogue(chart), around or Around())
    return [one.severity for one in told if one.code in ("CH1309", "CH1310")]


@pytest.mark.parametrize(("name", "config"), ROWS)
def test_the_class_and_our_rule_agree(name: str, config: dict[str, Any]) -> None:
    assert found(name, config) == ([] if starts(name, config) else ["error"])


def test_both_verdicts_are_among_the_rows() -> None:
    verdicts = [starts(*row) for row in ROWS]
    assert verdicts.count(True) > 8 and verdicts.count(False) > 20


@pytest.mark.parametrize("name", CLASSES)
def test_our_table_has_the_scopes_that_the_class_asks_for(name: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        made = CLASSES[name](config=Config({"OpenShiftOAuthenticator": {"openshift_url": "https://os.college.edu"}}))
    assert tuple(made.scope) == SCOPES.get(CLASSES[name].__name__, ())


def test_oauthenticator_16_asked_no_manage_groups() -> None:
    config = {"GenericOAuthenticator": {"allowed_groups": ["staff"]}}
    assert found("generic-oauth", config, chart="3.3.8") == []


def test_code_of_the_college_may_set_what_is_missing() -> None:
    assert found("google", ROWS[0][1], Around(own_code=True)) == ["warning"]
    config = {"CILogonOAuthenticator": {"idps": {}}}
    assert found("cilogon", config, Around(own_code=True)) == ["warning"]

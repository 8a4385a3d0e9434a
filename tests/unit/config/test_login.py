"""Who signs in here: the configured login if it can work, else invitations. Never a hub that anyone can enter."""

from typing import Any

import pytest

from classhub.config.authenticators import find
from classhub.config.login import login
from classhub.config.merge import over_defaults
from classhub.config.model import Login

SECRETS = {"client_id": "id.apps.googleusercontent.com", "client_secret": "GOCSPX-s3cret"}
INVITED = "people enter by invitation on this machine"


def sign_in(class_: str, environ: dict[str, str] | None = None, extra: str = "", **sections: dict[str, Any]) -> Login:
    """Login of a hub with this authenticator_class and these sections of hub.config, on a machine with every package."""
    values: dict[str, Any] = {"hub": {"config": {"JupyterHub": {"authenticator_class": class_}, **sections}}}
    if extra:
        values["hub"]["extraConfig"] = {"login": extra}
    return login(values, environ, installed=lambda _module: True)


def test_google_with_its_secrets_is_real() -> None:
    found = sign_in("google", GoogleOAuthenticator=SECRETS, Authenticator={"admin_users": ["ada@college.edu"]})
    assert (found.configured, found.stand_in) == ("google", False)
    assert found.why == "Google login, as config.yaml says"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client_id": "x"}, "secrets.yaml has no client_secret"),
        ({}, "secrets.yaml has no client_id and no client_secret"),
        ({"client_id": "x", "client_secret": ""}, "secrets.yaml has no client_secret"),
        ({"client_id": "x", "client_secret": "<client secret>"}, "client_secret is still the example's placeholder"),
        (
            {"client_id": "REPLACE_ME", "client_secret": "changeme"},
            "client_id and client_secret are still the example's placeholder",
        ),
    ],
)
def test_google_without_them_is_not_and_says_what_is_missing(settings: dict[str, str], words: str) -> None:
    found = sign_in("google", GoogleOAuthenticator=settings, Authenticator={"admin_users": ["ada"]})
    assert found.stand_in
    assert found.why == f"Google login is configured, but {words}: {INVITED}"


def test_without_a_secrets_file_the_sentence_says_so() -> None:
    values = {"hub": {"config": {"JupyterHub": {"authenticator_class": "google"}}}}
    found = login(values, secrets_exist=False, installed=lambda _: True)
    assert "there is no secrets.yaml with its client_id and client_secret" in found.why


def test_secrets_may_come_from_the_environment() -> None:
    assert not sign_in("google", {"OAUTH_CLIENT_ID": "a", "OAUTH_CLIENT_SECRET": "b"}).stand_in
    assert not sign_in("github", {"GITHUB_CLIENT_ID": "a", "GITHUB_CLIENT_SECRET": "b"}).stand_in
    assert sign_in("google", {"GITHUB_CLIENT_ID": "a", "GITHUB_CLIENT_SECRET": "b"}).stand_in


def test_a_parents_section_counts_too() -> None:
    assert not sign_in("oauthenticator.google.GoogleOAuthenticator", OAuthenticator=SECRETS).stand_in
    assert not sign_in("local-google", LocalGoogleOAuthenticator=SECRETS).stand_in


@pytest.mark.parametrize(
    "class_",
    [
        "dummy",
        "jupyterhub.auth.DummyAuthenticator",
        "",
        "tmp",
        "null",
        "firstuse",
        "native",
        "tmpauthenticator.TmpAuthenticator",
        "nullauthenticator.NullAuthenticator",
    ],
)
def test_what_would_let_in_anyone_or_nobody_never_runs_here(class_: str) -> None:
    found = sign_in(class_, Authenticator={"allow_all": True})
    assert found.stand_in
    assert found.why.split(";")[0].endswith(INVITED)


def test_the_charts_defaults_give_invitations() -> None:
    assert login(over_defaults({}, {"hub": {"config": {"JupyterHub": {"authenticator_class": "dummy"}}}})).stand_in


def test_dummy_with_a_password_is_real() -> None:
    assert not sign_in("dummy", DummyAuthenticator={"password": "correct horse"}).stand_in
    assert sign_in("dummy", DummyAuthenticator={"password": "changeme"}).stand_in


@pytest.mark.parametrize(
    ("class_", "section", "settings"),
    [
        ("gitlab", "GitLabOAuthenticator", SECRETS),
        ("bitbucket", "BitbucketOAuthenticator", SECRETS),
        ("azuread", "AzureAdOAuthenticator", SECRETS),
        ("globus", "GlobusOAuthenticator", SECRETS),
        ("mediawiki", "MWOAuthenticator", SECRETS),
        ("cilogon", "CILogonOAuthenticator", {**SECRETS, "allowed_idps": {"https://idp.college.edu": {}}}),
        ("auth0", "Auth0OAuthenticator", {**SECRETS, "auth0_domain": "college.eu.auth0.com"}),
        ("openshift", "OpenShiftOAuthenticator", {**SECRETS, "openshift_url": "https://o.college.edu"}),
        (
            "generic-oauth",
            "GenericOAuthenticator",
            {**SECRETS, "authorize_url": "https://a", "token_url": "https://t", "userdata_url": "https://u"},
        ),
        ("ltiauthenticator.LTIAuthenticator", "LTIAuthenticator", {"consumers": {"key": "secret"}}),
        (
            "ltiauthenticator.lti13.auth.LTI13Authenticator",
            "LTI13Authenticator",
            {"client_id": ["1"], "issuer": "https://c", "authorize_url": "https://a", "jwks_endpoint": "https://j"},
        ),
        ("ldapauthenticator.LDAPAuthenticator", "LDAPAuthenticator", {"server_address": "ldap.college.edu"}),
        ("hmacauthenticator.HMACAuthenticator", "HMACAuthenticator", {"secret_key": "ab12"}),
        ("shared-password", "SharedPasswordAuthenticator", {"user_password": "long enough"}),
        ("pam", "PAMAuthenticator", {}),
    ],
)
def test_each_login_is_real_with_what_it_needs_and_only_then(
    class_: str, section: str, settings: dict[str, Any]
) -> None:
    assert not sign_in(class_, **{section: settings}).stand_in
    for lacking in settings:
        rest = {name: value for name, value in settings.items() if name != lacking}
        assert sign_in(class_, **{section: rest}).stand_in, lacking


def test_what_is_no_secret_is_named_with_its_section() -> None:
    found = sign_in(
        "generic-oauth", GenericOAuthenticator={**SECRETS, "authorize_url": "https://a", "userdata_url": "https://u"}
    )
    assert "hub.config.GenericOAuthenticator.token_url is not set" in found.why


def test_a_login_whose_package_is_missing_is_not_tried() -> None:
    values = {
        "hub": {
            "config": {
                "JupyterHub": {"authenticator_class": "ldapauthenticator.LDAPAuthenticator"},
                "LDAPAuthenticator": {"server_address": "x"},
            }
        }
    }
    found = login(values, installed=lambda module: module != "ldapauthenticator")
    assert "this machine has no Python package ldapauthenticator" in found.why


def test_a_misspelt_name_is_corrected() -> None:
    assert (
        'authenticator_class is "gogle", a name that JupyterHub does not know (did you mean google?)'
        in sign_in("gogle").why
    )
    assert "ltiauthenticator.lti13.auth.LTI13Authenticator" in sign_in("lti13").why


def test_a_class_of_the_college_is_used_if_this_machine_has_it() -> None:
    assert not sign_in("college.CollegeAuthenticator").stand_in


def test_a_login_made_in_extra_config_is_for_the_cluster() -> None:
    found = sign_in("google", extra="c.JupyterHub.authenticator_class = Mine", GoogleOAuthenticator=SECRETS)
    assert found.stand_in
    assert "hub.extraConfig.login" in found.why


def test_the_authenticators_own_section_wins_and_names_are_written_as_jupyterhub_writes_them() -> None:
    found = sign_in(
        "google",
        Authenticator={"admin_users": ["Ada@College.edu"], "allowed_users": ["bob"], "username_map": {"bob": "robert"}},
        GoogleOAuthenticator={"admin_users": ["Grace@college.edu", "grace@college.edu"]},
    )
    assert found.admins == ("grace@college.edu",)
    assert found.allowed == ("robert",)


def test_without_an_admin_the_stand_in_makes_one_and_a_real_login_none() -> None:
    found = sign_in("google")
    assert found.admins == ("admin",)
    assert found.why.endswith('; no admin is named, so "admin" is the admin')
    real = sign_in("github", GitHubOAuthenticator=SECRETS)
    assert real.admins == ()
    assert real.why.endswith("; no admin is named")


def test_no_sentence_shows_a_secret() -> None:
    settings = {"client_id": "canary-id", "client_secret": "<canary>"}
    assert "canary" not in repr(sign_in("google", {"OAUTH_CLIENT_ID": "canary"}, GoogleOAuthenticator=settings))


def test_local_variants_and_class_paths_are_the_same_authenticator() -> None:
    for configured in (
        "google",
        "local-google",
        "oauthenticator.LocalGoogleOAuthenticator",
        "oauthenticator.google.GoogleOAuthenticator",
    ):
        known = find(configured)
        assert known is not None
        assert known.label == "Google"
    assert find("college.Unknown") is None

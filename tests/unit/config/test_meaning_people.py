"""Who gets in is read from the values as JupyterHub 5 would decide it."""

from typing import Any

import pytest

from classhub.config.meaning.access import access
from classhub.config.meaning.people import problems
from unit.config.meanings import merged, said

IDP = "https://idp.college.edu/shibboleth"
GOOGLE_IDP = "http://google.com/accounts/o8/id"


def login(name: str, **sections: Any) -> dict[str, Any]:
    return {"hub": {"config": {"JupyterHub": {"authenticator_class": name}, **sections}}}


@pytest.mark.parametrize(
    ("own", "kind", "sentence"),
    [
        ({}, "everybody", "anyone, under any name and without a password"),
        (login("dummy", DummyAuthenticator={"password": "x"}), "these", "whoever knows the password"),
        (login("dummy", Authenticator={"allowed_users": ["jane"]}), "these", "1 name."),
        (login("null"), "nobody", "Nobody can log in."),
        (login("github"), "nobody", "Nobody"),
        (
            login("github", Authenticator={"admin_users": ["alice", "Alice"]}),
            "admins",
            "Only admins can log in (1 name).",
        ),
        (login("github", GitHubOAuthenticator={"admin_groups": ["staff"]}), "admins", "Only admins can log in."),
        (login("github", OAuthenticator={"allow_all": True}), "everybody", "everyone with a GitHub account"),
        (login("github", GitHubOAuthenticator={"allowed_organizations": "college"}), "these", "1 group."),
        (login("google", GoogleOAuthenticator={"allow_all": True}), "everybody", "everyone with a Google account"),
        (
            login("google", GoogleOAuthenticator={"allow_all": True, "hosted_domain": "college.edu"}),
            "these",
            "Who can log in: everyone with an account at college.edu.",
        ),
        (login("google", GoogleOAuthenticator={"hosted_domain": ["college.edu"]}), "nobody", "Nobody"),
        (
            login("google", Authenticator={"allow_all": True, "username_pattern": ".*@college.edu"}),
            "these",
            "whose name fits .*@college.edu",
        ),
        (login("gitlab", GitLabOAuthenticator={"allow_all": True}), "everybody", "gitlab.com"),
        (
            login("gitlab", GitLabOAuthenticator={"allow_all": True, "gitlab_url": "https://git.college.edu/"}),
            "these",
            "everyone with an account at git.college.edu",
        ),
        (login("azuread", AzureAdOAuthenticator={"allow_all": True}), "everybody", "Microsoft account"),
        (login("azuread", AzureAdOAuthenticator={"allow_all": True, "tenant_id": "f00"}), "these", "tenant"),
        (
            login("cilogon", CILogonOAuthenticator={"idps": {IDP: {"allow_all": True}}}),
            "these",
            "everyone of idp.college.edu",
        ),
        (
            login(
                "cilogon", CILogonOAuthenticator={"allowed_idps": {GOOGLE_IDP: {"allowed_domains": ["college.edu"]}}}
            ),
            "these",
            "at college.edu",
        ),
        (login("cilogon", CILogonOAuthenticator={"allow_all": True, "idps": {GOOGLE_IDP: {}}}), "everybody", "Google"),
        (login("cilogon", CILogonOAuthenticator={"allow_all": True, "idps": {IDP: {}}}), "these", "institutions"),
        (login("cilogon", CILogonOAuthenticator={"idps": {GOOGLE_IDP: {"allow_all": True}}}), "everybody", "Google"),
        (login("cilogon", CILogonOAuthenticator={"idps": {GOOGLE_IDP: {"allowed_domains": ["*"]}}}), "everybody", ""),
        (login("native", NativeAuthenticator={"open_signup": True, "allow_all": True}), "everybody", "signs up"),
        (login("native", NativeAuthenticator={"allow_all": True}), "these", "an admin approves"),
        (login("firstuse"), "everybody", "under any free name"),
        (login("firstuse", FirstUseAuthenticator={"create_users": False}), "these", "added"),
        (login("local-github", Authenticator={"allow_all": True}), "everybody", "everyone with a GitHub account"),
        (login("oauthenticator.LocalGoogleOAuthenticator", Authenticator={"allow_all": True}), "everybody", "Google"),
        (login("tmp"), "nobody", "Nobody"),
        (login("tmp", Authenticator={"allow_all": True}), "everybody", "each time under a new name"),
        (login("lti13", Authenticator={"allow_all": True}), "these", "everyone whom the LMS sends"),
        (login("github", Authenticator={"allow_existing_users": True}), "these", "added in the hub"),
        (login("github", Authenticator={"any_allow_config": True}), "unknown", "any_allow_config"),
        (login("college.login.Own"), "unknown", "the class college.login.Own"),
        (
            {"hub": {"extraConfig": {"who": "c.Authenticator.allow_all = True"}}},
            "unknown",
            "decided by hub.extraConfig.who",
        ),
        (
            {"hub": {"extraFiles": {"login": {"mountPath": "/usr/local/etc/jupyterhub/jupyterhub_config.d/login.py"}}}},
            "unknown",
            "hub.extraFiles.login",
        ),
        ({"hub": {"extraConfig": {"x": "c.JupyterHub.log_level = 10"}}}, "everybody", "anyone"),
    ],
)
def test_who_gets_in(own: dict[str, Any], kind: str, sentence: str) -> None:
    found = access(merged(own))
    assert found.kind == kind
    assert sentence in found.sentence or sentence in found.others


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        (login("lti11"), "these"),
        (login("tmp"), "everybody"),
        (login("pam", Authenticator={"allowed_users": ["jane"]}), "these"),
        (login("github"), "nobody"),
    ],
)
def test_before_chart_4_only_oauth_needed_a_rule(own: dict[str, Any], kind: str) -> None:
    assert access(merged(own), "3.3.8").kind == kind


LISTED = {"allowed_users": ["jane"], "admin_users": ["alice"], "allow_existing_users": False}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (
            login("google", GoogleOAuthenticator={"allow_all": True, "allowed_hosted_domains": ["college.edu"]}),
            {"CH1404 hub.config.GoogleOAuthenticator.allowed_hosted_domains": "error"},
        ),
        (
            login("google", GoogleOAuthenticator={"allowed_hosted_domains": ["college.edu"]}, Authenticator=LISTED),
            {"CH1404 hub.config.GoogleOAuthenticator.allowed_hosted_domains": "warning"},
        ),
        (
            login("github", GitHubOAuthenticator={"hosted_domain": ["college.edu"], "allow_all": True}),
            {"CH1404 hub.config.GitHubOAuthenticator.hosted_domain": "error"},
        ),
        (login("github", Authenticator=LISTED), {}),
        (
            login("github", Authenticator={**LISTED, "admin_users": ["alice", "Alice "]}),
            {"CH1406 hub.config.Authenticator.admin_users[1]": "note"},
        ),
        (
            login("github", Authenticator={**LISTED, "blocked_users": ["JANE"]}),
            {"CH1408 hub.config.Authenticator.blocked_users[0]": "warning"},
        ),
        (
            login("github", Authenticator={**LISTED, "allow_existing_users": None}),
            {"CH1407 hub.config.Authenticator.allowed_users": "note"},
        ),
        (
            login("cilogon", CILogonOAuthenticator={"idps": {GOOGLE_IDP: {"allow_all": True}}}, Authenticator=LISTED),
            {f"CH1402 hub.config.CILogonOAuthenticator.idps.{GOOGLE_IDP}.allow_all": "warning"},
        ),
    ],
)
def test_lists_that_do_not_say_what_they_seem_to(own: dict[str, Any], expected: dict[str, str]) -> None:
    who = ("CH1403 ", "CH1405 ")
    assert {place: severity for place, severity in said(problems, own).items() if not place.startswith(who)} == expected


def test_everybody_is_told_where_it_is_written() -> None:
    own = login("github", OAuthenticator={"allow_all": True}, Authenticator={"admin_users": ["alice"]})
    assert said(problems, own) == {"CH1402 hub.config.OAuthenticator.allow_all": "warning"}


def test_a_wrong_name_of_the_domain_limit_is_mended_by_its_right_one() -> None:
    own = login("google", GoogleOAuthenticator={"allow_all": True, "allowed_hosted_domains": ["college.edu"]})
    edits = [problem.edit for problem in problems(merged(own)) if problem.edit]
    assert [(edit.do, edit.where[-1], edit.new) for edit in edits] == [
        ("rename", "allowed_hosted_domains", "hosted_domain")
    ]


@pytest.mark.parametrize(
    ("own", "here"),
    [
        ({}, True),
        (login("tmp", Authenticator={"allow_all": True}), True),
        (login("native", NativeAuthenticator={"open_signup": True, "allow_all": True}), True),
        (login("github", OAuthenticator={"allow_all": True}), False),
    ],
)
def test_a_login_that_this_machine_never_uses_is_open_on_the_cluster_alone(own: dict[str, Any], here: bool) -> None:
    (problem,) = (problem for problem in problems(merged(own)) if problem.code == "CH1402")
    assert problem.message.startswith("Everybody can log in on the cluster: ") == here
    assert problem.why.endswith("On this machine people enter by invitation.") == here

"""Domains that people must be of, and names on lists beside them, judged as the real class of Google judges."""

from typing import Any

import pytest
from traitlets.config import Config

from classhub.config.meaning import domains, google_lists
from classhub.config.meaning.access import chosen
from classhub.config.meaning.google_names import cut_domains
from classhub.config.meaning.people import problems as of_people
from unit.config.meanings import merged, said

HOSTED = "hub.config.GoogleOAuthenticator.hosted_domain"
ADMINS = "hub.config.Authenticator.admin_users"
IDP = "https://idp.college.edu/shibboleth"
DOMAINS = f"hub.config.CILogonOAuthenticator.idps.{IDP}.allowed_domains"


def google(domain: Any = None, *, own: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """more: traits of the class. own: of Authenticator."""
    traits = more if domain is None else {"hosted_domain": domain, **more}
    config = {
        "JupyterHub": {"authenticator_class": "google"},
        "GoogleOAuthenticator": traits,
        "Authenticator": own or {},
    }
    return {"hub": {"config": config}}


def cilogon(*allowed: str, **more: Any) -> dict[str, Any]:
    idps = {IDP: {"username_derivation": {"username_claim": "email"}, "allowed_domains": list(allowed), **more}}
    return {
        "hub": {"config": {"JupyterHub": {"authenticator_class": "cilogon"}, "CILogonOAuthenticator": {"idps": idps}}}
    }


@pytest.mark.parametrize(
    ("domain", "where", "new"),
    [
        ("@college.edu", HOSTED, "college.edu"),
        ("https://college.edu/", HOSTED, "college.edu"),
        (" college.edu", HOSTED, "college.edu"),
        ("college.edu, other.edu", HOSTED, ["college.edu", "other.edu"]),
        (["other.edu", "@college.edu"], f"{HOSTED}[1]", "college.edu"),
        (["@college.edu @other.edu", "third.edu"], f"{HOSTED}[0]", ["college.edu", "other.edu", "third.edu"]),
        (["*.college.edu"], f"{HOSTED}[0]", None),
        (["alice@college.edu"], f"{HOSTED}[0]", None),
        (["college"], f"{HOSTED}[0]", None),
        (["@"], f"{HOSTED}[0]", None),
    ],
)
def test_a_domain_that_matches_nobody_is_an_error_with_the_one_that_is_meant(domain: Any, where: str, new: Any) -> None:
    own = google(domain)
    assert said(domains.problems, own) == {f"CH1415 {where}": "error"}
    (problem,) = domains.problems(merged(own))
    assert (problem.edit.new if problem.edit else None) == new
    assert not _passes(domain, "college.edu")


@pytest.mark.parametrize(
    "domain", [None, [], "", "college.edu", ["College.edu", "cs.college.edu"], ["hochschüle.de"], 3, [3]]
)
def test_a_domain_is_no_mistake(domain: Any) -> None:
    assert said(domains.problems, google(domain)) == {}


def test_an_empty_entry_lets_in_whom_no_organization_manages() -> None:
    assert _passes([""], "") and not _passes(["college.edu"], "")
    assert said(domains.problems, google(["college.edu", ""])) == {f"CH1415 {HOSTED}[1]": "error"}
    (alone,) = domains.problems(merged(google([""])))
    assert alone.edit is None, "without any entry everybody would be let in"


def test_nobody_with_an_address_at_gmail_passes_google_and_everybody_passes_cilogon() -> None:
    assert said(domains.problems, google(["gmail.com"])) == {f"CH1415 {HOSTED}[0]": "warning"}
    (cilogons,) = domains.problems(merged(cilogon("gmail.com")))
    assert cilogons.severity == "warning" and "lets in everybody with an address at gmail.com" in cilogons.message


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (cilogon("college.edu", "*.college.edu", "*", "college"), {}),
        (cilogon("@college.edu"), {f"CH1415 {DOMAINS}[0]": "error"}),
        (cilogon("college.edu, other.edu"), {f"CH1415 {DOMAINS}[0]": "error"}),
        (cilogon("https://college.edu"), {f"CH1415 {DOMAINS}[0]": "error"}),
        (cilogon("https://college.edu", allowed_domains_claim="iss"), {}),
    ],
)
def test_cilogon_takes_patterns_and_no_addresses(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(domains.problems, own) == expected


def test_code_of_the_college_may_mend_it() -> None:
    own = google("@college.edu")
    own["hub"]["extraConfig"] = {"mine": "c.GoogleOAuthenticator.hosted_domain = ['college.edu']"}
    assert said(domains.problems, own) == {f"CH1415 {HOSTED}": "warning"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (google("college.edu", own={"admin_users": ["alice"]}), {}),
        (google("college.edu", own={"admin_users": ["Alice@College.edu"]}), {f"CH1416 {ADMINS}[0]": "warning"}),
        (google("college.edu", own={"admin_users": "alice@college.edu"}), {f"CH1416 {ADMINS}": "warning"}),
        (google("college.edu", own={"blocked_users": ["a@college.edu", "b@other.edu"]}),
         {"CH1416 hub.config.Authenticator.blocked_users[0]": "warning"}),
        (google("college.edu", strip_domain=False, own={"admin_users": ["alice@college.edu"]}), {}),
        (google("college.edu", strip_domain=False, own={"admin_users": ["alice"]}), {f"CH1416 {ADMINS}[0]": "warning"}),
        (google(["college.edu", "b.edu"], own={"admin_users": ["alice@b.edu", "bob"]}), {f"CH1416 {ADMINS}[1]": "warning"}),
        (google(["college.edu", "b.edu"], strip_domain=True, own={"admin_users": ["alice", "x@b.edu"]}),
         {f"CH1416 {ADMINS}[1]": "warning"}),
        (google(own={"admin_users": ["alice@college.edu", "bob"]}), {f"CH1416 {ADMINS}[1]": "warning"}),
        (google("college.edu", own={"admin_users": ["x@other.edu"]}), {f"CH1416 {ADMINS}[0]": "warning"}),
        (google("college.edu", own={"allowed_users": ["x@other.edu"]}),
         {"CH1416 hub.config.Authenticator.allowed_users[0]": "warning"}),
        (google("college.edu", own={"allowed_users": ["x@other.edu"], "allow_all": True}), {}),
        (google("@college.edu", own={"admin_users": ["alice@college.edu"]}), {}),
        (google("college.edu", strp_domain=False, own={"admin_users": ["alice@college.edu"]}), {}),
        (google("college.edu", strip_domain="no", own={"admin_users": ["alice@college.edu"]}), {}),
        (google("college.edu", username_claim="sub", own={"admin_users": ["x@college.edu"]}), {}),
        (google("college.edu", own={"admin_users": ["x@college.edu", "bob"], "username_map": {"x": "x@college.edu"}}), {}),
        (google("college.edu", own={"admin_users": ["x@other.edu, y@other.edu", 3, None]}), {}),
    ],
)  # fmt: skip
def test_a_name_on_a_list_that_nobody_can_come_by(own: dict[str, Any], expected: dict[str, str]) -> None:
    found = said(google_lists.problems, own)
    assert {place: severity for place, severity in found.items() if place.startswith("CH1416")} == expected


def test_before_there_was_strip_domain_one_domain_alone_was_cut() -> None:
    values = merged(google("college.edu", strip_domain=False))
    assert cut_domains(values, chosen(values)[1], "3.3.8") == ("college.edu",)
    assert cut_domains(values, chosen(values)[1], "4.4.0") == ()


@pytest.mark.parametrize(
    ("own", "edit"),
    [
        (google("college.edu", own={"admin_users": ["alice@college.edu"]}), ("set", "alice")),
        (google("college.edu", own={"admin_users": ["alice@college.edu", "alice"]}), ("remove", None)),
        (google(["college.edu", "b.edu"], strip_domain=True, own={"admin_users": ["alice@college.edu"]}), None),
        (google("college.edu", strip_domain=False, own={"admin_users": ["admin"]}), None),
    ],
)
def test_only_a_name_of_the_same_one_person_is_written_unasked(
    own: dict[str, Any], edit: tuple[str, Any] | None
) -> None:
    (problem,) = google_lists.problems(merged(own))
    assert (problem.edit and (problem.edit.do, problem.edit.new)) == edit


def test_the_advice_for_a_further_domain_keeps_the_names() -> None:
    (problem,) = google_lists.problems(merged(google("college.edu", own={"admin_users": ["x@other.edu"]})))
    assert problem.fix.startswith("Write hosted_domain: [college.edu, other.edu] and strip_domain: true,")


def test_who_can_log_in_is_not_told_of_domains_that_are_none() -> None:
    own = google("@college.edu", allow_all=True, own={"admin_users": ["alice@college.edu"]})
    assert said(of_people, own) == {}


@pytest.mark.parametrize("hosted", [[], ["college.edu"], ["college.edu", "other.edu"], ["other.edu"]])
@pytest.mark.parametrize("strip", [None, True, False])
def test_a_domain_is_cut_where_the_real_class_cuts_it(hosted: list[str], strip: bool | None) -> None:
    traits = {"hosted_domain": hosted} | ({} if strip is None else {"strip_domain": strip})
    values = merged(google(**traits))
    cut = cut_domains(values, chosen(values)[1], "4.4.0")
    assert (_authenticator(traits).user_info_to_username({"email": "alice@college.edu"}) == "alice") == (
        "college.edu" in cut
    )


def _passes(hosted: Any, organization: str) -> bool:
    """organization: of the account, as Google names it; empty for one that anybody can open."""
    user = {"email": "alice@college.edu", "hd": organization, "domain": "college.edu"}
    real = _authenticator({"hosted_domain": hosted})
    return bool(real.check_blocked_users("alice", {"name": "alice", "auth_state": {"google_user": user}}))


def _authenticator(traits: dict[str, Any]) -> Any:
    module = pytest.importorskip("oauthenticator.google")
    return module.GoogleOAuthenticator(config=Config({"GoogleOAuthenticator": traits}))

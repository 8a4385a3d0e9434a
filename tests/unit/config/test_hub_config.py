"""hub.config: each mistake is said with its kind and what to write, and real files are left in peace."""

from collections import Counter
from typing import Any

import pytest

from classhub.config.catalogue.read import catalogue, charts
from classhub.config.chart.table import defaults
from classhub.config.hub_config.check import problems
from classhub.config.hub_config.selection import Around
from classhub.config.meaning.found import has_stock_image, own_code
from classhub.config.merge import over_defaults
from classhub.config.problem import Problem
from unit.config.examples import PAIRS, needs_shared, shared

IDPS = {"https://idp.college.edu": {"username_derivation": {"username_claim": "email"}}}
OWN_CODE, OWN_IMAGE = Around(own_code=True), Around(own_image=True)


def using(authenticator: str, **sections: Any) -> dict[str, Any]:
    return {"JupyterHub": {"authenticator_class": authenticator}, **sections}


def check(config: dict[str, Any], around: Around | None = None, chart: str = "4.4.0") -> list[Problem]:
    return list(problems(config, catalogue(chart), around))


MISTAKES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"jupyterhub": {}}, "error CH1207", "names of classes", "Write JupyterHub:"),
    ({"loadRoles": {}}, "error CH1207", "names of classes", "Write LoadRoles:, or remove it"),
    (
        using("github", GithubOAuthenticator={}),
        "error CH1301",
        "Did you mean GitHubOAuthenticator?",
        "Write GitHubOAuthenticator:",
    ),
    ({"BinderSpawnerMixin": {}}, "note CH1301", "no class of that name", "Remove the section"),
    (using("gogle"), "error CH1301", "Did you mean google?", "authenticator_class: google"),
    (using("lti13"), "error CH1301", "no authenticator of that name", "ltiauthenticator.lti13.auth.LTI13"),
    (using("GoogleOAuthenticator"), "error CH1301", "Did you mean google?", "authenticator_class: google"),
    (using("magic"), "error CH1301", "no authenticator of that name", "Write one of auth0, "),
    (using("my.auth.MyAuthenticator"), "warning CH1301", "no authenticator of that name", "hub image with it"),
    (using("kubespawner.KubeSpawner"), "error CH1303", "which is no Authenticator", "Write one of auth0, "),
    (
        using(3),
        "error CH1303",
        "must be the name of a class; here it is a whole number",
        "authenticator_class: ...",
    ),  # type: ignore[arg-type]
    (
        using("oauthenticator.generic.GenericOAuthenticator"),
        "note CH1304",
        "the long name of GenericOAuthenticator",
        "authenticator_class: generic-oauth",
    ),
    (
        using("google", GoogleOAuthenticator={"allowed_hosted_domains": ["college.edu"]}),
        "error CH1302",
        "Did you mean hosted_domain?",
        "Write hosted_domain: in place of allowed_hosted_domains:",
    ),
    (
        {"Authenticator": {"authenticator_class": "google"}},
        "error CH1302",
        "It is one of JupyterHub.",
        "Move it to hub.config.JupyterHub.authenticator_class.",
    ),
    ({"KubeSpawner": {"memory_limit": "1G"}}, "error CH1302", "Did you mean mem_limit?", "Write mem_limit:"),
    (
        {"Spawner": {"zzz": 1}},
        "error CH1302",
        "Spawner has no trait zzz, nor has KubeSpawner.",
        "Remove hub.config.Spawner.zzz",
    ),
    (
        using("google", Authenticator={"alowed_users": ["jane.doe"]}),
        "error CH1302",
        "Authenticator has no trait alowed_users, nor has GoogleOAuthenticator. Did you mean allowed_users?",
        "Write allowed_users: in place of alowed_users:",
    ),
    (
        using("google", Authenticator={"allowed_user": []}),
        "error CH1302",
        "Did you mean allowed_users?",
        "allowed_users:",
    ),
    (
        using("google", Authenticator={"allowed_scope": []}),
        "error CH1302",
        "Did you mean allowed_scopes?",
        "allowed_scopes:",
    ),
    (using("google", Authenticator={"alowed_users": []}), "error CH1302", "whom it should keep out may enter", ""),
    ({"Authenticator": {"blacklist": []}}, "error CH1302", "Did you mean blocked_users?", "blocked_users:"),
    (
        using("github", GitHubOAuthenticator={"Authenticator": {"admin_users": ["alice"]}}),
        "error CH1305",
        "Authenticator stands inside hub.config.GitHubOAuthenticator",
        "directly below hub.config",
    ),
    (
        {"Authenticator": {"allow_all": "yes"}},
        "error CH1303",
        "must be true or false; here it is text.",
        "without quotes: allow_all: true",
    ),
    (
        {"Authenticator": {"allowed_users": None}},
        "error CH1303",
        "must be a list; here it is empty.",
        "remove the line",
    ),
    ({"Authenticator": {"admin_users": {"alice": 1}}}, "error CH1303", "must be a list", "after a dash"),
    (
        using("github", GitHubOAuthenticator={"scope": ["read:org", 3]}),
        "error CH1303",
        "must be a list of texts; here it is a list with a whole number in it.",
        "after a dash",
    ),
    (
        using("google", GoogleOAuthenticator={"allowed_google_groups": {"college.edu": "staff"}}),
        "error CH1303",
        "must be a mapping of lists; here it is a mapping with text in it.",
        "indented",
    ),
    ({"KubeSpawner": {"mem_limit": "1GB"}}, "error CH1303", "K, M, G or T after it", "mem_limit: 1G"),
    ({"KubeSpawner": {"cpu_limit": "500m"}}, "error CH1303", "a number; here it is text", "without a unit"),
    ({"KubeSpawner": {"uid": "1000"}}, "error CH1303", "a whole number; here it is text", "without quotes"),
    ({"KubeSpawner": {"modify_pod_hook": "f"}}, "error CH1303", "a function", "hub.extraConfig"),
    ({"KubeSpawner": {"image": 1.1}}, "error CH1303", "must be text", 'image: "..."'),
    ({"JupyterHub": {"log_level": "LOUD"}}, "error CH1303", "DEBUG, INFO", "Write one of them."),
    ({"Spawner": {"poll_jitter": 2}}, "error CH1303", "from 0 to 1", "poll_jitter"),
    (
        using("cilogon", CILogonOAuthenticator={"allowed_idps": IDPS}),
        "warning CH1304",
        "idps has taken its place (since 17.4.0).",
        "Write idps: in place of allowed_idps:",
    ),
    (
        using("cilogon", CILogonOAuthenticator={"username_claim": "email"}),
        "error CH1304",
        "no longer taken",
        "Write idps:, whose value has another form",
    ),
    (
        using("cilogon", CILogonOAuthenticator={"username_claim": ["email"]}),
        "error CH1304",
        "no longer taken",
        "Write idps:, whose value has another form",
    ),
    (
        using("generic-oauth", GenericOAuthenticator={"username_key": "email"}),
        "warning CH1304",
        "username_claim has taken its place",
        "Write username_claim:",
    ),
    ({"Authenticator": {"whitelist": ["alice"]}}, "warning CH1304", "an old name", "Write allowed_users:"),
    ({"KubeSpawner": {"image_spec": "a"}}, "warning CH1304", "an old name", "Write image:"),
    (
        {"JupyterHub": {"admin_users": ["alice"]}},
        "warning CH1304",
        "an old name",
        "Move it to hub.config.Authenticator.admin_users.",
    ),
    ({"JupyterHub": {"extra_log_file": "x"}}, "note CH1304", "use output redirection instead", "remove the line"),
    (
        using("github", GoogleOAuthenticator={"client_id": "x"}),
        "warning CH1306",
        "hub.config.GoogleOAuthenticator has no effect.",
        "JupyterHub: {authenticator_class: google}",
    ),
    (
        using("github", LocalGitHubOAuthenticator={}),
        "warning CH1306",
        "has no effect",
        "JupyterHub: {authenticator_class: local-github}",
    ),
    ({"LocalProcessSpawner": {}}, "warning CH1306", "The hub loads", "remove the section"),
    ({"JupyterHub": {"services": []}}, "error CH1307", "has no effect", "hub.services.NAME"),
]


@pytest.mark.parametrize(("config", "kind", "sentence", "fix"), MISTAKES)
def test_each_mistake_is_said_once_with_what_to_write(config: Any, kind: str, sentence: str, fix: str) -> None:
    found = check(config)
    assert len(found) == 1, found
    assert f"{found[0].severity} {found[0].code}" == kind
    assert sentence in f"{found[0].message} {found[0].why}"
    assert fix in found[0].fix
    assert found[0].where[:2] == ("hub", "config") and found[0].where[2] in config


RIGHT: list[dict[str, Any]] = [
    {},
    {"Authenticator": {"admin_users": "alice", "allowed_users": ["alice"], "allow_all": 1}},
    using("github", GitHubOAuthenticator={"scope": "read:org", "admin_users": ["alice"], "client_id": "x"}),
    using("github", OAuthenticator={"allowed_organizations": ["college"]}, Authenticator={"client_secret": "x"}),
    using("GitHub"),
    using("local-google", LocalAuthenticator={"create_system_users": True}, GoogleOAuthenticator={"strip_domain": 1}),
    using("ltiauthenticator.lti13.auth.LTI13Authenticator", LTI13Authenticator={"client_id": ["x"]}),
    {
        "Spawner": {"image": "x", "cmd": None, "environment": {"A": "1"}},
        "KubeSpawner": {"cmd": "jupyterhub-singleuser"},
    },
    {"KubeSpawner": {"mem_limit": "1.5G", "mem_guarantee": 10, "uid": 1000, "init_containers": [{}], "volumes": {}}},
    {"JupyterHub": {"cookie_secret": "x", "admin_access": True}, "CryptKeeper": {"keys": "x"}},
    {"ConfigurableHTTPProxy": {"auth_token": 3, "check_running_interval": 9}, "Application": {"log_level": 30}},
]


@pytest.mark.parametrize("config", RIGHT)
def test_what_the_hub_takes_is_no_mistake(config: Any) -> None:
    assert check(config) == []


@pytest.mark.parametrize(
    ("around", "config", "severities"),
    [
        (OWN_IMAGE, using("my.auth.MyAuthenticator", MyAuthenticator={"anything": 1}), ["note"]),
        (OWN_CODE, using("gogle"), ["note"]),
        (OWN_CODE, {"MyGitHubOAuthenticator": {"anything": 1}}, ["note"]),
        (OWN_CODE, {"GithubOAuthenticator": {}}, ["error"]),
        (OWN_CODE, {"GitHubOAuthenticator": {"client_id": "x"}}, []),
        (OWN_CODE, using("google", GitHubOAuthenticator={"client_id": "x"}), ["note"]),
        (OWN_CODE, {"Authenticator": {"my_trait": 1}}, ["note"]),
        (OWN_CODE, {"KubeSpawner": {"zzz": 1, "memory_limit": 1}}, ["warning", "error"]),
        (OWN_IMAGE, {"KubeSpawner": {"memory_limit": 1}}, ["warning"]),
        (Around(), using("github", GoogleOAuthenticator={"client_id": 3}), ["warning", "warning"]),
        (Around(), using("google", GoogleOAuthenticator={"client_id": 3}), ["error"]),
        (Around(), {"JupyterHub": {"spawner_class": "simple"}, "KubeSpawner": {}}, ["warning"]),
    ],
)
def test_what_code_or_image_of_ones_own_may_bring_is_a_note(around: Around, config: Any, severities: list[str]) -> None:
    assert [finding.severity for finding in check(config, around)] == severities


def test_a_trait_is_judged_by_the_charts_own_release() -> None:
    idps = using("cilogon", CILogonOAuthenticator={"allowed_idps": IDPS})
    assert check(idps, chart="4.3.2") == []
    assert [finding.code for finding in check(idps, chart="4.4.0")] == ["CH1304"]
    new = using("cilogon", CILogonOAuthenticator={"idps": IDPS})
    assert [finding.code for finding in check(new, chart="3.3.8")] == ["CH1302"]


@pytest.mark.parametrize("chart", charts())
def test_the_charts_defaults_are_no_mistake(chart: str) -> None:
    assert check(defaults("4.4.0")["hub"]["config"], chart=chart) == []


TRUE_ERRORS = {
    "GoogleOAuthenticator.allowed_hosted_domains": "no such trait: the domain is not limited (it is hosted_domain)",
    "GitHubOAuthenticator.Authenticator": "mis-indented: its admin_users are nobody",
}


@needs_shared
def test_real_files_have_no_errors_but_true_ones() -> None:
    assert PAIRS
    found: Counter[str] = Counter()
    for name in PAIRS:
        values = shared(f"values/{name}")
        whole = over_defaults(values, defaults("4.4.0"))
        around = Around(own_code=bool(own_code(whole)), own_image=not has_stock_image(whole))
        for finding in check(whole["hub"]["config"], around):
            if finding.severity == "error":
                found[".".join(map(str, finding.where[2:]))] += 1
    assert found.keys() == TRUE_ERRORS.keys()


def test_no_message_shows_a_value() -> None:
    config = using("github", GitHubOAuthenticator={"client_secret": 4711, "scope": ["a", 4711], "s": 4711})
    assert len(check(config)) == 3
    assert "4711" not in str(check(config))


EDITS: list[tuple[dict[str, Any], tuple[str, Any] | None]] = [
    ({"authenticator": {}}, ("rename", "Authenticator")),
    ({"authenticator": {}, "Authenticator": {}}, None),
    ({"Authenticatr": {}}, ("rename", "Authenticator")),
    ({"Authenticators_of_ours": {}}, None),
    ({"Authenticator": {"admin_user": ["alice"]}}, ("rename", "admin_users")),
    ({"Authenticator": {"admin_user": ["alice"], "admin_users": []}}, None),
    ({"Authenticator": {"admin_user": 3}}, None),
    (using("google", Authenticator={"alowed_users": ["alice"]}), ("rename", "allowed_users")),
    ({"Authenticator": {"alow_existing": True}}, None),
    ({"Authenticator": {"whitelist": ["alice"]}}, ("rename", "allowed_users")),
    ({"Authenticator": {"whitelist": ["alice"], "allowed_users": []}}, None),
    ({"Authenticator": {"blacklist": ["alice"]}}, ("rename", "blocked_users")),
    ({"JupyterHub": {"admin_users": ["alice"]}}, ("move", ("hub", "config", "Authenticator", "admin_users"))),
    ({"JupyterHub": {"admin_users": ["alice"]}, "Authenticator": {"admin_users": []}}, None),
    (using("cilogon", CILogonOAuthenticator={"username_claim": "email"}), None),
    ({"JupyterHub": {"KubeSpawner": {}}}, ("move", ("hub", "config", "KubeSpawner"))),
    ({"JupyterHub": {"KubeSpawner": {}}, "KubeSpawner": {}}, None),
    ({"JupyterHub": {"Whatever": {}}}, None),
    ({"Authenticator": {"allow_all": "yes"}}, ("set", True)),
    ({"Authenticator": {"allow_all": "sometimes"}}, None),
    ({"KubeSpawner": {"uid": "1000"}}, ("set", 1000)),
    ({"Spawner": {"poll_jitter": "2"}}, None),
    (using("gogle"), ("set", "google")),
    (using("GoogleOAuthenticator"), None),
]


@pytest.mark.parametrize(("config", "expected"), EDITS)
def test_what_is_certain_has_an_edit_and_nothing_else(config: dict[str, Any], expected: tuple[str, Any] | None) -> None:
    edits = [(edit.do, edit.new) for problem in check(config, Around(written=config)) if (edit := problem.edit)]
    assert edits == ([expected] if expected else [])

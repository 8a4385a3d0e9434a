"""What became of keys, and that an unknown key says so."""

from typing import Any

import pytest

from classhub.config.chart.moves import Keys, came, history, moved
from classhub.config.chart.table import VERSIONS, Key, defaults, table
from classhub.config.chart.upgrade import changes_between, is_between, moves_between, order
from classhub.config.chart.verdict import problems
from classhub.config.merge import over_defaults

NEWEST = "5.0.0-0.dev"


def key_at(path: Keys, version: str) -> Key | None:
    key: Key | None = table(version)
    for name in path:
        if key is None:
            return None
        key = key.keys.get(name) or key.each or (Key(others="yes") if key.others != "no" else None)
    return key


@pytest.mark.parametrize("move", history().moves.values(), ids=lambda move: ".".join(move.path))
def test_what_took_a_keys_place_is_known_to_every_chart_that_lost_it(move: Any) -> None:
    for version in VERSIONS:
        if is_between(move.version, "0", version):
            assert all(key_at(new, version) for new in move.to)
            assert (key_at(move.path, version) is None) == (move.kind == "unknown")


@pytest.mark.parametrize("path", history().came, ids=".".join)
def test_a_key_that_came_is_known_from_then_on_and_not_before(path: Keys) -> None:
    with_it = {version for version in VERSIONS if key_at(path, version)}
    assert with_it == {version for version in VERSIONS if order(version) >= order(came(path))}


def test_every_key_that_an_older_table_lacks_has_a_date() -> None:
    def paths(key: Key, path: Keys) -> list[Keys]:
        below = {**key.keys, **({"*": key.each} if key.each and key.each.keys else {})}
        return [(*path, name) for name in below] + [
            found for name, inner in below.items() for found in paths(inner, (*path, name))
        ]

    dated = history().came
    for path in paths(table(NEWEST), ()):
        missing = [version for version in VERSIONS if key_at(path, version) is None]
        assert not missing or any(path[:length] in dated for length in range(1, len(path) + 1)), path


@pytest.mark.parametrize(
    ("values", "message", "why", "fix"),
    [
        (
            {"auth": {"google": {"clientId": "x"}}},
            "auth.google.clientId is gone since chart 0.11.",
            "",
            "Write hub.config.GoogleOAuthenticator.client_id: ...",
        ),
        (
            {"auth": {"unheard": 1}},
            "auth.unheard is gone since chart 0.11.",
            "name of its class",
            "Write hub.config: ...",
        ),
        ({"auth": None}, "auth is gone since chart 0.11.", "", "Remove it."),
        (
            {"auth": {"state": {"enabled": True}}},
            "auth.state.enabled is gone since chart 0.11.",
            "",
            "Write hub.config.Authenticator.enable_auth_state: true",
        ),
        (
            {"hub": {"uid": 1000}},
            "hub.uid is gone since chart 1.0.",
            "",
            "Write hub.containerSecurityContext.runAsUser: ...",
        ),
        ({"hub": {"extraConfigMap": {"a": 1}}}, "hub.extraConfigMap is gone since chart 1.0.", "", "Write custom: ..."),
        (
            {"singleuser": {"imagePullSecret": {"enabled": True}}},
            "singleuser.imagePullSecret is gone since chart 0.10.",
            "enabled is called create",
            "Write imagePullSecret: ...",
        ),
        (
            {"singleuser": {"cloudMetadata": {"enabled": True}}},
            "singleuser.cloudMetadata.enabled is gone since chart 1.0.",
            "",
            "Write singleuser.cloudMetadata.blockWithIptables: false",
        ),
        (
            {"singleuser": {"cloudMetadata": {"enabled": False}}},
            "singleuser.cloudMetadata.enabled is gone since chart 1.0.",
            "",
            "Write singleuser.cloudMetadata.blockWithIptables: true",
        ),
        (
            {"proxy": {"nodeSelector": {"a": "b"}}},
            "proxy.nodeSelector is gone since chart 0.10.",
            "",
            "Write proxy.chp.nodeSelector: ... and proxy.traefik.nodeSelector: ...",
        ),
        (
            {"hub": {"publicURL": "https://x"}},
            "hub.publicURL is gone since chart 1.0.",
            "It did nothing.",
            "Remove it.",
        ),
        (
            {"httpRoute": {"parentRefs": []}},
            "The chart knows no key parentRefs in httpRoute. It came with chart 5.0.",
            "",
            "Remove it, or use chart 5.0 or newer.",
        ),
    ],
)
def test_an_unknown_key_that_once_was_one_says_what_became_of_it(
    values: dict[str, Any], message: str, why: str, fix: str
) -> None:
    (found,) = problems(over_defaults(values, defaults("4.4.0")), table("4.4.0"))
    assert (found.message, found.fix) == (message, fix)
    assert found.why.startswith("Helm refuses the whole file for it.")
    assert why in found.why


def test_each_key_below_auth_is_a_mistake_of_its_own_and_none_shows_a_value() -> None:
    auth = {"type": "google", "google": {"clientId": "4711", "clientSecret": "4711"}, "admin": {"users": ["4711"]}}
    found = problems(over_defaults({"auth": auth}, defaults("4.4.0")), table("4.4.0"))
    assert [problem.where for problem in found] == [
        ("auth", "type"),
        ("auth", "google", "clientId"),
        ("auth", "google", "clientSecret"),
        ("auth", "admin", "users"),
    ]
    assert "4711" not in "".join(problem.message + problem.why + problem.fix for problem in found)


def test_a_key_newer_than_the_chart_says_when_it_came() -> None:
    (found,) = problems(over_defaults({"httpRoute": {"gateway": {}}}, defaults("3.3.8")), table("3.3.8"))
    assert found.message == "The chart knows no key httpRoute at the top level. It came with chart 4.3."


OWN: dict[str, Any] = {
    "auth": {"type": "dummy"},
    "rbac": {"enabled": False},
    "hub": {
        "networkPolicy": {"egress": []},
        "config": {"GenericOAuthenticator": {"username_key": "sub"}, "CILogonOAuthenticator": {"allowed_idps": {}}},
    },
    "httpRoute": {"gateway": {"name": "public"}},
}


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ("0.10.6", "0.11.1", ["auth.type"]),
        ("1.2.0", "2.0.0", ["rbac.enabled", "hub.networkPolicy.egress"]),
        ("2.0.0", "3.3.8", ["hub.config.GenericOAuthenticator.username_key"]),
        ("4.3.2", "4.4.0", ["hub.config.CILogonOAuthenticator.allowed_idps"]),
        ("4.4.0", "5.0.0-0.dev", ["httpRoute.gateway"]),
        ("4.4.0", "4.4.0", []),
        ("5.0.0-0.dev", "3.3.8", []),
    ],
)
def test_an_upgrade_concerns_what_moved_on_its_way(old: str, new: str, paths: list[str]) -> None:
    assert [".".join(found.path) for found in moves_between(OWN, old, new)] == paths


def test_a_pattern_names_the_class_it_met() -> None:
    (found,) = moved({"hub": {"config": {"Auth0OAuthenticator": {"username_key": "sub"}}}})
    assert found.move.to == (("hub", "config", "Auth0OAuthenticator", "username_claim"),)


@pytest.mark.parametrize(
    ("values", "old", "new", "said", "unsaid"),
    [
        ({}, "3.3.8", "4.4.0", "JupyterHub goes from 4 to 5", "folder {username}"),
        ({"singleuser": {"storage": {"type": "static"}}}, "3.3.8", "4.0.0", "folder {username}", "Kubernetes 1.32"),
        ({}, "3.3.8", "4.0.0", "KubeSpawner goes from 6 to 7", "Claims of named servers"),
        ({"hub": {"allowNamedServers": True}}, "3.3.8", "4.0.0", "Claims of named servers", "Security"),
        ({}, "4.3.2", "4.4.0", "Security", "Kubernetes 1.28"),
        ({}, "4.4.0", "5.0.0-0.dev", "Kubernetes 1.32", "Python 3.14"),
        ({"hub": {"extraConfig": {"a": ""}}}, "4.4.0", "5.0.0-0.dev", "Python 3.14", "Kubernetes 1.28"),
    ],
)
def test_an_upgrade_says_what_no_key_shows(values: dict[str, Any], old: str, new: str, said: str, unsaid: str) -> None:
    merged = over_defaults(values, defaults(old))
    text = " ".join(change.sentence for change in changes_between(merged, old, new))
    assert said in text
    assert unsaid not in text


def test_conditions_name_keys_of_the_values() -> None:
    for change in history().changes:
        path = tuple(change.condition.partition(" is ")[0].split("."))
        assert not change.condition or key_at(path, NEWEST), change.condition


def test_versions_are_in_their_order() -> None:
    versions = ["4.3.3", "0.9.1", "0.11", "4.4.0", "0.10.6", "4.3", "1.0"]
    assert sorted(versions, key=order) == ["0.9.1", "0.10.6", "0.11", "1.0", "4.3", "4.3.3", "4.4.0"]
    assert order("5.0.0-0.dev") == order("5.0")

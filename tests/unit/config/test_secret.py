"""What is taken for a secret, and what is shown of values that hold one."""

from typing import Any

import pytest

from classhub.config.document import Where
from classhub.config.reading import parse
from classhub.config.secret import hidden, holds_secret, masked, secrets, texts, without
from classhub.config.secret_names import MASK, holds_only_secrets, is_secret

SECRETS_YAML = parse(b"hub: {baseUrl: /hush, config: {X: {list: [one, two]}}}", "secrets.yaml", [])


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("client_secret", True),
        ("cookieSecret", True),
        ("apiToken", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("MYSQL_PWD", True),
        ("JUPYTERHUB_CRYPT_KEY", True),
        ("SMTP_PASS", True),
        ("pass", False),
        ("dbPass", True),
        ("GITHUB_PAT", True),
        ("credential", True),
        ("AWS_CREDENTIALS", True),
        ("GOOGLE_APPLICATION_CREDENTIALS", True),
        ("compass", False),
        ("bypass", False),
        ("path", False),
        ("pullSecrets", False),
        ("existingSecret", False),
        ("token_url", False),
        ("secretName", False),
        ("client_id", False),
    ],
)
def test_a_key_says_that_its_value_is_a_secret(name: str, secret: bool) -> None:
    assert is_secret((name,)) == secret


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "x", "user": "y"}, {"password": MASK, "user": "y"}),
        ({"password": 123}, {"password": MASK}),
        ({"password": None, "token": "", "secret": False}, {"password": None, "token": "", "secret": False}),
        ({"password": {"x": "y"}}, {"password": MASK}),
        ({"TOKEN": {"valueFrom": {"secretKeyRef": {"name": "a"}}}}, "the same"),
        ({"secret": {"secretName": "a", "items": []}}, "the same"),
        ([{"name": "API_TOKEN", "value": "x"}], [{"name": "API_TOKEN", "value": MASK}]),
        ([{"name": "HOME", "value": "x"}], "the same"),
        ({"api_tokens": {"x": "alice"}}, {"api_tokens": MASK}),
        ({"consumers": {"key": "x"}}, {"consumers": MASK}),
        ({"CryptKeeper": {"keys": ["x"]}}, {"CryptKeeper": {"keys": [MASK]}}),
        ({"url": "postgres://hub:p@ss@db/x"}, {"url": f"postgres://{MASK}@db/x"}),
        ({"url": "https://user:p@ss/word@db/x"}, {"url": f"https://{MASK}@db/x"}),
        ({"url": "mysql://hub:a/b:c/@d@db/x?ssl=1"}, {"url": f"mysql://{MASK}@db/x?ssl=1"}),
        ({"url": "mysql://hub:4711/b@db/x"}, {"url": f"mysql://{MASK}@db/x"}),
        ({"url": "mysql://alice@college.edu:/b@db/x"}, {"url": f"mysql://{MASK}@db/x"}),
        (
            {"url": "clone https://u:a/b@git/x, then https://v:c@d@git/y"},
            {"url": f"clone https://{MASK}@git/x, then https://{MASK}@git/y"},
        ),
        ({"url": "http://hub:8081/user/alice@college.edu"}, "the same"),
        ({"url": "https://ghp_x@git.example/x"}, {"url": f"https://{MASK}@git.example/x"}),
        ({"url": "ssh://git@git.example/x"}, "the same"),
        ({"a": 'c.X.client_secret = "x"\nc.X.y = "z"'}, {"a": f'c.X.client_secret = "{MASK}"\nc.X.y = "z"'}),
        ({"hub": "cookieSecret:x"}, {"hub": f"cookieSecret:{MASK}"}),
    ],
)
def test_what_is_shown(value: Any, shown: Any) -> None:
    assert masked(value, ()) == (value if shown == "the same" else shown)


@pytest.mark.parametrize(
    ("where", "value", "held"),
    [
        (("hub", "db", "url"), "postgres://hub:hunter2@db/x", True),
        (("hub", "db"), {"url": "postgres://hub:hunter2@db/x"}, True),
        (("hub", "db", "url"), "sqlite:///x", False),
        (("hub", "extraEnv", "SMTP_PASS"), "x", True),
        (("hub", "extraEnv"), {"SMTP_PASS": "x"}, True),
        (("hub", "extraConfig", "a"), 'c.X.client_secret = "x"', True),
        (("hub", "extraFiles", "a"), {"mountPath": "/a", "data": {"x": 1}}, False),
        (("singleuser", "image", "name"), "gcr.io/college-cs/hub", False),
    ],
)
def test_a_value_that_would_be_masked_is_held_for_a_secret(where: Where, value: Any, held: bool) -> None:
    assert holds_secret(where, value) == held


def test_all_that_stands_in_a_file_of_secrets_is_hidden() -> None:
    assert SECRETS_YAML is not None
    values = {"hub": {"baseUrl": "/hush", "config": {"X": {"list": ["one", "two"], "z": 1}}}}
    shown = {"hub": {"baseUrl": MASK, "config": {"X": {"list": [MASK, MASK], "z": 1}}}}
    assert masked(values, (), hidden([SECRETS_YAML])) == shown


@pytest.mark.parametrize("kind", ["data", "stringData", "binaryData"])
def test_what_files_hold_is_hidden(kind: str) -> None:
    file = {"a": {"mountPath": "/a", kind: {"x": 1}}}
    shown = {"a": {"mountPath": "/a", kind: MASK}}
    assert masked({"hub": {"extraFiles": file}}, (), hidden([])) == {"hub": {"extraFiles": shown}}


@pytest.mark.parametrize(
    ("file", "apart"),
    [("config/secrets.yaml", True), ("prod.secret.yaml", True), ("secrets/config.yaml", False), ("config.yaml", False)],
)
def test_a_file_of_secrets_is_known_by_its_name(file: str, apart: bool) -> None:
    assert holds_only_secrets(file) == apart


def test_places_of_secrets() -> None:
    values = {
        "hub": {
            "config": {"LTI11Authenticator": {"consumers": {"a": "b"}}, "CryptKeeper": {"keys": ["a", "b"]}},
            "extraEnv": [{"name": "MY_TOKEN", "value": "x"}],
            "services": {"a": {"apiToken": "", "tokens": 4096}},
        }
    }
    found: list[Where] = [
        ("hub", "config", "LTI11Authenticator", "consumers"),
        ("hub", "config", "CryptKeeper", "keys"),
        ("hub", "extraEnv", 0, "value"),
    ]
    assert list(secrets(values)) == found


def test_a_secret_is_found_where_no_key_tells_of_it() -> None:
    values = {"hub": {"cookieSecret": "s3cret-long", "db": {"url": "mysql://hub:pa55/wo@rd@db"}, "password": "ab"}}
    found = frozenset(texts(values, hidden([])))
    assert found == {"s3cret-long", "pa55/wo@rd", "ab"}
    told = {"x": ["Bearer s3cret-long", "abc", "ab", 1], "pa55/wo@rd": True}
    assert without(told, found) == {"x": [f"Bearer {MASK}", "abc", MASK, 1], MASK: True}


def test_settings_in_a_file_are_no_secrets_to_look_for() -> None:
    data = {"enabled": "jupyter", "api_key": "s3cret-long"}
    values = {"hub": {"extraFiles": {"a": {"data": data, "stringData": "whole text"}}}}
    assert set(texts(values, hidden([]))) == {"s3cret-long", "whole text"}

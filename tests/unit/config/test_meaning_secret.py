"""Secrets belong in secrets.yaml, out of git, and cannot be guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classhub.config.load import load, look
from classhub.config.meaning.secret import problems
from unit.config.meanings import said

HEX = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4


def weak(values: Any) -> Any:
    return problems(values, {}, {}, None)


@pytest.mark.parametrize(
    ("kept", "where"),
    [
        ({"hub": {"config": {"GoogleOAuthenticator": {"client_secret": "x"}}}}, "GoogleOAuthenticator.client_secret"),
        ({"hub": {"services": {"grader": {"apiToken": HEX}}}}, "hub.services.grader.apiToken"),
        ({"hub": {"db": {"password": "x"}}}, "hub.db.password"),
        ({"hub": {"extraEnv": {"GITHUB_CLIENT_SECRET": "x"}}}, "hub.extraEnv.GITHUB_CLIENT_SECRET"),
        ({"singleuser": {"extraEnv": {"API_KEY": "x"}}}, "singleuser.extraEnv.API_KEY"),
        ({"hub": {"config": {"CryptKeeper": {"keys": [HEX]}}}}, "hub.config.CryptKeeper.keys"),
    ],
)
def test_a_secret_in_config_yaml_is_told(kept: dict[str, Any], where: str) -> None:
    (problem,) = [one for one in problems({}, {"config.yaml": kept}, {}, None) if one.code == "CH1701"]
    assert problem.severity == "warning"
    assert where in problem.message
    assert [one.severity for one in problems({}, {"config.yaml": kept}, {}, lambda file: True)] == ["error"]
    assert list(problems({}, {"config.yaml": kept}, {}, lambda file: False)) == []


@pytest.mark.parametrize(
    "kept",
    [
        {"hub": {"extraEnv": {"TOKEN": {"valueFrom": {"secretKeyRef": {}}}, "TOKEN_URL": "https://x"}}},
        {"hub": {"config": {"GoogleOAuthenticator": {"client_secret": "<client secret>"}}}},
        {"hub": {"config": {"GoogleOAuthenticator": {"client_id": "x"}}}},
    ],
)
def test_what_is_no_secret_may_stand_there(kept: dict[str, Any]) -> None:
    assert list(problems({}, {"config.yaml": kept}, {}, None)) == []


def test_secrets_that_git_keeps_are_refused_where_they_stand(folder_with: Callable[..., Path]) -> None:
    folder = folder_with({"config.yaml": "cull: {enabled: true}\n", "secrets.yaml": f"hub:\n  cookieSecret: {HEX}\n"})
    assert load(folder, {})
    for kept in ("config.yaml", "secrets.yaml"):
        _, found = look(folder, {}, tracked=lambda file, kept=kept: file == kept)
        errors = [finding for finding in found if finding.severity == "error"]
        assert len(errors) == (kept == "secrets.yaml")
    (finding,) = errors
    assert (finding.file, finding.line, finding.code) == ("config/secrets.yaml", 1, "CH1702")


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"proxy": {"secretToken": HEX}, "hub": {"cookieSecret": OTHER}}, {}),
        ({"proxy": {"secretToken": "x"}}, {"CH1703 proxy.secretToken": "warning"}),
        ({"proxy": {"secretToken": f"<{HEX}>"}}, {"CH1703 proxy.secretToken": "warning"}),
        ({"proxy": {"secretToken": HEX}, "hub": {"cookieSecret": HEX}}, {"CH1704 hub.cookieSecret": "warning"}),
        (
            {"hub": {"services": {"a": {"apiToken": HEX}, "b": {"apiToken": HEX}}}},
            {"CH1704 hub.services.b.apiToken": "warning"},
        ),
        ({"hub": {"config": {"CryptKeeper": {"keys": [HEX, "x" * 32, "A" * 43 + "="]}}}}, {}),
        ({"hub": {"config": {"CryptKeeper": {"keys": f"{HEX};{OTHER}"}}}}, {}),
        (
            {"hub": {"config": {"CryptKeeper": {"keys": [HEX, "g" * 64]}}}},
            {"CH1705 hub.config.CryptKeeper.keys[1]": "warning"},
        ),
        (
            {"hub": {"config": {"CryptKeeper": {"keys": ["x"]}, "Authenticator": {"enable_auth_state": True}}}},
            {"CH1705 hub.config.CryptKeeper.keys[0]": "error"},
        ),
        (
            {
                "hub": {
                    "config": {
                        "JupyterHub": {"authenticator_class": "shared-password"},
                        "SharedPasswordAuthenticator": {"user_password": "seven..", "admin_password": "x" * 32},
                    }
                }
            },
            {"CH1706 hub.config.SharedPasswordAuthenticator.user_password": "error"},
        ),
        (
            {
                "hub": {
                    "config": {
                        "JupyterHub": {"authenticator_class": "shared-password"},
                        "SharedPasswordAuthenticator": {"user_password": "x" * 32, "admin_password": "x" * 32},
                    }
                }
            },
            {"CH1704 hub.config.SharedPasswordAuthenticator.admin_password": "error"},
        ),
    ],
)
def test_secrets_that_are_none(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(weak, own) == expected


def test_no_secret_is_ever_shown() -> None:
    own = {"proxy": {"secretToken": "tell-nobody"}, "hub": {"cookieSecret": "tell-nobody"}}
    assert "tell-nobody" not in repr(list(problems(own, {"config.yaml": own}, {}, None)))

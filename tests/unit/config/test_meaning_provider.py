"""Whatever the provider must know and say is there, and leads back to this hub."""

from typing import Any

import pytest

from classhub.config.meaning.provider import problems
from unit.config.meanings import merged, said

BACK = "hub.config.GoogleOAuthenticator.oauth_callback_url"


def google(proxy: dict[str, Any] | None = None, **traits: Any) -> dict[str, Any]:
    config = {"JupyterHub": {"authenticator_class": "google"}, "GoogleOAuthenticator": traits}
    return {"hub": {"config": config}, "proxy": proxy or {}}


def hosted(*hosts: str) -> dict[str, Any]:
    return {"https": {"enabled": True, "hosts": list(hosts)}}


IDS = {"client_id": "a", "client_secret": "b"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (google(**IDS), {}),
        ({}, {}),
        (google(client_id="a"), {"CH1410 hub.config.GoogleOAuthenticator.client_secret": "warning"}),
        (
            google(client_id="<client id>", client_secret="b"),
            {"CH1411 hub.config.GoogleOAuthenticator.client_id": "warning"},
        ),
        ({"hub": {**google()["hub"], "existingSecret": "ours"}}, {}),
        ({"hub": {**google()["hub"], "extraEnv": {"OAUTH_CLIENT_ID": "a", "OAUTH_CLIENT_SECRET": "b"}}}, {}),
        (
            {"hub": {**google()["hub"], "extraEnv": [{"name": "OAUTH_CLIENT_ID"}, {"name": "OAUTH_CLIENT_SECRET"}]}},
            {},
        ),
        ({"hub": {**google()["hub"], "extraConfig": {"x": "c.GoogleOAuthenticator.client_id = '1'"}}}, {}),
        (google(**IDS, oauth_callback_url="https://hub.college.edu/hub/oauth_callback"), {}),
        (google(**IDS, oauth_callback_url="https://hub.college.edu/base/hub/oauth_callback"), {}),
        (google(**IDS, oauth_callback_url="https://hub.college.edu/oauth_callback"), {f"CH1409 {BACK}": "error"}),
        (google(**IDS, oauth_callback_url="hub.college.edu/hub/oauth_callback"), {f"CH1409 {BACK}": "warning"}),
        (google(**IDS, oauth_callback_url="https:///hub/oauth_callback"), {f"CH1409 {BACK}": "warning"}),
        (google(hosted("a.edu"), **IDS, oauth_callback_url="https://A.edu/hub/oauth_callback"), {}),
        (
            google(hosted("a.edu"), **IDS, oauth_callback_url="http://a.edu/hub/oauth_callback"),
            {f"CH1409 {BACK}": "warning"},
        ),
        (
            google(hosted("a.edu"), **IDS, oauth_callback_url="https://b.edu/hub/oauth_callback"),
            {f"CH1409 {BACK}": "warning"},
        ),
        (
            {
                **google(**IDS, oauth_callback_url="https://b.edu/hub/oauth_callback"),
                "ingress": {"enabled": True, "hosts": ["a.edu"], "tls": [{"hosts": ["a.edu"]}]},
            },
            {f"CH1409 {BACK}": "warning"},
        ),
        (
            {
                **google(**IDS, oauth_callback_url="https://b.edu/hub/oauth_callback"),
                "ingress": {"enabled": True, "hosts": ["*.edu"], "tls": [{}]},
            },
            {},
        ),
    ],
)
def test_what_the_provider_needs(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(problems, own) == expected


def test_no_address_is_made_of_a_host_that_is_none() -> None:
    own = google(hosted("https://a.edu/"), **IDS, oauth_callback_url="https://a.edu/hub/oauth_callback")
    assert said(problems, own) == {}


def test_all_that_is_missing_is_said_at_once() -> None:
    (problem,) = problems(merged(google()))
    assert problem.message == "Google login needs client_id and client_secret, which are not set."


def test_the_right_address_to_come_back_to_is_known_where_the_host_is() -> None:
    own = google(hosted("a.edu"), **IDS, oauth_callback_url="https://b.edu/callback")
    (problem,) = problems(merged({**own, "hub": {**own["hub"], "baseUrl": "/cs/"}}))
    assert problem.edit and problem.edit.new == "https://a.edu/cs/hub/oauth_callback"
    assert problem.fix == "oauth_callback_url: https://a.edu/cs/hub/oauth_callback"

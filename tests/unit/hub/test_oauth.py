"""The class that explains itself keeps its name and its settings; failures become words."""

import pytest
from nativeauthenticator import NativeAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.google import GoogleOAuthenticator
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError
from traitlets.config import Config

from classhub.hub import oauth_words
from classhub.hub.oauth import in_words


@pytest.mark.parametrize(
    "which", ["google", "Google", "oauthenticator.google.GoogleOAuthenticator", GoogleOAuthenticator]
)
def test_settings_hold_under_the_old_name(which):
    known = in_words(which)
    assert known.__name__ == "GoogleOAuthenticator"
    assert issubclass(known, GoogleOAuthenticator)
    config = Config()
    config.GoogleOAuthenticator.hosted_domain = ["college.edu"]
    config.OAuthenticator.client_id = "me"
    config.Authenticator.admin_users = {"alice"}
    made = known(config=config)
    assert (made.hosted_domain, made.client_id, made.admin_users) == (["college.edu"], "me", {"alice"})


def test_the_account_of_a_provider_that_is_called_like_a_part_is_nobodys():
    made = in_words(GitHubOAuthenticator)(config=Config())
    assert not made.validate_username("hub") and made.validate_username("hubert")


def test_twice_is_once_and_others_stay_as_they_are():
    once = in_words(GitHubOAuthenticator)
    assert in_words(once) is once
    assert in_words("dummy").__name__ == "DummyAuthenticator"
    assert in_words(NativeAuthenticator) is NativeAuthenticator


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConnectionRefusedError(), 503, "does not answer"),
        (HTTPClientError(599, "Timeout"), 503, "does not answer"),
        (HTTPClientError(502), 503, "does not answer"),
        (HTTPClientError(401), 400, "start again"),
        (HTTPError(403, "Not on the list"), 403, "Not on the list"),
        (HTTPError(500, "Bad response: {'id_token': 'x'}"), 502, "makes no sense"),
        (KeyError("email"), 502, "makes no sense"),
        (ValueError("secret detail"), 502, "makes no sense"),
    ],
)
def test_failures_in_words(error, status, said):
    told = oauth_words.explain(error, "Google", "/hub/oauth_login")
    assert told.status_code == status
    assert said in told.jupyterhub_message
    assert "secret detail" not in told.jupyterhub_message
    assert told.url.startswith("/hub/oauth_login")


def test_a_refusal_is_read_in_bounds():
    class Answer:
        body = b'{"error": "invalid_client", "error_description": "' + b"x" * 10_000 + b'"}'

    kind, description = oauth_words.refusal(HTTPClientError(401, response=Answer()))
    assert (kind, len(description)) == ("invalid_client", 200)
    assert oauth_words.refusal(HTTPClientError(400)) == ("400", "")

"""Signing in with Google (or another OAuth provider), told in words when it fails.

OAuthenticator answers 500 when the provider is down, refuses the code or leaves something out, and "403 : Forbidden"
for a wrong account (read in oauthenticator 17.4). in_words() makes a subclass of the configured class, with the same
name, so that `hub.config.GoogleOAuthenticator` and its rules hold unchanged.
"""

from importlib.metadata import entry_points
from typing import Any

from oauthenticator.oauth2 import OAuthenticator
from tornado.httpclient import HTTPClientError
from traitlets import import_item

from classhub.hub import oauth_words
from classhub.hub.login import is_unusable_part
from classhub.hub.oauth_pages import CallbackInWords, LoginInWords
from classhub.hub.pages import Told


def in_words(which: str | type) -> Any:
    """The authenticator class to configure: for an OAuthenticator one that explains itself, else the class as it is.

    which: a class, a name that JupyterHub knows ("google"), or a dotted path.
    """
    known = load(which)
    if not issubclass(known, OAuthenticator) or issubclass(known, SignInInWords):
        return known
    own = {
        "__module__": known.__module__,
        "__doc__": known.__doc__,
        "login_handler": type("LoginHandler", (LoginInWords, known.login_handler), {}),
        "callback_handler": type("CallbackHandler", (CallbackInWords, known.callback_handler), {}),
    }
    return type(known)(known.__name__, (SignInInWords, known), own)


def load(which: str | type) -> Any:
    """As JupyterHub finds an authenticator: by the name of an entry point, or by its dotted path."""
    if isinstance(which, type):
        return which
    for known in entry_points(group="jupyterhub.authenticators", name=which.lower()):
        return known.load()
    return import_item(which)


class SignInInWords:
    """Mixed into an OAuthenticator: refuses with Told where that would log and shrug."""

    async def get_token_info(self: Any, handler: Any, params: Any) -> Any:
        """Say to the admin's log what the provider refuses; the person only hears what helps a person."""
        try:
            return await super().get_token_info(handler, params)  # type: ignore[misc]
        except HTTPClientError as error:
            if error.code not in (400, 401, 403):
                raise
            raise self.refused(*oauth_words.refusal(error)) from error

    def refused(self: Any, error: str, description: str) -> Told:
        """invalid_grant is the person's code (expired, or used already); anything else is this hub's own settings."""
        if error == "invalid_grant":
            return oauth_words.too_late(self.login_service, self.start_url())
        cause = oauth_words.REFUSALS.get(error, "the client id or the client secret in secrets.yaml is refused")
        self.log.error("Nobody can sign in with %s: %s: %s %s", self.login_service, cause, error, description)
        return oauth_words.misconfigured(self.login_service)

    def check_blocked_users(self: Any, username: str, auth_model: Any) -> bool:
        """Google's rules, told apart: an address that nobody proved to own, and the wrong domain.

        GoogleOAuthenticator looks at verified_email in check_allowed only, which allow_all skips; this is always asked.
        """
        account = auth_model["auth_state"][self.user_auth_state_key]
        domains = getattr(self, "hosted_domain", None)
        if domains is not None and not account.get("verified_email"):
            raise oauth_words.unverified(self.login_service, account, self.start_url())
        if super().check_blocked_users(username, auth_model):  # type: ignore[misc]
            return True
        if domains and account.get("hd", "") not in domains:
            raise oauth_words.wrong_domain(account, list(domains), self.start_url())
        return False

    def validate_username(self: Any, username: str) -> bool:
        """As the configured class; a part's name is nobody's (GitHub's accounts have such)."""
        return bool(super().validate_username(username)) and not is_unusable_part(self, username)  # type: ignore[misc]

    def start_url(self: Any) -> str:
        """Where signing in starts."""
        return str(self.login_url(self.parent.hub.base_url))

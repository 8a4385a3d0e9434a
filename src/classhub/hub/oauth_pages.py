"""The two pages of an OAuth sign-in on our hub: leaving for the provider, and coming back."""

from typing import Any

from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from classhub.hub import oauth_words
from classhub.hub.pages import Page


class LoginInWords:
    """Mixed into OAuthLoginHandler."""

    def authorize_redirect(self: Any, *args: Any, extra_params: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """?account=other: the provider must offer its accounts, or it takes the wrong one again without asking."""
        extra = dict(extra_params or {})
        if self.get_argument("account", "") == "other":
            extra["prompt"] = "select_account"
        super().authorize_redirect(*args, extra_params=extra, **kwargs)  # type: ignore[misc]


class CallbackInWords(Page):
    """Mixed into OAuthCallbackHandler: every failure is a page."""

    async def get(self) -> None:
        service, url = self.authenticator.login_service, self.authenticator.login_url(self.hub.base_url)
        said = self.get_argument("error", "")
        if said == "access_denied":
            raise oauth_words.cancelled(service, url)
        if said:
            self.log.error("%s refuses to sign anybody in: %r", service, said[:80])
            raise oauth_words.misconfigured(service)
        try:
            await super().get()
        # What oauthenticator 17.4 lets through: the provider's answer is missing, late, no JSON, or lacks a key.
        except (HTTPError, HTTPClientError, OSError, ValueError, LookupError, TypeError) as error:
            told = oauth_words.explain(error, service, url)
            if told is not error:
                self.log.warning("Signing in with %s failed: %s: %s", service, type(error).__name__, str(error)[:300])
            raise told from error

    def check_state(self: Any) -> None:
        """No cookie, or another one: a page of the browser's history, or a sign-in begun elsewhere."""
        self._check_or_say_late(super().check_state)

    def check_code(self: Any) -> None:
        self._check_or_say_late(super().check_code)

    def _check_or_say_late(self, check: Any) -> None:
        try:
            check()
        except HTTPError as error:
            url = self.authenticator.login_url(self.hub.base_url)
            raise oauth_words.too_late(self.authenticator.login_service, url) from error

    def get_next_url(self, user: Any = None) -> str:
        """A line break in next= would be a 500 (see Page.way_on)."""
        url = str(super().get_next_url(user))
        return url if url.isprintable() else self.hub_url("home")

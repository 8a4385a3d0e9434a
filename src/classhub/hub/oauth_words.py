"""What a person reads when signing in with the provider does not work: pure functions from a failure to a Told."""

import json
from typing import Any

from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from classhub.hub.pages import Told

REFUSALS = {
    "invalid_client": "the client secret in secrets.yaml is refused",
    "unauthorized_client": "the client id in config.yaml is refused",
    "redirect_uri_mismatch": "the callback address is not registered there",
}
"""For the admin's log, by the `error` of RFC 6749, section 5.2 (redirect_uri_mismatch is Google's)."""

CLOSED = "Signing in does not work just now"


def refusal(error: HTTPClientError) -> tuple[str, str]:
    """(error, error_description) as the token endpoint gave them, short enough for a log line."""
    try:
        said = json.loads(error.response.body)
        return str(said.get("error", error.code))[:80], str(said.get("error_description", ""))[:200]
    except (AttributeError, ValueError):
        return str(error.code), ""


def misconfigured(service: str) -> Told:
    """Neutral: the reason is in the admin's log."""
    return Told(503, CLOSED, f"The sign-in with {service} has to be put right first. Please tell your instructor.")


def cancelled(service: str, url: str) -> Told:
    text = f"You cancelled at {service}. Nothing has changed."
    return Told(403, "You did not sign in", text, f"Sign in with {service}", url)


def too_late(service: str, url: str) -> Told:
    """The code or the state was used, or is too old."""
    text = "It took too long, or this page was opened a second time. Please start again."
    return Told(400, "This sign-in is over", text, f"Sign in with {service}", url)


def other_account(text: str, url: str) -> Told:
    """The right provider, the wrong account: offer its list of accounts."""
    return Told(403, "This account cannot sign in here", text, "Choose another account", f"{url}?account=other")


def explain(error: Exception, service: str, url: str) -> Told:
    """Any failure of the callback. url: where signing in starts again."""
    if isinstance(error, Told):
        return error
    if isinstance(error, HTTPError) and error.status_code == 403:
        return other_account(error.get_message(), url)
    again = (f"Sign in with {service}", url)
    if isinstance(error, OSError) or (isinstance(error, HTTPClientError) and error.code >= 500):
        return Told(503, CLOSED, f"{service} does not answer just now. Please try again in a minute.", *again)
    if isinstance(error, HTTPClientError):
        return too_late(service, url)
    return Told(502, CLOSED, f"{service} gave an answer that makes no sense here. Please tell your instructor.", *again)


def unverified(service: str, account: dict[str, Any], url: str) -> Told:
    address = account.get("email")
    return other_account(f"{service} has not verified that {address} is your address. Please do so there first.", url)


def wrong_domain(account: dict[str, Any], domains: list[str], url: str) -> Told:
    wanted = " or ".join(domains)
    return other_account(f"You chose {account.get('email')}. Please sign in with your {wanted} account.", url)

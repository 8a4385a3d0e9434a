"""Do people who sign in elsewhere, with Google say, come back to this hub? Pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from classhub.config.meaning.found import trait
from classhub.config.secret_names import is_placeholder
from classhub.config.spelling import dotted
from classhub.plan.checks import Check

PORTS = {"http": 80, "https": 443}


def leads_here(values: Mapping[str, Any], sections: Sequence[str], here: str) -> Check | None:
    """None where no callback is set: the hub then takes the address that people came by. here: this hub's address."""
    where, written = trait(values, sections, "oauth_callback_url")
    if not isinstance(written, str) or not written or is_placeholder(written):
        return None
    if _origin(written) == _origin(here):
        return Check("callback", seen=f"people who sign in come back to {written}")
    return Check(
        "callback",
        f"nobody can sign in: people who sign in come back to {written} ({dotted(where)}), and this hub is at {here}",
        "give this hub that address (local.host, local.port, local.https in config/classhub.yaml), "
        f"or write oauth_callback_url: {here}hub/oauth_callback and register that with the provider; "
        "for a trial move config/secrets.yaml away, then people enter by invitation",
    )


def note(applied: Mapping[str, Any]) -> str:
    """The same for `up` and `status`, as one line; empty when all is well. applied: the settings that run."""
    login = applied["login"]
    check = None if login["stand_in"] else leads_here(_values(applied), login["sections"], applied["proxy"]["url"])
    return f"{check.problem[0].upper()}{check.problem[1:]}. Next: {check.fix}." if check and check.problem else ""


def _values(applied: Mapping[str, Any]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = applied["hub"]["values"]
    return values


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address.strip())
    return parts.scheme, parts.hostname or "", _port(parts)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None

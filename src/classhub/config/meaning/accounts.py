"""Whom a login lets through before any list is looked at: everyone on earth, or the accounts of one institution."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from classhub.config.authenticators import Authenticator, find
from classhub.config.meaning.found import Values, trait

_PUBLIC_PROVIDERS = {
    "http://google.com/accounts/o8/id": "everyone with a Google account",
    "http://github.com/login/oauth/authorize": "everyone with a GitHub account",
    "http://login.microsoftonline.com/common/oauth2/v2.0/authorize": "everyone with a Microsoft account",
    "http://orcid.org/oauth/authorize": "everyone with an ORCID iD",
}
"""CILogon's idps where anybody can open an account."""
_ANYONE = {
    "github": "everyone with a GitHub account",
    "bitbucket": "everyone with a Bitbucket account",
    "globus": "everyone with a Globus account",
    "mediawiki": "everyone with an account of the wiki",
    "tmp": "anyone, each time under a new name",
}
_CLOSED = {
    "auth0": "everyone with an account at Auth0's tenant",
    "generic-oauth": "everyone whom the OAuth provider lets through",
    "openshift": "everyone with an account in OpenShift",
    "lti11": "everyone whom the LMS sends",
    "lti13": "everyone whom the LMS sends",
    "ldap": "everyone in the directory",
    "hmac": "everyone whom the signing site sends",
    "pam": "everyone with an account in the hub's system",
    "shared-password": "whoever knows the password",
}


class Accounts(NamedTuple):
    who: str
    anyone: bool
    """True if a stranger can be among them."""
    domains: tuple[str, ...] = ()


def accounts(values: Values, known: Authenticator, sections: tuple[str, ...]) -> Accounts:
    """Of a known authenticator; whether its lists are asked is for access.py."""
    name = plain_name(known)
    if name in _ANYONE:
        return Accounts(_ANYONE[name], True)
    if name in _BY_SETTING:
        return _BY_SETTING[name](values, sections)
    return Accounts(_CLOSED.get(name, "everyone whom the login lets through"), False)


def plain_name(known: Authenticator) -> str:
    """The short name, the same for a provider's local variant."""
    plain = find(known.path.rpartition(".")[2].removeprefix("Local"))
    return plain.name if plain else known.name


def at_domains(domains: Iterable[str]) -> str:
    return f"everyone with an account at {' or '.join(domains)}"


def hosted_domains(values: Values, sections: tuple[str, ...]) -> tuple[str, ...]:
    """Outside of which Google's login turns everybody away; in small letters, as it reads them."""
    limit = trait(values, sections, "hosted_domain")[1]
    listed = [limit] if isinstance(limit, str) and limit else limit if isinstance(limit, list) else ()
    return tuple(dict.fromkeys(str(domain).lower() for domain in listed))


def _google(values: Values, sections: tuple[str, ...]) -> Accounts:
    domains = hosted_domains(values, sections)
    return Accounts(at_domains(domains) if domains else "everyone with a Google account", not domains, domains)


def _gitlab(values: Values, sections: tuple[str, ...]) -> Accounts:
    url = trait(values, sections, "gitlab_url")[1] or trait(values, sections, "gitlab_host")[1] or "gitlab.com"
    host = str(url).rstrip("/").rpartition("/")[2]
    return Accounts(f"everyone with an account at {host}", host == "gitlab.com")


def _microsoft(values: Values, sections: tuple[str, ...]) -> Accounts:
    tenant = trait(values, sections, "tenant_id")[1]
    if tenant and tenant not in ("common", "organizations", "consumers"):
        return Accounts("everyone of the Microsoft tenant", False)
    return Accounts("everyone with a Microsoft account", True)


def _dummy(values: Values, sections: tuple[str, ...]) -> Accounts:
    if trait(values, sections, "password")[1]:
        return Accounts(_CLOSED["shared-password"], False)
    return Accounts("anyone, under any name and without a password", True)


def _first_use(values: Values, sections: tuple[str, ...]) -> Accounts:
    if trait(values, sections, "create_users")[1] is False:
        return Accounts("those whom an admin has added", False)
    return Accounts("anyone, under any free name", True)


def _native(values: Values, sections: tuple[str, ...]) -> Accounts:
    if trait(values, sections, "open_signup")[1]:
        return Accounts("anyone who signs up", True)
    return Accounts("those who sign up and whom an admin approves", False)


def identity_providers(values: Values, sections: tuple[str, ...]) -> list[tuple[str, Mapping[str, Any]]]:
    """CILogon's idps; allowed_idps is their old name, once a list."""
    found = trait(values, sections, "idps")[1] or trait(values, sections, "allowed_idps")[1]
    if isinstance(found, list):
        return [(str(url), {}) for url in found]
    items = found.items() if isinstance(found, Mapping) else ()
    return [(str(url), idp if isinstance(idp, Mapping) else {}) for url, idp in items]


def whole_provider(idp: Mapping[str, Any]) -> bool:
    """True if everyone of this idp gets in: allow_all, or a domain that any name fits."""
    domains = idp.get("allowed_domains")
    return idp.get("allow_all") is True or domains == "*" or (isinstance(domains, list) and "*" in domains)


def public_provider(url: str) -> str:
    """ "everyone with a Google account"; "" for an institution's own."""
    return _PUBLIC_PROVIDERS.get(url, "")


def _cilogon(values: Values, sections: tuple[str, ...]) -> Accounts:
    urls = [url for url, _ in identity_providers(values, sections)]
    public = [who for url in urls if (who := public_provider(url))]
    if public or not urls:
        return Accounts(" and ".join(public) or "everyone with an account at CILogon", True)
    return Accounts("everyone of the institutions in idps", False)


_BY_SETTING: dict[str, Callable[[Values, tuple[str, ...]], Accounts]] = {
    "google": _google,
    "gitlab": _gitlab,
    "azuread": _microsoft,
    "cilogon": _cilogon,
    "dummy": _dummy,
    "firstuse": _first_use,
    "native": _native,
}

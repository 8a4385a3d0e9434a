"""Traits of a login that need or exclude each other, or hold what the class itself refuses: the hub stops at its start.

Source: the validators and observers of jupyterhub's Authenticator and of oauthenticator 16.3 to 17.4, whose classes
tests/unit/config/test_across.py asks the same.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from classhub.config.catalogue.read import Catalogue
from classhub.config.document import Where
from classhub.config.hub_config.identity_providers import refused
from classhub.config.hub_config.selection import Around, at
from classhub.config.problem import Problem
from classhub.config.spelling import dotted

_WHY = "The hub does not start with it."
_BY_GROUPS = ("allowed_groups", "admin_groups", "auth_state_groups_key", "claim_groups_key")
SCOPES = {
    "CILogonOAuthenticator": ("openid", "email", "org.cilogon.userinfo", "profile"),
    "GlobusOAuthenticator": ("openid", "profile", "urn:globus:auth:scope:transfer.api.globus.org:all"),
    "GoogleOAuthenticator": ("openid", "email"),
    "OpenShiftOAuthenticator": ("user:info",),
}
"""What a login asks for by itself; other classes ask for nothing."""


@dataclass(frozen=True)
class Login:
    config: Mapping[str, Any]
    """hub.config."""
    lineage: tuple[str, ...]
    """The class that the hub loads, and those whose sections it reads besides."""
    traits: Mapping[str, Any]

    def find(self, name: str) -> tuple[Where, Any]:
        """Place and value, in the most specific section; the first section and None if it is not set."""
        for section in self.lineage:
            traits = self.config.get(section)
            if isinstance(traits, Mapping) and name in traits:
                return at(section, name), traits[name]
        return at(self.lineage[0], name), None

    def is_set(self, name: str) -> bool:
        return any(name in (self.config.get(section) or ()) for section in self.lineage)


def problems(config: Mapping[str, Any], class_: str, catalogue: Catalogue, around: Around) -> Iterator[Problem]:
    """class_: of the authenticator that the hub loads, one of the catalogue."""
    sections = {name: section for name, section in config.items() if isinstance(section, Mapping)}
    login = Login(sections, catalogue.lineage(class_), catalogue.traits(class_))
    for rule in RULES:
        for problem in rule(login):
            yield problem if around.is_stock else problem._replace(severity="warning")


def _groups(login: Login) -> Iterator[Problem]:
    """Since oauthenticator 17, which brought auth_state_groups_key."""
    if "auth_state_groups_key" not in login.traits or login.find("manage_groups")[1]:
        return
    needing = [where for name in _BY_GROUPS for where, value in [login.find(name)] if value and name in login.traits]
    if needing:
        names = " and ".join(str(where[-1]) for where in needing)
        message = f"{dotted(needing[0])} needs manage_groups: true" + (
            f", as {names} do." if needing[1:] else ", which is not set."
        )
        yield Problem(needing[0], message, _WHY, "manage_groups: true", "error", "CH1309")


def _scopes(login: Login) -> Iterator[Problem]:
    where, allowed = login.find("allowed_scopes")
    asked = _texts(login.find("scope")[1]) if login.is_set("scope") else _own_scopes(login)
    missing = [scope for scope in _texts(allowed) if scope not in asked]
    if "allowed_scopes" in login.traits and missing:
        message = f"{dotted(where)} lists {', '.join(missing)}, which the login does not ask for in scope."
        fix = f"scope: [{', '.join([*asked, *missing])}]"
        yield Problem(where, message, _WHY, fix, "error", "CH1309")


def _own_scopes(login: Login) -> list[str]:
    return next((list(SCOPES[name]) for name in login.lineage if name in SCOPES), [])


def _texts(value: Any) -> list[str]:
    """traitlets takes a bare text for a list of one."""
    return [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]


def _user_data(login: Login) -> Iterator[Problem]:
    where, url = login.find("userdata_url")
    if "userdata_from_id_token" in login.traits and url and login.find("userdata_from_id_token")[1] in (True, 1):
        message = f"{dotted(where)} and userdata_from_id_token: true exclude each other."
        fix = "Keep one of them: with userdata_from_id_token nobody asks that address."
        yield Problem(where, message, _WHY, fix, "error", "CH1309")


def _pattern(login: Login) -> Iterator[Problem]:
    where, pattern = login.find("username_pattern")
    if "username_pattern" not in login.traits or not isinstance(pattern, str):
        return
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        message = f"{dotted(where)} is no regular expression of Python: {error}."
        yield Problem(where, message, _WHY, r"username_pattern: '^[a-z0-9.@-]+$'", "error", "CH1310")


def _providers(login: Login) -> Iterator[Problem]:
    for name in ("idps", "allowed_idps"):
        where, idps = login.find(name)
        if name in login.traits and login.traits[name].kind != "gone" and isinstance(idps, Mapping):
            for below, message, fix in refused(idps):
                here = (*where, *below)
                yield Problem(here, f"{dotted(here)} {message}", _WHY, fix, "error", "CH1310")


RULES: tuple[Callable[[Login], Iterator[Problem]], ...] = (_groups, _scopes, _user_data, _pattern, _providers)

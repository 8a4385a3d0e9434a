"""Who can log in, as the values say it: nobody, only admins, these, or everybody.

The rules are JupyterHub 5's: whoever the provider lets through needs allow_all or a rule of their own (facts/z2jh.md, 4).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from classhub.config.authenticators import Authenticator, find
from classhub.config.catalogue.kinds import parse
from classhub.config.catalogue.read import catalogue
from classhub.config.chart.table import known as known_chart
from classhub.config.chart.upgrade import order
from classhub.config.login import names
from classhub.config.meaning.accounts import (
    Accounts,
    accounts,
    at_domains,
    identity_providers,
    plain_name,
    public_provider,
    whole_provider,
)
from classhub.config.meaning.found import Values, own_code, trait
from classhub.config.traits.lookup import get

_NO_LISTS = ("allowed_users", "allowed_scopes", "allowed_idps")
"""allowed_... that list something else than groups: names, what an account must be granted, providers."""
_SNIPPET = r"Authenticator|allow_all|allowed_users|check_allowed|admin_users"
"""What a snippet of hub.extraConfig contains when it has a say in who gets in."""


@dataclass(frozen=True)
class Access:
    kind: str
    """"nobody", "admins", "these", "everybody", or "unknown" where code of the college decides."""
    names: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    others: str = ""
    """Who else in words, as "everyone with a GitHub account"."""

    @property
    def sentence(self) -> str:
        if self.kind == "nobody":
            return "Nobody can log in."
        if self.kind == "admins":
            return (
                f"Only admins can log in ({_count(self.admins, 'name')})." if self.admins else "Only admins can log in."
            )
        if self.kind == "unknown":
            return f"Who can log in is decided by {self.others}."
        parts = [self.others] if self.others else []
        parts += [_count(self.names, "name")] if self.names else []
        parts += [at_domains(self.domains)] if self.domains and at_domains(self.domains) not in self.others else []
        parts += [_count(self.groups, "group")] if self.groups else []
        parts += [_count(self.admins, "admin")] if self.admins else []
        return f"Who can log in: {', '.join(parts)}."


def chosen(values: Values) -> tuple[Authenticator | None, tuple[str, ...], str]:
    """The authenticator if it is a known one, the sections of hub.config that it reads, and its name as written."""
    configured = str(get(values, "hub.config.JupyterHub.authenticator_class") or "dummy")
    known = find(configured)
    return known, known.sections if known else (configured.rpartition(".")[2], "Authenticator"), configured


@cache
def group_lists(class_: str, chart: str) -> tuple[str, ...]:
    """Traits of a login by which members of a group, team or project get in."""
    found = catalogue(known_chart(chart)).traits(class_)
    kinds = {name: parse(one.kind).name for name, one in found.items() if one.kind != "gone"}
    listing = ("list", "set", "dict")
    return tuple(n for n, kind in kinds.items() if n.startswith("allowed_") and n not in _NO_LISTS and kind in listing)


@cache
def admin_lists(class_: str, chart: str) -> tuple[str, ...]:
    """Traits of a login by which members of a group are admins."""
    found = catalogue(known_chart(chart)).traits(class_)
    return tuple(name for name in found if name.startswith("admin_") and name.endswith("groups"))


def admin_groups(values: Values, sections: tuple[str, ...], chart: str) -> tuple[str, ...]:
    """Groups whose members are admins, and may log in for that."""
    listed = (trait(values, sections, name)[1] for name in admin_lists(sections[0], chart))
    return tuple(dict.fromkeys(group for one in listed for group in _members_of(one)))


def has_admin_group(values: Values, sections: tuple[str, ...], chart: str) -> bool:
    return any(trait(values, sections, name)[1] for name in admin_lists(sections[0], chart))


def access(values: Values, chart: str = "4.4.0") -> Access:
    """values: merged over the defaults. Reads nothing else, so a login that only extraConfig makes is "unknown".

    chart: its version. Before 4.0 JupyterHub asked no allow_all of logins other than OAuth.
    """
    known, sections, configured = chosen(values)
    admins = names(values, sections, "admin_users") if _is_listing(trait(values, sections, "admin_users")[1]) else ()
    if code := own_code(values, _SNIPPET):
        return Access("unknown", admins=admins, others=code)
    if known is None:
        return Access("unknown", admins=admins, others=f"the class {configured}")
    if known.name == "null":
        return Access("nobody")
    allowed = (
        names(values, sections, "allowed_users") if _is_listing(trait(values, sections, "allowed_users")[1]) else ()
    )
    listed = Access("these", allowed, admins, groups=tuple(_groups(values, sections, chart)))
    old = order(chart) < (4, 0, 0) and "OAuthenticator" not in sections
    free = old or plain_name(known) in ("dummy", "firstuse")
    return _by_rules(values, known, listed, free, has_admin_group(values, sections, chart))


def _by_rules(values: Values, known: Authenticator, listed: Access, free: bool, by_group: bool) -> Access:
    """free: whoever passes the login may enter as long as there are no lists. by_group: some are admins by a group."""
    sections, admins = known.sections, listed.admins
    allow_all = trait(values, sections, "allow_all")[1]
    if allow_all or (allow_all is None and free and not listed.names and not listed.groups):
        return _open(listed, accounts(values, known, sections), trait(values, sections, "username_pattern")[1])
    if public := _public(values, known):
        return replace(listed, kind="everybody", others=public)
    domains, others = _through(values, known, sections)
    if trait(values, sections, "allow_existing_users")[1] and not listed.names:
        others = (*others, "those whom an admin has added in the hub")
    if scopes := _listing(trait(values, sections, "allowed_scopes")[1]):
        others = (*others, f"whoever is granted {' and '.join(map(str, scopes))}")
    if listed.names or listed.groups or domains or others:
        return replace(listed, domains=domains, others=", ".join(others))
    if trait(values, sections, "any_allow_config")[1]:
        return Access("unknown", admins=admins, others="a rule that any_allow_config speaks of")
    return Access("admins" if admins or by_group else "nobody", admins=admins)


def _open(listed: Access, found: Accounts, pattern: Any) -> Access:
    """With allow_all."""
    who = f"{found.who} whose name fits {pattern}" if pattern else found.who
    kind = "everybody" if found.anyone and not pattern else "these"
    return replace(listed, kind=kind, domains=found.domains, others=who)


def _through(
    values: Values, known: Authenticator, sections: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Domains, and everyone of whole institutions, that CILogon's idps let in one by one."""
    if plain_name(known) != "cilogon":
        return (), ()
    entries = identity_providers(values, sections)
    domains = [str(domain) for _, idp in entries for domain in _listing(idp.get("allowed_domains"))]
    whole = [f"everyone of {_host(url)}" for url, idp in entries if whole_provider(idp)]
    return tuple(dict.fromkeys(domains)), tuple(dict.fromkeys(whole))


def _public(values: Values, known: Authenticator) -> str:
    """Strangers whom one of CILogon's idps lets in; "" if none does."""
    entries = identity_providers(values, known.sections) if plain_name(known) == "cilogon" else []
    return " and ".join(who for url, idp in entries if whole_provider(idp) and (who := public_provider(url)))


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0] or url.rpartition(":")[2]


def _groups(values: Values, sections: tuple[str, ...], chart: str) -> Iterator[str]:
    for name in group_lists(sections[0], chart):
        yield from _members_of(trait(values, sections, name)[1])


def _members_of(listed: Any) -> Iterator[str]:
    """Groups by name; Google's, which stand by their domain, by their address: staff@college.edu."""
    if not isinstance(listed, Mapping):
        yield from map(str, _listing(listed))
        return
    for domain, groups in listed.items():
        yield from (f"{group}@{domain}" for group in _listing(groups))


def _listing(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value] if value else []
    return list(value) if isinstance(value, list | Mapping) else []


def _is_listing(value: Any) -> bool:
    return isinstance(value, str | list | Mapping)


def _plural(items: tuple[str, ...], word: str) -> str:
    return word if len(items) == 1 else f"{word}s"


def _count(items: tuple[str, ...], word: str) -> str:
    return f"{len(items)} {_plural(items, word)}"

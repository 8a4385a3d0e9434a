"""Who gets in, said in words: nobody and everybody are warned of, and lists that do not say what they seem to."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.meaning.access import Access, access, chosen, group_lists, has_admin_group
from classhub.config.meaning.accounts import identity_providers, public_provider, whole_provider
from classhub.config.meaning.domains import are_domains
from classhub.config.meaning.found import Values, is_stock, trait
from classhub.config.meaning.several import LISTS
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip
from classhub.config.traits.lookup import at, mapping
from classhub.errors import Edit

_LOGIN: Where = ("hub", "config", "JupyterHub", "authenticator_class")
_LIMITS = {f"{a}{b}" for a in ("allowed_", "hosted_", "allowed_hosted_") for b in ("domain", "domains")}
_STRANGERS = "Strangers use your machines, and your address for whatever they do."


def problems(values: Values, chart: str = "4.4.0") -> Iterator[Problem]:
    known, sections, _ = chosen(values)
    who = access(values, chart)
    told = [*_limits(values, sections), *_open_providers(values, sections)]
    yield from told
    yield from _kind(values, who, sections, chart, told=bool(told))
    for name in LISTS:
        yield from _twice(values, sections, name)
    yield from _blocked(values, sections)
    if known and who.names and trait(values, sections, "allow_existing_users")[1] is None:
        yield _kept(values, sections)


def _kind(values: Values, who: Access, sections: tuple[str, ...], chart: str, told: bool) -> Iterator[Problem]:
    """told: whether it was said already, at a better place, that strangers get in."""
    allow, allowed = trait(values, sections, "allow_all")
    if who.kind == "nobody" and chosen(values)[2] == "null":
        yield Problem(_LOGIN, who.sentence, "The null authenticator is for hubs without a login.", "", "note", "CH1401")
    elif who.kind in ("nobody", "admins"):
        yield Problem(_LOGIN, who.sentence, _no_rule(values, sections), _allow(sections), "warning", "CH1401")
    elif who.kind == "everybody" and not told:
        where = allow if allowed else _LOGIN
        lists = " and ".join(
            name
            for name in ("allowed_users", *group_lists(sections[0], chart))
            if allowed and trait(values, sections, name)[1]
        )
        whatever = f", whatever {lists} says" if lists else ""
        on, why = _where_open(values)
        message = f"Everybody can log in{on}: {who.others}{whatever}."
        yield Problem(where, message, why, _narrow(sections), "warning", "CH1402")
    elif who.kind == "these" and are_domains(values):
        yield Problem(_LOGIN, who.sentence, "", "", "note", "CH1403")
    if who.kind in ("these", "everybody") and not who.admins and not has_admin_group(values, sections, chart):
        fix = "hub: {config: {Authenticator: {admin_users: [alice@college.edu]}}}"
        why = "Nobody can see others' servers, stop one, or add a user in the hub's own pages."
        yield Problem(
            ("hub", "config", "Authenticator", "admin_users"), "No admin is named.", why, fix, "note", "CH1405"
        )


def _where_open(values: Values) -> tuple[str, str]:
    """In which place it holds, and why it matters. One machine never uses a login that asks nobody for anything."""
    known, sections, _ = chosen(values)
    is_bare = known is not None and known.name == "dummy" and not trait(values, sections, "password")[1]
    if known is None or not (is_bare or known.never):
        return "", _STRANGERS
    default = "It is the chart's login where none is chosen. " if is_bare else ""
    return " on the cluster", f"{default}{_STRANGERS} On this machine people enter by invitation."


def _no_rule(values: Values, sections: tuple[str, ...]) -> str:
    if trait(values, sections, "hosted_domain")[1]:
        return "hosted_domain only limits who may; since chart 4.0 a rule must let them in."
    return "Since chart 4.0 whoever is on no list needs allow_all, a group or a domain that lets them in."


def _allow(sections: tuple[str, ...]) -> str:
    if sections[0] == "GoogleOAuthenticator":
        return "hub: {config: {GoogleOAuthenticator: {hosted_domain: [college.edu], allow_all: true}}}"
    return "hub: {config: {Authenticator: {allowed_users: [jane.doe@college.edu]}}}"


def _narrow(sections: tuple[str, ...]) -> str:
    if sections[0] == "GoogleOAuthenticator":
        return "hub: {config: {GoogleOAuthenticator: {hosted_domain: [college.edu]}}}"
    if sections[0] in ("DummyAuthenticator", "TmpAuthenticator", "FirstUseAuthenticator"):
        return "Choose a login with accounts: hub.config.JupyterHub.authenticator_class: google, github, ..."
    return f"Remove allow_all, and list who may: hub: {{config: {{{sections[0]}: {{allowed_users: [jane.doe]}}}}}}"


def _limits(values: Values, sections: tuple[str, ...]) -> Iterator[Problem]:
    """A limit by domain that no authenticator knows by this name."""
    allow_all = trait(values, sections, "allow_all")[1] is True
    google = "GoogleOAuthenticator" in sections
    for section in sections:
        for name in mapping(values, f"hub.config.{section}"):
            if (google and name == "hosted_domain") or not _is_limit(name, certain=allow_all and is_stock(values)):
                continue
            yield _no_limit(values, ("hub", "config", section, name), google, allow_all)


def _is_limit(name: str, certain: bool) -> bool:
    """certain: strangers do get in, which is worse than a name that the class does not know."""
    return name in _LIMITS or (certain and any(is_slip(name, limit) for limit in _LIMITS))


def _no_limit(values: Values, where: Where, google: bool, allow_all: bool) -> Problem:
    there = google and at(values, (*where[:-1], "hosted_domain")) is not None
    certain = allow_all and is_stock(values) and not there
    why = "With allow_all: true, everyone with an account of the provider gets in." if certain else ""
    fix = f"Write hosted_domain: in place of {where[-1]}:" if google and not there else f"Remove {where[-1]}."
    edit = Edit("rename", where, "hosted_domain") if google and not there else None
    message = f"{dotted(where)} is no setting of this login, so it limits nobody."
    return Problem(where, message, why, fix, "error" if certain else "warning", "CH1404", edit)


def _open_providers(values: Values, sections: tuple[str, ...]) -> Iterator[Problem]:
    """CILogon: everyone of a provider where anybody can open an account."""
    for key in ("idps", "allowed_idps"):
        where, _ = trait(values, sections, key)
        for url, idp in identity_providers(values, sections) if at(values, where) else ():
            if whole_provider(idp) and (who := public_provider(url)):
                here = (*where, url, "allow_all" if idp.get("allow_all") else "allowed_domains")
                yield Problem(
                    here,
                    f"Everybody can log in: {who}.",
                    _STRANGERS,
                    "allowed_domains: [college.edu]",
                    "warning",
                    "CH1402",
                )


def _twice(values: Values, sections: tuple[str, ...], name: str) -> Iterator[Problem]:
    """JupyterHub writes names in lower case before it compares them."""
    where, listed = trait(values, sections, name)
    seen: dict[str, str] = {}
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        plain = str(item).strip().lower()
        if plain in seen:
            message = f"{dotted((*where, index))} is there already."
            why = "JupyterHub writes all names in lower case." if seen[plain] != item else ""
            yield Problem(
                (*where, index), message, why, "Remove the line.", "note", "CH1406", Edit("remove", (*where, index))
            )
        seen.setdefault(plain, item)


def _blocked(values: Values, sections: tuple[str, ...]) -> Iterator[Problem]:
    where, blocked = trait(values, sections, "blocked_users")
    lists = [trait(values, sections, name)[1] for name in LISTS[:2]]
    let_in = {str(item).strip().lower() for listed in lists if isinstance(listed, list) for item in listed}
    for index, item in enumerate(blocked if isinstance(blocked, list) else ()):
        if str(item).strip().lower() in let_in:
            message = f"{dotted((*where, index))} is also on a list that lets them in."
            why = "Blocked wins: this person cannot log in."
            yield Problem((*where, index), message, why, "Remove the name from one of the two.", "warning", "CH1408")


def _kept(values: Values, sections: tuple[str, ...]) -> Problem:
    where, _ = trait(values, sections, "allowed_users")
    message = "Who is taken off allowed_users can still log in."
    why = "With that list JupyterHub also lets in everyone it knows already, unless allow_existing_users is false."
    return Problem(where, message, why, "allow_existing_users: false", "note", "CH1407")

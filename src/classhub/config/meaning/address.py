"""proxy.https: whether the hub's host names are names, and whether passwords travel in the open."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.host_names import is_host_name
from classhub.config.login import names
from classhub.config.meaning.access import chosen
from classhub.config.meaning.found import Values, address, trait
from classhub.config.problem import Problem
from classhub.config.secret_names import is_placeholder
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import get, listing
from classhub.errors import Edit

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_EXAMPLE = re.compile(r"@(.+\.)?example\.(com|net|org)$", re.IGNORECASE)


def problems(values: Values) -> Iterator[Problem]:
    if get(values, "ingress.enabled") is True:
        yield from _ingress(values)
    if get(values, "proxy.https.enabled") is not True:
        yield from _in_the_open(values)
        return
    kind = get(values, "proxy.https.type")
    hosts = listing(values, "proxy.https.hosts")
    public = kind == "letsencrypt" and "letsencrypt.org" in str(get(values, "proxy.https.letsencrypt.acmeServer"))
    for index, host in enumerate(hosts):
        yield from _host(index, host, kind, public)
    if kind == "letsencrypt":
        yield from _lets_encrypt(values)


def _host(index: int, host: Any, kind: Any, public: bool) -> Iterator[Problem]:
    where = ("proxy", "https", "hosts", index)
    text = str(host).strip()
    wild = text.startswith("*.") and kind != "letsencrypt"
    if not isinstance(host, str) or not is_host_name(text.removeprefix("*.") if wild else text):
        meant = _meant(text)
        severity = "error" if kind == "letsencrypt" else "warning"
        message = f"{dotted(where)} is not a host name: it is the name alone, without https:// and path."
        edit = Edit("set", where, meant) if meant else None
        why = "No certificate is given for it."
        yield Problem(where, message, why, f"- {meant or 'hub.college.edu'}", severity, "CH1821", edit)
    elif public and _is_number(text):
        message = f"{dotted(where)} is an IP address, not a host name."
        why = "The chart asks Let's Encrypt for certificates of names alone."
        yield Problem(where, message, why, "- hub.college.edu", "warning", "CH1821")
    elif public and "." not in text:
        message = f"{dotted(where)} is a name that is known inside the college only."
        why = "Let's Encrypt gives certificates for public names alone."
        yield Problem(where, message, why, f"- {text}.college.edu", "error", "CH1821")


def _ingress(values: Values) -> Iterator[Problem]:
    """An empty text stands for any host."""
    hosts = listing(values, "ingress.hosts")
    for index, host in enumerate(hosts):
        yield from _ingress_host(("ingress", "hosts", index), host)
    for number, item in enumerate(listing(values, "ingress.tls")):
        where: Where = ("ingress", "tls", number)
        if not isinstance(item, Mapping):
            yield Problem(where, f"{dotted(where)} must be a mapping.", _REFUSED, _TLS, "error", "CH1824")
            continue
        covered = item.get("hosts")
        if covered is not None and not isinstance(covered, list):
            here = (*where, "hosts")
            message = f"{dotted(here)} must be a list; here it is {kind(covered)}."
            edit = Edit("set", here, [covered]) if isinstance(covered, str) and is_host_name(covered) else None
            yield Problem(here, message, _REFUSED, "hosts: [hub.college.edu]", "error", "CH1824", edit)
        for index, host in enumerate(covered if isinstance(covered, list) else ()):
            yield from _ingress_host((*where, "hosts", index), host) or _without_way(where, index, host, hosts)


_REFUSED = "Kubernetes refuses such an Ingress, and `helm upgrade` stops."
_TLS = "- {hosts: [hub.college.edu], secretName: hub-tls}"


def _ingress_host(where: Where, host: Any) -> list[Problem]:
    text = str(host).strip()
    if not text or (is_host_name(text.removeprefix("*.")) and text == text.lower() == host and not _is_number(text)):
        return []
    meant = _meant(text)
    what = "is an IP address, not a host name" if _is_number(text) else "is not a host name"
    message = f"{dotted(where)} {what}: it is the name alone, in small letters, without https:// and path."
    edit = Edit("set", where, meant) if meant else None
    return [Problem(where, message, _REFUSED, f"- {meant or 'hub.college.edu'}", "error", "CH1824", edit)]


def _without_way(where: Where, index: int, host: Any, hosts: list[Any]) -> list[Problem]:
    """A certificate for a name that the Ingress does not serve; without hosts it serves all."""
    served = [str(one) for one in hosts]
    text = str(host)
    if not served or "" in served or text in served or f"*.{text.partition('.')[2]}" in served:
        return []
    if text.startswith("*.") and any(one.partition(".")[2] == text[2:] for one in served):
        return []
    here = (*where, "hosts", index)
    message = f"{dotted(here)} is none of ingress.hosts."
    why = "The certificate is for a name that does not lead to the hub, and the name that does has none."
    return [Problem(here, message, why, f"- {served[0]}", "warning", "CH1824")]


def _is_number(text: str) -> bool:
    """An IP address, as it is written with dots."""
    return bool(re.fullmatch(r"\d+(\.\d+){3}", text, re.ASCII))


def _meant(text: str) -> str:
    """https://hub.college.edu/hub/ -> hub.college.edu; "" if there is no name in it."""
    name = address(text).host
    return name if is_host_name(name) and "." in name and not _is_number(name) else ""


def _lets_encrypt(values: Values) -> Iterator[Problem]:
    if get(values, "proxy.https.hosts") in (None, []):
        message = "proxy.https is on, and proxy.https.hosts is empty: the chart then serves no https."
        fix = "hosts: [hub.college.edu]"
        yield Problem(("proxy", "https", "hosts"), message, "Passwords travel in the open.", fix, "warning", "CH1821")
    where = ("proxy", "https", "letsencrypt", "contactEmail")
    mail = get(values, ".".join(where))
    if isinstance(mail, str) and mail and ("@" not in mail or _EXAMPLE.search(mail) or is_placeholder(mail)):
        message = f"{dotted(where)} is no address that somebody reads."
        why = "Let's Encrypt refuses the addresses of examples, and writes there when a certificate is in danger."
        yield Problem(where, message, why, f"contactEmail: {_contact(values)}", "warning", "CH1822")


def _contact(values: Values) -> str:
    """An admin's address; else what check itself refuses, so that nobody's address goes in unseen."""
    _, sections, _ = chosen(values)
    listed = isinstance(trait(values, sections, "admin_users")[1], list)
    admins = names(values, sections, "admin_users") if listed else ()
    found = (name for name in admins if _MAIL.fullmatch(name) and not _EXAMPLE.search(name))
    return next(found, '"<an address that you read>"')


def _in_the_open(values: Values) -> Iterator[Problem]:
    outside = get(values, "proxy.service.type") == "LoadBalancer"
    elsewhere = any(get(values, f"{name}.enabled") is True for name in ("ingress", "httpRoute"))
    if outside and not elsewhere:
        where = ("proxy", "https", "enabled")
        message = "On the cluster: the hub is served on plain http, at a public address."
        why = "Whoever listens on the way reads passwords and takes over logins, unless something in front adds https."
        mail = f"letsencrypt: {{contactEmail: {_contact(values)}}}"
        fix = f'proxy: {{https: {{enabled: true, hosts: ["<the host name of the hub>"], {mail}}}}}'
        yield Problem(where, message, why, fix, "note", "CH1823")

"""What a login needs of its provider: an id, a secret, and the address that people come back to."""

from collections.abc import Iterator
from fnmatch import fnmatch

from classhub.config.authenticators import Authenticator
from classhub.config.document import Where
from classhub.config.host_names import is_host_name
from classhub.config.meaning.access import chosen
from classhub.config.meaning.found import Values, address, is_stock, own_code, trait
from classhub.config.problem import Problem
from classhub.config.secret_names import is_placeholder
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get, listing
from classhub.errors import Edit

CALLBACK = "/hub/oauth_callback"


def problems(values: Values) -> Iterator[Problem]:
    known, sections, _ = chosen(values)
    if known and known.name != "dummy" and not own_code(values, "Authenticator"):
        yield from _needs(values, known)
    where, url = trait(values, sections, "oauth_callback_url")
    if isinstance(url, str) and url and not is_placeholder(url):
        yield from _callback(values, where, url)


def _needs(values: Values, known: Authenticator) -> Iterator[Problem]:
    missing: list[tuple[str, ...]] = []
    for options in known.needs:
        found = [trait(values, known.sections, name) for name in options]
        left = [where for where, value in found if is_placeholder(value)]
        if left:
            message = f"{dotted(left[0])} is still the example's placeholder."
            yield Problem(left[0], message, "Nobody can log in with it.", _register(known), "warning", "CH1411")
        elif not any(value for _, value in found) and not _elsewhere(values, known, options):
            missing.append(options)
    if missing:
        names = " and ".join(" or ".join(options) for options in missing)
        where, _ = trait(values, known.sections, missing[0][0])
        message = f"{known.label} login needs {names}, which {'is' if len(missing) == 1 else 'are'} not set."
        yield Problem(where, message, "Nobody can log in without.", _register(known), "warning", "CH1410")


def _elsewhere(values: Values, known: Authenticator, options: tuple[str, ...]) -> bool:
    """In a Secret of the college's own, or in the hub's environment."""
    variables = {variable for name in options for variable in (known.variables or {}).get(name, ())}
    extra = get(values, "hub.extraEnv")
    names = extra if isinstance(extra, dict) else [one.get("name") for one in extra or () if isinstance(one, dict)]
    return bool(get(values, "hub.existingSecret")) or any(name in variables for name in names)


def _register(known: Authenticator) -> str:
    if ("client_secret",) not in known.needs:
        return f"Write it in secrets.yaml below hub.config.{known.sections[0]}."
    return f"Register the hub with {known.label}, and write client_id and client_secret in secrets.yaml."


def _callback(values: Values, where: Where, url: str) -> Iterator[Problem]:
    back = address(url)
    https, place, hosts = _served(values)
    right = _right(values, hosts[0] if https and hosts else back.host)
    fix, edit = f"oauth_callback_url: {right}", Edit("set", where, right) if https and hosts else None
    if back.scheme not in ("http", "https") or not back.host:
        message = f"{dotted(where)} is no address: it needs https:// and a host."
        yield Problem(where, message, "The provider cannot send people back.", fix, "warning", "CH1409", edit)
    elif not back.path.rstrip("/").endswith(CALLBACK):
        severity = "error" if is_stock(values) else "warning"
        message = f"{dotted(where)} does not end in {CALLBACK}."
        yield Problem(where, message, "The hub takes people back there only.", fix, severity, "CH1409", edit)
    elif https and back.scheme == "http":
        message = f"{dotted(where)} begins with http://, and the hub is served by https."
        yield Problem(where, message, "Most providers send people back to https only.", fix, "warning", "CH1409", edit)
    elif https and hosts and not any(fnmatch(back.host, host.lower()) for host in hosts):
        message = f"{dotted(where)} leads to {back.host}, which is not among {place}."
        why = "People come back to another address than they left, without their cookies."
        yield Problem(where, message, why, fix, "warning", "CH1409", edit)


def _served(values: Values) -> tuple[bool, str, list[str]]:
    """Whether it is certain that people come by https, and by which names, and where those stand.

    No name where one of them is none: which is meant is told by address.py.
    """
    if get(values, "proxy.https.enabled") is True:
        place, https = "proxy.https.hosts", True
    else:
        place, https = "ingress.hosts", get(values, "ingress.enabled") is True and bool(listing(values, "ingress.tls"))
    hosts = [str(host) for host in listing(values, place)]
    whole = all("." in host and is_host_name(host.removeprefix("*.")) for host in hosts)
    return https, place, hosts if whole else []


def _right(values: Values, host: str) -> str:
    base = str(get(values, "hub.baseUrl") or "/").strip("/")
    return f"https://{host or 'hub.college.edu'}{'/' if base else ''}{base}{CALLBACK}"

"""Where another server leads us: whether we go there, and not for how long it likes."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

Trace = Callable[[str, dict[str, Any]], None]


class Astray(Exception):
    """Half a sentence."""


def kinds(host: str) -> dict[str, str]:
    """Address -> "loopback", "link-local", "private" or "public". Raises Astray when it has none."""
    try:
        found = [str(one[4][0]).partition("%")[0] for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Astray("it leads to a host whose name is not known") from error
    return {one: _kind(one) for one in found}


def _kind(text: str) -> str:
    address = ipaddress.ip_address(text)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    return "public" if address.is_global and not address.is_multicast else "private"


def target(url: str, source: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    """What to ask in place of url, with which headers and extensions. Raises Astray, ValueError.

    The address that was looked at is the one that is asked: a name may lead elsewhere the next moment. An inner address is for those
    whose own source is at one of that kind. Behind a proxy it is the proxy that asks.
    """
    parts, origin = urlsplit(url), urlsplit(source)
    if parts.scheme not in ("https", "http") or (origin.scheme == "https" and parts.scheme != "https"):
        raise Astray("it leads away from https, where anybody could change what comes")
    host = parts.hostname or ""
    if parts.scheme in getproxies() and not proxy_bypass(host):
        with suppress(ValueError):
            if _kind(host) != "public":
                raise Astray("it leads to an inner address")
        return url, {}, {}
    known = kinds(host)
    allowed = {"public", *(kinds(origin.hostname or "").values() if set(known.values()) != {"public"} else ())}
    if not set(known.values()) <= allowed:
        raise Astray("it leads to an inner address")
    first = next(iter(known))
    port = f":{parts.port}" if parts.port else ""
    shown = f"[{host}]" if ":" in host else host
    place = f"[{first}]{port}" if ":" in first else f"{first}{port}"
    return urlunsplit(parts._replace(netloc=place)), {"host": f"{shown}{port}"}, {"sni_hostname": host}


@contextmanager
def within(seconds: float) -> Iterator[Trace]:
    """For extensions={"trace": ...} of requests: after this time their connections are cut, which the reader sees as a break."""
    sockets: list[socket.socket] = []
    is_late = threading.Event()

    def cut() -> None:
        is_late.set()
        for one in list(sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def trace(event: str, told: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = told["return_value"].get_extra_info("socket")
            sockets.extend([found] if found else [])
            if is_late.is_set():
                cut()

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()

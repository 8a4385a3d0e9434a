"""Hold our ports for as long as the supervisor lives, so that no student takes one while the proxy restarts.

A socket is bound, never listened on: the kernel gives its port to another account's process in no case, and to Caddy,
which runs as we do, because both ask for SO_REUSEPORT (socket(7): same effective uid).
"""

import errno
import socket
from collections.abc import Iterable, Mapping
from typing import Any

Address = tuple[str, int]
BESIDE = {"127.0.0.1": "::1", "localhost": "::1", "0.0.0.0": "::", "::1": "127.0.0.1"}
"""Where a browser may ask too: localhost, and a name, can have an address of the other family."""
NO_SUCH_FAMILY = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def of(proxy: Mapping[str, Any]) -> set[Address]:
    """The addresses that Caddy listens on. proxy: the part of hub.json."""
    return {address(proxy[name]) for name in ("listen", "internal", "hub")}


def address(listen: str) -> Address:
    """ "[::1]:8000" is ("::1", 8000)."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def taken_beside(host: str, port: int) -> str:
    """The neighbour's address when another program has the port there; empty when none has."""
    neighbour = BESIDE.get(host, "")
    try:
        if neighbour:
            _bound((neighbour, port), alone=True).close()
    except OSError as error:
        return neighbour if error.errno == errno.EADDRINUSE else ""
    return ""


class Held:
    """The ports held now."""

    def __init__(self) -> None:
        self._sockets: dict[tuple[Address, bool], socket.socket] = {}
        self.complete = False
        """All that were asked for are held: nobody else can answer in the hub's place."""

    def keep(self, addresses: Iterable[Address]) -> None:
        """Exactly these from now on, and their neighbours of the other family, which nobody serves.

        Raises OSError that names what another program has; the rest is held.
        """
        self.complete = False
        wanted = {(address, False) for address in addresses}
        wanted |= {((BESIDE[host], port), True) for (host, port), _ in wanted if host in BESIDE}
        for hold in self._sockets.keys() - wanted:
            self._sockets.pop(hold).close()
        taken = [why for hold in sorted(wanted - self._sockets.keys()) if (why := self._take(*hold))]
        if taken:
            raise OSError("; ".join(taken))
        self.complete = bool(wanted)

    def _take(self, address: Address, beside: bool) -> str:
        """Why it could not be had; empty when it was, or when this machine has no such family."""
        try:
            self._sockets[address, beside] = _bound(address, beside)
        except OSError as error:
            if not (beside and error.errno in NO_SUCH_FAMILY):
                return f"port {address[1]} of {address[0]} cannot be had: {error.strerror}"
        return ""

    def close(self) -> None:
        """Let go of all."""
        self.keep(())


def _bound(address: Address, alone: bool) -> socket.socket:
    """alone: of its family. Without SO_REUSEADDR, which would let another account in beside a socket that does not listen."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:  # as Caddy: [::] serves IPv4 too
            held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, alone)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except OSError:
        held.close()
        raise
    return held

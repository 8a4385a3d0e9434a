"""Hold our ports for as long as the supervisor lives, so that no student takes one while the proxy restarts.

A socket is bound, never listened on: the kernel gives its port to another account's process in no case, and to Caddy,
which runs as we do, because both ask for SO_REUSEPORT (socket(7): same effective uid).
"""

import errno
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Address = tuple[str, int]
BESIDE = {"127.0.0.1": "::1", "localhost": "::1", "0.0.0.0": "::", "::1": "127.0.0.1"}
"""Where a browser may ask too: localhost, and a name, can have an address of the other family."""
NO_SUCH_FAMILY = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def of(proxy: Mapping[str, Any]) -> set[Address]:
    """The addresses that Caddy listens on. proxy: the part of hub.json."""
    return {_address(proxy[name]) for name in ("listen", "internal", "hub")}


def _address(listen: str) -> Address:
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


class Held:
    """The ports held now."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._sockets: dict[tuple[Address, bool], socket.socket] = {}

    def keep(self, addresses: Iterable[Address]) -> None:
        """Exactly these from now on, and their neighbours of the other family, which nobody serves.

        What cannot be held is told: Caddy's own attempt says why it matters.
        """
        wanted = {(address, False) for address in addresses}
        wanted |= {((BESIDE[host], port), True) for (host, port), _ in wanted if host in BESIDE}
        for hold in self._sockets.keys() - wanted:
            self._sockets.pop(hold).close()
        for address, beside in wanted - self._sockets.keys():
            try:
                self._sockets[address, beside] = _bound(address, beside)
            except OSError as error:
                if not (beside and error.errno in NO_SUCH_FAMILY):
                    self._tell(f"Port {address[1]} of {address[0]} cannot be held: {error.strerror}.")

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

"""Where the mirror's service listens and which hub it asks: the part of SETTINGS.json that is not about courses."""

import ipaddress
import json
import socket
from dataclasses import dataclass
from pathlib import Path

from tornado.netutil import bind_sockets, bind_unix_socket


@dataclass(frozen=True)
class Listening:
    listen: str
    """HOST:PORT, or the path of a unix socket."""
    prefix: str = ""
    """Of all addresses, as /services/material."""
    files: str = ""
    """Path of the unix socket on which blobs are handed over; empty: none."""
    hub_api: str = ""
    """As http://127.0.0.1:8000/hub/api; empty: no hub, and whoever asks is the one student, on this machine only."""

    def sockets(self) -> list[socket.socket]:
        """Raises OSError. A unix socket is for our own user, whatever the umask says."""
        if self.listen.startswith("/"):
            return [bind_unix_socket(self.listen, mode=0o600)]
        host, _, port = self.listen.rpartition(":")
        return list(bind_sockets(int(port), address=host.strip("[]")))

    def files_socket(self) -> socket.socket:
        """For everybody who may enter its folder: a token says who somebody is. Raises OSError."""
        bound: socket.socket = bind_unix_socket(self.files, mode=0o666, backlog=AT_THE_DOOR)
        return bound


AT_THE_DOOR = 1024
"""A whole class begins at one time; the kernel sends everybody else away at once, and has no more than net.core.somaxconn."""


def from_json(text: str | bytes) -> Listening:
    """Raises ValueError, with a sentence."""
    raw = json.loads(text)
    names = ("listen", "prefix", "files", "hub_api")
    given = {name: raw[name] for name in names if name in raw} if isinstance(raw, dict) else {}
    if not given.get("listen") or not all(isinstance(value, str) for value in given.values()):
        raise ValueError("`listen` must say where: HOST:PORT, or the path of a unix socket.")
    found = Listening(**given)
    if not found.listen.startswith("/"):
        host, colon, port = found.listen.rpartition(":")
        if not colon or not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError(f"`listen` must be HOST:PORT or the path of a unix socket, not {found.listen!r}.")
        if not found.hub_api and not _is_loopback(host.strip("[]")):
            raise ValueError(f"Without a hub to ask who somebody is, {host} would be open to everybody: use 127.0.0.1.")
    return found


def read(path: Path) -> bytes:
    """Raises ValueError, with a sentence."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""What this deployment keeps about this machine: ports inside, tokens of our own. Made once, private."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from classhub.errors import OutsideFailed
from classhub.hub.files import write_private
from classhub.targets.local.state_files import damaged, read_json

NEW_TOKENS = " (servers that run must then be started again)"


@dataclass(frozen=True)
class Machine:
    """hub_port and internal_port: Caddy's loopback ports for the hub's API and for probing students' servers.

    Tokens are random, 256 bits; crypt_key is 32 bytes as hex for JupyterHub's CryptKeeper.
    """

    hub_port: int
    internal_port: int
    classhub_token: str
    culler_token: str
    crypt_key: str

    def __repr__(self) -> str:
        return f"Machine(hub_port={self.hub_port}, internal_port={self.internal_port}, tokens hidden)"


NO_MACHINE = Machine(0, 0, "", "", "")
"""For a dry run after somebody took the file away: the next `up` makes another, and all restarts."""


def ensure_machine(path: Path) -> Machine:
    """Read it, or make it. Raises OutsideFailed when the file is damaged: new tokens would lock out running servers."""
    try:
        return Machine(**read_json(path, then=NEW_TOKENS))
    except FileNotFoundError:
        pass
    except TypeError as error:
        raise damaged(path, NEW_TOKENS) from error
    hub, internal = free_ports(2)
    made = Machine(hub, internal, secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_hex(32))
    write_private(path, json.dumps(asdict(made)))
    return made


def move_ports(path: Path, machine: Machine) -> Machine:
    """Other inner ports, for when a stranger took ours while nothing ran here."""
    hub, internal = free_ports(2)
    moved = Machine(**{**asdict(machine), "hub_port": hub, "internal_port": internal})
    write_private(path, json.dumps(asdict(moved)))
    return moved


def free_ports(count: int) -> list[int]:
    """Loopback ports, as root privileged ones: no student's program can take those, also while the hub is down and servers
    were kept. Else below the ephemeral range where possible, so that no outgoing connection takes them.
    """
    found: list[int] = []
    for first, end in _ranges():
        for _ in range(500):
            port = first + secrets.randbelow(end - first)
            if port not in found and _can_be_ours(port):
                found.append(port)
            if len(found) == count:
                return found
    raise OutsideFailed("No free port was found on 127.0.0.1.", fix="see what listens: ss -ltnp")


PRIVILEGED = (700, 1024)
"""Few of these have a well-known service (RFC 6335 calls all below 1024 system ports)."""


def _ranges() -> list[tuple[int, int]]:
    low = _kernel_number("ip_local_port_range", 32768)
    unprivileged = (20000, max(low, 21000))
    guarded = os.geteuid() == 0 and _kernel_number("ip_unprivileged_port_start", 1024) >= PRIVILEGED[1]
    return [PRIVILEGED, unprivileged] if guarded else [unprivileged]


def _kernel_number(name: str, default: int) -> int:
    """The first of /proc/sys/net/ipv4/NAME."""
    try:
        return int(Path("/proc/sys/net/ipv4", name).read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return default


def _can_be_ours(port: int) -> bool:
    try:
        return is_free("127.0.0.1", port)
    except OSError:  # root without the right to bind there
        return False


def is_free(address: str, port: int) -> bool:
    """True when we could listen there now. Raises OSError when the address is not ours or the port is privileged."""
    import errno

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def listener_of(port: int) -> str:
    """Who listens on a TCP port, as "nginx (pid 812)"; "another program" when the machine does not tell."""
    import psutil

    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return "another program"


def as_mapping(machine: Machine) -> Mapping[str, object]:
    """For settings.py."""
    return asdict(machine)

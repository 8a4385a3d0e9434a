"""What two clusters on one machine must not share: addresses, ports and the name of the cable to the node."""

import fcntl
import socket
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import IO

SLOTS = 40
PORTS_EACH = 10


@dataclass(frozen=True)
class Slot:
    """10.(180+number).0.0/16 for node, pods and services; ten ports below those that the kernel gives away."""

    number: int

    @property
    def network(self) -> IPv4Network:
        return ip_network(f"10.{180 + self.number}.0.0/16")

    def address(self, rest: str) -> str:
        return f"10.{180 + self.number}.{rest}"

    @property
    def host(self) -> str:
        return self.address("0.1")

    @property
    def node(self) -> str:
        return self.address("0.2")

    @property
    def pods(self) -> str:
        return self.address("1.0/24")

    @property
    def services(self) -> str:
        return self.address("128.0/20")

    @property
    def balanced(self) -> str:
        """The addresses of load balancers."""
        return self.address("240.0/24")

    @property
    def first_service(self) -> str:
        """Where pods reach the API server; the controllers of Kubernetes choose it so."""
        return self.address("128.1")

    @property
    def cable(self) -> str:
        return f"classhub{self.number}"

    def port(self, index: int) -> int:
        return 20000 + self.number * PORTS_EACH + index


def claim(folder: Path) -> tuple[Slot, IO[str]]:
    """The first slot that no other cluster has and that this machine's network has room for; held while the file is open."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot in map(Slot, range(SLOTS)):
        lock = (folder / f"slot-{slot.number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        if _has_room(slot):
            return slot, lock
        lock.close()
    raise RuntimeError(f"None of the {SLOTS} networks 10.180.0.0/16 and up is free for a test cluster.")


def _has_room(slot: Slot) -> bool:
    ports_free = all(_is_free(slot.port(index)) for index in range(PORTS_EACH))
    return ports_free and not any(slot.network.overlaps(network) for network in routed())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def routed() -> list[IPv4Network]:
    """The networks that this machine knows a way to, the default way apart."""
    rows = [line.split() for line in Path("/proc/net/route").read_text().splitlines()[1:]]
    networks = [ip_network((_little_endian(row[1]), _ones(row[7]))) for row in rows]
    return [network for network in networks if network.prefixlen]


def _little_endian(text: str) -> bytes:
    return bytes.fromhex(text)[::-1]


def _ones(text: str) -> int:
    return int(text, 16).bit_count()

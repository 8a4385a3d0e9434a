"""Ports for the programs that tests start."""

import errno
import secrets
import socket

BELOW_EPHEMERAL = range(20400, 32768)
"""No outgoing connection of anything on the machine takes one of these meanwhile (net.ipv4.ip_local_port_range); those
below are kept for the tests' clusters (cluster/slot.py)."""


def free_port(host: str = "127.0.0.1") -> int:
    """One that nothing holds at this address, nor at [::1], which `localhost` may mean."""
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        if not _is_taken(socket.AF_INET, host, port) and not _is_taken(socket.AF_INET6, "::1", port):
            return port


def _is_taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((host, port))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            raise
        return error.errno == errno.EADDRINUSE
    return False

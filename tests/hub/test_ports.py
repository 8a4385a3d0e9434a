"""No student takes a port of the hub while the part behind it is away."""

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import psutil
import pytest

from classhub.targets.local import machine, ports
from doubles.ports import free_port
from hub.student import eventually

STRANGER = 47013
TAKE = """
import os, socket, sys
os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
taken = []
for options in ((), ("SO_REUSEADDR",), ("SO_REUSEPORT",), ("SO_REUSEADDR", "SO_REUSEPORT")):
    for address in ("127.0.0.1", "0.0.0.0", "::1", "::"):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as thief:
            for option in options:
                thief.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
            try:
                thief.bind((address, int(sys.argv[2])))
                thief.listen()
                taken.append((options, address))
            except OSError:
                pass
print(taken)
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another account")


def taken_by_a_stranger(port: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TAKE, str(STRANGER), str(port)], capture_output=True, text=True, check=True, cwd="/"
    )
    return done.stdout.strip()


@needs_root
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_a_held_port_is_nobody_elses_and_free_again_afterwards(address):
    port = free_port()
    held = ports.Held()
    held.keep({(address, port)})
    try:
        assert taken_by_a_stranger(port) == "[]"
    finally:
        held.close()
    assert taken_by_a_stranger(port) != "[]"


def test_a_held_port_is_ours_to_listen_on():
    port = free_port()
    held = ports.Held()
    held.keep({("127.0.0.1", port)})
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ours.bind(("127.0.0.1", port))
        ours.listen()
        with socket.create_connection(("127.0.0.1", port), timeout=60):
            pass
    held.close()


def test_a_neighbour_that_becomes_the_address_serves_both_families():
    port = free_port()
    held = ports.Held()
    held.keep({("0.0.0.0", port)})
    held.keep({("::", port)})
    assert not machine.is_free("127.0.0.1", port)
    held.close()


def test_a_machine_without_the_other_family_is_no_trouble(monkeypatch):
    real = ports._bound

    def no_ipv6(address, alone):
        if ":" in address[0]:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(address, alone)

    monkeypatch.setattr(ports, "_bound", no_ipv6)
    held = ports.Held()
    held.keep({("127.0.0.1", free_port())})
    held.close()


@pytest.mark.parametrize("taken", ["127.0.0.1", "::1"])
def test_what_cannot_be_held_is_named_and_the_rest_is_held(taken):
    """The neighbour counts too: a program on [::1] would meet who asks localhost."""
    free, port = free_port(), free_port()
    with socket.socket(socket.AF_INET6 if ":" in taken else socket.AF_INET) as other:
        other.bind((taken, port))
        other.listen()
        held = ports.Held()
        with pytest.raises(OSError, match=f"port {port} of {taken} cannot be had: Address already in use"):
            held.keep({("127.0.0.1", port), ("127.0.0.1", free)})
        assert not held.complete and not machine.is_free("127.0.0.1", free)
    held.keep({("127.0.0.1", port), ("127.0.0.1", free)})
    assert held.complete
    held.close()
    assert not held.complete


@needs_root
def test_while_the_proxy_is_away_its_ports_stay_ours_and_the_hub_has_none(hub):
    """The proxy is killed, and every port of it asked for until it is back."""
    settings = hub.settings()
    wanted = {port for _, port in ports.of(settings["proxy"])}
    assert wanted == listening(hub.pid("proxy"))
    assert listening(hub.pid("hub")) == set()
    for _ in range(3):
        kill_and_knock(hub, wanted)


def kill_and_knock(hub, wanted: set[int]) -> None:
    old = hub.pid("proxy")
    hub.kill("proxy")
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        for port in wanted:
            assert taken_by_a_stranger(port) == "[]"
    eventually(lambda: is_back(hub, old, wanted))


def is_back(hub, old: int, wanted: set[int]) -> bool:
    return hub.pid("proxy") != old and listening(hub.pid("proxy")) == wanted


def listening(pid: int) -> set[int]:
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return set()
    return {connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN}


def test_nobody_chooses_the_address_that_the_hub_sees(hub):
    """Neither through the public door nor through the one for students' servers."""
    forged = {"X-Forwarded-For": "198.51.100.77", "X-Real-Ip": "198.51.100.78"}
    for door in (hub.address, f"http://{hub.settings()['proxy']['hub']}/"):
        assert httpx2.get(f"{door}hub/nobody-knows-this", headers=forged, timeout=60).status_code == 404
    log = hub.state / "logs" / "hub.log"
    eventually(lambda: log.read_text().count("nobody-knows-this") >= 2)  # written after the answer
    assert "198.51.100." not in log.read_text()


@needs_root
def test_inner_ports_need_no_hold_at_all():
    """Servers that `down --keep-servers` left running outlive whoever holds the ports."""
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) < 1024:
        pytest.skip("every account may open some ports below 1024 on this machine")
    for port in machine.free_ports(2):
        assert port < 1024 and taken_by_a_stranger(port) == "[]"

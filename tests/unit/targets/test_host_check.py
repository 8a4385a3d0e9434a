"""Where the hub's name leads, as doctor says it."""

import socket

import pytest

from classhub.targets.local import host_check


@pytest.fixture
def names(monkeypatch):
    """What the resolver knows: a mapping of names to addresses."""
    known: dict[str, list[str]] = {}

    def ask(host, port, **_):
        if host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(host_check, "_own_addresses", lambda: ["127.0.0.1", "192.0.2.9", "::1"])
    return known


@pytest.mark.parametrize("address", ["192.0.2.9", "127.0.1.1"])
def test_a_name_that_leads_here_is_fine(names, address):
    names["hub.college.edu"] = [address]
    assert host_check.leads_here("hub.college.edu").seen == f"hub.college.edu leads to this machine ({address})"


def test_a_name_that_leads_nowhere_is_warned_of_with_the_next_step(names):
    check = host_check.leads_here("hub.college.edu")
    assert check.warning and "leads nowhere" in check.problem
    assert "let it lead to 192.0.2.9" in check.fix and "/etc/hosts" in check.fix


def test_a_name_that_leads_elsewhere_is_warned_of(names):
    names["hub.college.edu"] = ["203.0.113.7"]
    check = host_check.leads_here("hub.college.edu")
    assert check.warning and "leads to 203.0.113.7, which is no address of this machine" in check.problem


def test_this_machine_has_addresses():
    assert "127.0.0.1" in host_check._own_addresses()

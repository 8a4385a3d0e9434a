"""Does the hub's name lead to this machine? Asked by doctor only: it may take the resolver's time."""

import socket

from classhub.plan.checks import Check


def leads_here(host: str) -> Check:
    """A warning when it does not: behind a router that hands its port on, that may be meant."""
    try:
        found = sorted({str(answer[4][0]) for answer in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except OSError:
        found = []
    own = _own_addresses()
    if here := [address for address in found if address in own or address.startswith("127.")]:
        return Check("host", seen=f"{host} leads to this machine ({here[0]})")
    outer = next((address for address in own if not address.startswith(("127.", "::1", "fe80"))), "its address")
    if not found:
        trial = f"for a trial on this machine alone: echo '127.0.0.1 {host}' | sudo tee -a /etc/hosts"
        why = f"local.host {host} leads nowhere, as far as this machine knows: no browser will find it"
        return Check(
            "host", why, f"have whoever keeps the college's names let it lead to {outer}; {trial}", warning=True
        )
    return Check(
        "host",
        f"local.host {host} leads to {', '.join(found)}, which is no address of this machine",
        f"correct local.host, or have it lead to {outer}; if a router hands on to this machine, all is well",
        warning=True,
    )


def _own_addresses() -> list[str]:
    """IPv4 first, without zones."""
    import psutil

    every = [one for interface in psutil.net_if_addrs().values() for one in interface]
    families = (socket.AF_INET, socket.AF_INET6)
    return [one.address.partition("%")[0] for family in families for one in every if one.family == family]

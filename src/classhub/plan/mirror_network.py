"""Who may reach the mirror of course material on a cluster, and where it may go: NetworkPolicies. Pure.

Policies only add to each other for a pod that one of them selects already; the first one on a pod shuts all else. So
students' servers and the proxy get a way to the mirror only where the chart keeps a policy on them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.traits.lookup import get
from classhub.plan.mirror_place import PORT, Mirror

Object = dict[str, Any]

GUESTS = ("hub", "proxy", "singleuser-server")
"""Components of the chart that may ask the mirror: students' servers, and the proxy for staff and webhooks."""
_KEPT = {"singleuser-server": "singleuser.networkPolicy.enabled", "proxy": "proxy.chp.networkPolicy.enabled"}
"""Which setting says whether the chart keeps a policy on them. It lets the hub go anywhere by default."""
HUB_PORT, DNS_PORT = 8081, 53
GIT_PORTS = (443, 22)


def policies(mirror: Mirror, values: Mapping[str, Any]) -> Iterator[Object]:
    """values: over the chart's defaults."""
    yield _policy(mirror, mirror.name, {"matchLabels": dict(mirror.selector)}, _in(mirror), _out(mirror))
    for component, setting in _KEPT.items():
        if get(values, setting):
            to = {"to": [{"podSelector": {"matchLabels": dict(mirror.selector)}}], "ports": _tcp(PORT)}
            yield _policy(mirror, f"{mirror.name}-from-{component}", _of_chart(mirror, component), None, [to])


def _in(mirror: Mirror) -> list[Object]:
    return [{"from": [{"podSelector": _of_chart(mirror, one)} for one in GUESTS], "ports": _tcp(PORT)}]


def _out(mirror: Mirror) -> list[Object]:
    """A college's git server may have any address, within the college too."""
    dns = [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")]
    hub = {"to": [{"podSelector": _of_chart(mirror, "hub")}], "ports": _tcp(HUB_PORT)}
    return [{"ports": dns}, hub, {"ports": _tcp(*GIT_PORTS)}]


def _of_chart(mirror: Mirror, component: str) -> Object:
    """By the labels that the chart's own policies go by."""
    return {"matchLabels": {"component": component, "release": mirror.release}}


def _tcp(*ports: int) -> list[Object]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _policy(mirror: Mirror, name: str, pods: Object, ingress: list[Object] | None, egress: list[Object]) -> Object:
    spec: Object = {"podSelector": pods, "policyTypes": ["Egress"], "egress": egress}
    if ingress is not None:
        spec |= {"policyTypes": ["Ingress", "Egress"], "ingress": ingress}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": mirror.namespace, "labels": dict(mirror.labels)},
        "spec": spec,
    }

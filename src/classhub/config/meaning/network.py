"""What Kubernetes refuses of Services, network policies and routes that the chart's schema takes: addresses and ports."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.found import Values, whole
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import at, get, listing
from classhub.errors import Edit

_IPV4 = re.compile(r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII)
_SERVICES: tuple[Where, ...] = (("proxy", "service"), ("hub", "service"))
_NODE_PORTS: tuple[Where, ...] = (
    ("proxy", "service", "nodePorts", "http"),
    ("proxy", "service", "nodePorts", "https"),
    ("hub", "service", "ports", "nodePort"),
)
_LISTS: tuple[tuple[Where, tuple[str, ...]], ...] = (
    (("proxy", "service", "extraPorts"), ("port", "targetPort", "nodePort")),
    (("hub", "service", "extraPorts"), ("port", "targetPort", "nodePort")),
    (("proxy", "traefik", "extraPorts"), ("containerPort", "hostPort")),
)
_POLICIES: tuple[Where, ...] = (("hub",), ("proxy", "chp"), ("proxy", "traefik"), ("singleuser",))
_RANGE = (30000, 32767)
"""Of node ports, unless the cluster was set up otherwise."""
_PLACEHOLDER = "your-gateway"
"""The chart's default."""


def problems(values: Values) -> Iterator[Problem]:
    for above in _SERVICES:
        yield from _address((*above, "loadBalancerIP"), at(values, (*above, "loadBalancerIP")))
    for index, address in enumerate(listing(values, "proxy.service.externalIPs")):
        yield from _address(("proxy", "service", "externalIPs", index), address)
    for index, block in enumerate(listing(values, "proxy.service.loadBalancerSourceRanges")):
        yield from _address(("proxy", "service", "loadBalancerSourceRanges", index), block, is_range=True)
    for where in _NODE_PORTS:
        yield from _node_port(where, whole(at(values, where)))
    for where in _ports(values):
        yield from _port(where, at(values, where))
    yield from _route(values)


def _address(where: Where, value: Any, is_range: bool = False) -> Iterator[Problem]:
    """Nothing is said of a placeholder, or of what is no text."""
    if not isinstance(value, str) or not value or _is_address(value.strip(), is_range):
        return
    example = "203.0.113.0/24" if is_range else "203.0.113.7"
    fix = f"- {example}" if isinstance(where[-1], int) else f"{where[-1]}: {example}"
    what = "range of IP addresses" if is_range else "IP address"
    why = "Kubernetes refuses it, or the hub never gets its address."
    yield Problem(where, f"{dotted(where)} is no {what}.", why, fix, "error", "CH1825")


def _is_address(text: str, is_range: bool) -> bool:
    if not is_range and _IPV4.fullmatch(text):
        return True
    from ipaddress import ip_address, ip_network  # late: 5 ms

    try:
        (ip_network(text, strict=False) if is_range else ip_address(text))
    except ValueError:
        return False
    return "/" in text if is_range else True


def _node_port(where: Where, port: int | None) -> Iterator[Problem]:
    least, most = _RANGE
    if port is None or port == 0 or least <= port <= most:
        return
    message = f"{dotted(where)} is {port}, and ports of nodes are from {least} to {most}."
    why = "Kubernetes refuses the Service, unless the cluster was set up with another range."
    severity = "warning" if 1024 <= port <= 65535 else "error"
    fix = f"{where[-1]}: {least + port % 1000 if 0 < port < 1000 else least}"
    yield Problem(where, message, why, fix, severity, "CH1826")


def _ports(values: Values) -> Iterator[Where]:
    for listed, names in _LISTS:
        for index, item in enumerate(listing(values, dotted(listed))):
            yield from ((*listed, index, name) for name in names if isinstance(item, Mapping) and name in item)
    for above in _POLICIES:
        for way in ("ingress", "egress"):
            rules = (*above, "networkPolicy", way)
            for number, rule in enumerate(listing(values, dotted(rules))):
                ports = rule.get("ports") if isinstance(rule, Mapping) else None
                for index, item in enumerate(ports if isinstance(ports, list) else ()):
                    if isinstance(item, Mapping) and "port" in item:
                        yield (*rules, number, "ports", index, "port")


def _port(where: Where, value: Any) -> Iterator[Problem]:
    """A text names a port where that may be; a number in quotes names none."""
    name = where[-1]
    may_be_named = name == "targetPort" or "networkPolicy" in where
    if whole(value) is not None and 0 < value <= 65535:
        return
    if isinstance(value, str) and may_be_named and not value.strip().isdecimal():
        return
    number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,5}", value.strip(), re.ASCII) else 0
    edit = Edit("set", where, number) if 0 < number <= 65535 else None
    found = f"{value}" if whole(value) is not None else kind(value)
    message = f"{dotted(where)} must be a number from 1 to 65535; here it is {found}."
    why = "Kubernetes refuses it, and `helm upgrade` stops."
    yield Problem(where, message, why, f"{name}: {number or 8080}", "error", "CH1828", edit)


def _route(values: Values) -> Iterator[Problem]:
    if get(values, "httpRoute.enabled") is not True:
        return
    if get(values, "httpRoute.gateway.name") == _PLACEHOLDER:
        where: Where = ("httpRoute", "gateway", "name")
        message = f"httpRoute is on, and {dotted(where)} is the chart's example, {_PLACEHOLDER}."
        fix = "gateway: {name: NAME}, as `kubectl get gateways -A` lists it"
    elif get(values, "httpRoute.parentRefs") == [] and get(values, "httpRoute.gateway") is None:
        where = ("httpRoute", "parentRefs")
        message = f"httpRoute is on, and {dotted(where)} names no gateway."
        fix = "parentRefs: [{kind: Gateway, name: NAME}], as `kubectl get gateways -A` lists it"
    else:
        return
    yield Problem(where, message, "The hub is reached by no address then.", fix, "warning", "CH1827")

"""The address that a person types into a browser, from the values in force and the public Service. Pure."""

from collections.abc import Mapping
from typing import Any

from classhub.config.traits.lookup import get, listing

Object = Mapping[str, Any]

WAITS = "the load balancer has no address yet"


def address(values: Mapping[str, Any], service: Object | None) -> str:
    """With trailing slash; empty where nothing public leads to the hub. values: over the chart's defaults."""
    below = base(values)
    if host := _host(values):
        return f"{host}{below}"
    if service is None:
        return ""
    found, port = published(service), _port(service)
    if not found:
        return ""
    scheme = "https" if port == 443 else "http"
    shown = f"[{found}]" if ":" in found else found
    return f"{scheme}://{shown}{below}" if port in (80, 443) else f"{scheme}://{shown}:{port}{below}"


def inner(service: Object, values: Mapping[str, Any]) -> str:
    """Where the Service answers within the cluster: for a hub that nothing public leads to."""
    spec = service["spec"]
    return f"http://{spec['clusterIP']}:{_port(service)}{base(values)}"


def _host(values: Mapping[str, Any]) -> str:
    """ "https://hub.college.edu", of proxy.https, an ingress or an HTTP route; empty where none is set."""
    if get(values, "proxy.https.enabled") and listing(values, "proxy.https.hosts"):
        return f"https://{listing(values, 'proxy.https.hosts')[0]}"
    for above, names in (("ingress", "hosts"), ("httpRoute", "hostnames")):
        if get(values, f"{above}.enabled") and (found := listing(values, f"{above}.{names}")):
            secure = above == "httpRoute" or bool(listing(values, f"{above}.tls"))
            return f"{'https' if secure else 'http'}://{found[0]}"
    return ""


def published(service: Object) -> str:
    """Where the world reaches the Service: what the cloud gave it, else what was asked for."""
    given = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    for one in given:
        if one.get("hostname") or one.get("ip"):
            return str(one.get("hostname") or one.get("ip"))
    outside = service["spec"].get("externalIPs") or ()
    return str(outside[0]) if outside else ""


def _port(service: Object) -> int:
    """443 where it is open, else the first."""
    ports = [int(port["port"]) for port in service["spec"].get("ports") or ()]
    return 443 if 443 in ports else (ports or [80])[0]


def base(values: Mapping[str, Any]) -> str:
    within = str(get(values, "hub.baseUrl") or "/").strip("/")
    return f"/{within}/" if within else "/"

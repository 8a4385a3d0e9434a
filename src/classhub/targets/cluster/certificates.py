"""The certificates that the hub's public address is served with: who holds them, and until when they are good."""

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.config.traits.lookup import get, listing
from classhub.outside import certificate
from classhub.plan.overview import Certificate
from classhub.targets.cluster.labels import is_of, name

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]

ACME = "acme.json"


def found(cluster: "Cluster", release: str, values: Mapping[str, Any]) -> Iterator[Certificate]:
    """Only Secrets that the values name as certificates are read. values: over the chart's defaults."""
    if get(values, "proxy.https.enabled"):
        yield from _of_proxy(cluster, release, values)
    if get(values, "ingress.enabled"):
        for one in listing(values, "ingress.tls"):
            secret = str(one.get("secretName") or "") if isinstance(one, Mapping) else ""
            if secret:
                yield _of_secret(cluster.get("Secret", secret), secret)


def _of_proxy(cluster: "Cluster", release: str, values: Mapping[str, Any]) -> Iterator[Certificate]:
    hosts = tuple(map(str, listing(values, "proxy.https.hosts")))
    kind = get(values, "proxy.https.type")
    if kind == "letsencrypt":
        kept = [one for one in cluster.list("Secret", labels=f"release={release},heritage=secret-sync") if _acme(one)]
        yield from of_acme(kept, hosts)
    elif kind == "manual":
        for one in cluster.list("Secret", fields="type=kubernetes.io/tls"):
            if is_of(one, release):
                yield _of_secret(one, name(one))
    elif kind == "secret":
        secret = str(get(values, "proxy.https.secret.name") or "")
        key = str(get(values, "proxy.https.secret.crt") or "tls.crt")
        if secret:
            yield _of_secret(cluster.get("Secret", secret), secret, key)


def of_acme(kept: list[Object], hosts: tuple[str, ...]) -> Iterator[Certificate]:
    """One for each host, so that a host without one shows."""
    there = [one for secret in kept for one in certificate.of_acme(_acme(secret))]
    for host in hosts:
        mine = [one.until for one in there if host in one.names]
        yield Certificate("autohttps", (host,), max(mine, default=None))


def _of_secret(secret: Object | None, where: str, key: str = "tls.crt") -> Certificate:
    text = base64.b64decode(((secret or {}).get("data") or {}).get(key, ""))
    one = certificate.of_pem(text)
    return Certificate(where, one.names, one.until) if one else Certificate(where)


def _acme(secret: Object) -> bytes:
    return base64.b64decode((secret.get("data") or {}).get(ACME, ""))

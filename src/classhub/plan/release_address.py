"""Where people find the hub when the objects of a release change, and the disks that come, go or grow."""

from classhub.config.traits.lookup import get
from classhub.plan.account import Account, Sentences, fields
from classhub.plan.consequence import About, Consequence
from classhub.plan.manifest import Manifest, annotation, items
from classhub.plan.objects import ObjectChange


def address(account: Account) -> Sentences:
    """Where people find the hub, and the certificate."""
    yield from account.tell(lambda one: one.kind == "Service" and one.component == "proxy-public", _public)
    yield from account.tell(lambda one: one.kind in ("Ingress", "HTTPRoute", "Gateway"), _way_in)
    yield from account.tell(
        lambda one: one.kind == "Secret" and "kubernetes.io/tls" in (one.old.get("type"), one.new.get("type")),
        _certificate,
    )


def _way_in(one: ObjectChange) -> Sentences:
    verb = {"create": "is made", "change": "changes", "delete": "is deleted"}[one.action]
    yield Consequence(About.ADDRESS, f"The way in through {one.title} {verb}{fields(one)}.")


def _certificate(one: ObjectChange) -> Sentences:
    verb = {"create": "is put in place", "change": "changes", "delete": "is taken away"}[one.action]
    yield Consequence(About.ADDRESS, f"The certificate of the address {verb} (Secret {one.name}).")


def _public(one: ObjectChange) -> Sentences:
    before, after = (str(get(each, "spec.type") or "ClusterIP") if each else "" for each in (one.old, one.new))
    if one.action == "create":
        yield Consequence(About.ADDRESS, f"A new public address comes ({after}).")
    elif one.action == "delete":
        yield Consequence(About.ADDRESS, "The public address is given back: nobody reaches the hub by it any more.")
    elif one.action == "change" and before != after:
        yield Consequence(About.ADDRESS, f"The public address is of another kind: {before} -> {after}; it will differ.")
    elif one.action == "change":
        yield Consequence(About.ADDRESS, f"The public address changes{fields(one)}.")
    https = [_is_https(each) for each in (one.old, one.new)]
    if one.action == "change" and https[0] != https[1]:
        how = "from now on" if https[1] else "no longer: names and passwords travel readable"
        yield Consequence(About.ADDRESS, f"The public address answers https {how}.")
    if "LoadBalancer" in (before, after) and before != after:
        verb = "comes and is paid" if after == "LoadBalancer" else "goes and is no longer paid"
        yield Consequence(About.COST, f"A load balancer {verb} for by the hour.")


def _is_https(service: Manifest) -> bool:
    return any(port.get("port") == 443 or port.get("name") == "https" for port in items(get(service, "spec.ports")))


def disks(account: Account) -> Sentences:
    """The claims of the release: the hub's, and what the college adds. Students' are none of them."""
    yield from account.tell(
        lambda one: one.kind == "PersistentVolumeClaim", lambda one: [Consequence(About.DISKS, _disk(one))]
    )


def _disk(one: ObjectChange) -> str:
    hubs = one.component == "hub"
    size, kind = (get(one.new or one.old, way) for way in ("spec.resources.requests.storage", "spec.storageClassName"))
    words = f"{size or 'of unknown size'}{f', class {kind}' if kind else ''}"
    if one.action == "create":
        what = "The hub gets a disk for its database" if hubs else f"A disk is made: claim {one.name}"
        return f"{what} ({words})."
    if one.action == "change":
        what = f"The hub's own disk (claim {one.name})" if hubs else f"Claim {one.name}"
        return (
            f"{what} changes{fields(one)}. Kubernetes makes disks larger at most, and only where their class allows it."
        )
    if annotation(one.old, "helm.sh/resource-policy") == "keep":
        return f"Claim {one.name} leaves the release; the disk and what is on it stay."
    if hubs:
        return (
            f"THE HUB'S DATABASE IS DELETED WITH ITS DISK (claim {one.name}, {words}): users, admins, tokens and "
            "whose servers run are forgotten. Students' disks stay."
        )
    return f"CLAIM {one.name} IS DELETED WITH ALL THAT IS ON IT ({words})."

"""What the objects of a release mean for people when they change: restarts, nodes, the address, disks."""

from collections.abc import Callable, Iterator, Sequence

from classhub.config.traits.lookup import get
from classhub.plan.changes import kept, some
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import short
from classhub.plan.manifest import Manifest, annotation, pulled
from classhub.plan.objects import ObjectChange
from classhub.plan.running import Running

NAMED = 6
"""Objects or fields that one sentence names."""
_RESTARTS = {
    "hub": "The hub restarts, about 20 s without logins and starts; running servers go on.",
    "proxy": "The proxy restarts and drops its connections; open notebooks reconnect by themselves.",
    "autohttps": "autohttps restarts: the address does not answer for some seconds; open notebooks reconnect by themselves.",
    "user-scheduler": "The user-scheduler restarts; servers that are about to start wait for it.",
    "user-placeholder": "The placeholders are made anew; running servers go on.",
}
_STARTS = {
    "autohttps": "autohttps starts: from now on it fetches the certificate, and all traffic goes through it.",
    "user-scheduler": "The user-scheduler starts: new servers are put on the fullest node with room.",
    "user-placeholder": "Placeholders start: they keep room for students who are still to come.",
}
_STOPS = {
    "hub": "THE HUB IS TAKEN AWAY: nobody can log in or start a server.",
    "proxy": "THE PROXY IS TAKEN AWAY: nobody reaches the hub or a server.",
    "autohttps": "autohttps stops: it fetches no certificate any more.",
    "user-scheduler": "The user-scheduler stops: Kubernetes itself chooses the nodes of new servers.",
    "user-placeholder": "The placeholders stop: no room is kept for students who are still to come.",
}
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Job", "CronJob")
_PULLERS = ("continuous-image-puller", "hook-image-puller")
Sentences = Iterator[Consequence]


class Account:
    """Which of the changed objects were spoken of; the rest is named at the end."""

    def __init__(self, objects: Sequence[ObjectChange]) -> None:
        self._changed = [one for one in objects if not one.only_labels]
        self._told: set[int] = set()

    def take(self, which: Callable[[ObjectChange], bool]) -> list[ObjectChange]:
        """Those that fit and were not spoken of."""
        found = [one for one in self.left if which(one)]
        self._told.update(map(id, found))
        return found

    @property
    def left(self) -> list[ObjectChange]:
        return [one for one in self._changed if id(one) not in self._told]


def renamed(account: Account) -> Sentences:
    """What goes under one name and comes under another, as with fullnameOverride. Disks and addresses do not come along."""
    pairs = []
    for gone in [one for one in account.left if one.action == "delete" and one.component and _is_nameless(one)]:
        same = [
            one
            for one in account.left
            if (one.kind, one.component, one.action) == (gone.kind, gone.component, "create") and not one.hook
        ]
        if len(same) == 1:
            pairs.append((gone, same[0]))
    account.take(lambda one: any(one in pair for pair in pairs))
    if pairs:
        pairs.sort(key=lambda pair: pair[0].kind not in _WORKLOADS)
        names = some([f"{gone.title} -> {come.name}" for gone, come in pairs], NAMED)
        what = "the old go and new ones are made, so hub and proxy stand still meanwhile"
        yield Consequence(About.RESTART, f"{len(pairs)} objects get other names ({names}): {what}.")


def _is_nameless(one: ObjectChange) -> bool:
    """Is the same under another name."""
    return one.kind != "PersistentVolumeClaim" and one.component != "proxy-public"


def parts(account: Account, running: Running) -> Sentences:
    """What restarts, starts or stops."""
    restarting: set[str] = set()
    for one in account.take(lambda one: one.kind in _WORKLOADS and one.component not in _PULLERS and not one.hook):
        if sentence := _part(one):
            yield Consequence(About.RESTART, sentence)
        if one.component == "hub" and one.restarts and one.action == "change" and running.servers:
            names = tuple(server.user for server in running.servers)
            yield Consequence(About.SERVERS, f"{kept(running, {})}.", names)
        restarting |= {one.component} if one.restarts else set()
    for _ in account.take(lambda one: one.kind == "Secret" and one.component == "singleuser"):
        yield Consequence(About.SERVERS, "Files in students' servers change; a server has them from its next start on.")
    # what a part that restarts reads
    account.take(lambda one: one.kind in ("ConfigMap", "Secret") and one.component in restarting)


def _part(one: ObjectChange) -> str:
    known = {"create": _STARTS, "change": _RESTARTS, "delete": _STOPS}[one.action]
    verb = {"create": "starts", "change": "restarts", "delete": "stops"}[one.action]
    if one.action != "change" or one.restarts:
        return known.get(one.component, f"{one.title} {verb}.")
    before, after = (get(each, "spec.replicas", 1) for each in (one.old, one.new))
    return f"{one.title} runs {after} times in place of {before}." if before != after else ""


def pullers(account: Account) -> Sentences:
    """The image puller of the release, and that which Helm runs before it changes anything."""
    for one in account.take(lambda one: one.component == _PULLERS[0] and one.kind == "DaemonSet"):
        if sentence := _continuous(one):
            yield Consequence(About.NODES, sentence)
    for one in account.take(lambda one: one.component == _PULLERS[1] and one.kind == "DaemonSet"):
        what = f"Before anything else every node pulls what it lacks of {_images(pulled(one.new))}"
        sentence = f"{what}, for some minutes if it is new; the hub runs on meanwhile."
        yield Consequence(About.NODES, sentence)
    hooks = [one.title for one in account.take(lambda one: bool(one.hook)) if one.component != "image-puller"]
    if hooks:
        yield Consequence(About.NODES, f"Helm runs {some(hooks, NAMED)} before or after it.")


def _continuous(one: ObjectChange) -> str:
    if one.action == "create":
        return f"From now on each node pulls {_images(pulled(one.new))} before the first server is put there."
    if one.action == "delete":
        return "New nodes pull the image no more before the first server is put there: that start takes minutes longer."
    if not one.restarts:
        return ""
    new = [image for image in pulled(one.new) if image not in pulled(one.old)]
    more = f"; each pulls {_images(new)}" if new else ""
    return f"The image puller rolls over the nodes{more}. No server is touched."


def _images(names: Sequence[str]) -> str:
    return some(names, 2) or "the images"


def address(account: Account) -> Sentences:
    """Where people find the hub, and the certificate."""
    for one in account.take(lambda one: one.kind == "Service" and one.component == "proxy-public"):
        yield from _public(one)
    for one in account.take(lambda one: one.kind in ("Ingress", "HTTPRoute", "Gateway")):
        verb = {"create": "is made", "change": "changes", "delete": "is deleted"}[one.action]
        yield Consequence(About.ADDRESS, f"The way in through {one.title} {verb}{fields(one)}.")
    for one in account.take(
        lambda one: one.kind == "Secret" and "kubernetes.io/tls" in (_type(one.old), _type(one.new))
    ):
        verb = {"create": "is put in place", "change": "changes", "delete": "is taken away"}[one.action]
        yield Consequence(About.ADDRESS, f"The certificate of the address {verb} (Secret {one.name}).")


def _type(manifest: Manifest) -> str:
    return str(manifest.get("type", ""))


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
    return any(port.get("port") == 443 or port.get("name") == "https" for port in get(service, "spec.ports") or ())


def fields(one: ObjectChange) -> str:
    """ " (spec.loadBalancerIP: 203.0.113.7 -> 203.0.113.8)"."""
    changed = [each.sentence for each in one.changes if each.where[:2] != ("metadata", "labels")]
    return f" ({some(changed, NAMED)})" if changed else ""


def disks(account: Account) -> Sentences:
    for one in account.take(lambda one: one.kind == "PersistentVolumeClaim"):
        yield Consequence(About.DISKS, _disk(one))


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


def placeholders(changed: Sequence[ObjectChange]) -> Sentences:
    """Where the values before are not known; else their sentence says it."""
    for one in changed:
        if one.kind == "StatefulSet" and one.component == "user-placeholder":
            before, after = (short(get(each, "spec.replicas", 0)) for each in (one.old, one.new))
            if before != after:
                what = "placeholders keep paid room for students who are still to come"
                yield Consequence(About.COST, f"Changes costs: {what} ({before} -> {after}).")


def others(account: Account) -> Sentences:
    """What nothing was said of, so that nobody believes it stays."""
    for action, verb in (("create", "Is made"), ("change", "Changes"), ("delete", "Is deleted")):
        if names := [one.title for one in account.left if one.action == action]:
            yield Consequence(About.SETTING, f"{verb} too: {some(names, NAMED)}.")

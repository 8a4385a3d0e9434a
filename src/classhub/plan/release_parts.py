"""What restarts, starts or stops when the objects of a release change, and what the nodes have to do for it."""

from collections.abc import Sequence

from classhub.config.traits.lookup import get
from classhub.plan.account import NAMED, Account, Sentences
from classhub.plan.changes import go_on, keep_settings, some
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import short
from classhub.plan.manifest import pulled
from classhub.plan.objects import ObjectChange
from classhub.plan.running import Running

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
_FIXED = "spec.loadBalancerIP"
_PULLERS = ("continuous-image-puller", "hook-image-puller")


def lost(account: Account) -> Sentences:
    """What somebody deleted of the release; Helm makes it again as it makes what is new."""
    yield from account.tell(lambda one: one.lost, _made_again)


def _made_again(one: ObjectChange) -> Sentences:
    about = About.RESTART if one.kind in _WORKLOADS else About.SETTING
    more = ""
    if one.kind == "PersistentVolumeClaim":
        about, more = About.DISKS, ", and is empty then"
    elif one.kind == "Service" and get(one.new, "spec.type") == "LoadBalancer" and not get(one.new, _FIXED):
        about, more = About.ADDRESS, ", and may get another address"
    yield Consequence(about, f"{one.title} was deleted by hand: it's made again{more}.")


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


def parts(account: Account, running: Running | None, keeps: bool = True) -> Sentences:
    """What restarts, starts or stops. keeps: something changes that a server takes at its start."""
    restarting = {one.component for one in account.left if one.restarts and one.component}
    yield from account.tell(
        lambda one: one.kind in _WORKLOADS and one.component not in _PULLERS and not one.hook,
        lambda one: _part(one, running, keeps),
    )
    yield from account.tell(lambda one: one.kind == "Secret" and one.component == "singleuser", _files)
    # what a part that restarts reads
    account.take(lambda one: one.kind in ("ConfigMap", "Secret") and one.component in restarting)


def _part(one: ObjectChange, running: Running | None, keeps: bool) -> Sentences:
    known = {"create": _STARTS, "change": _RESTARTS, "delete": _STOPS}[one.action]
    verb = {"create": "starts", "change": "restarts", "delete": "stops"}[one.action]
    if one.action != "change" or one.restarts:
        usual = known.get(one.component) if one.kind in ("Deployment", "StatefulSet") else None
        yield Consequence(About.RESTART, usual or f"{one.title} {verb}.")
    before, after = (get(each, "spec.replicas", 1) for each in (one.old, one.new))
    if one.action == "change" and before != after:
        yield Consequence(About.RESTART, f"{one.title} runs {after} times in place of {before}.")
    if one.component == "hub" and one.restarts and one.action == "change" and running and running.servers:
        names = tuple(server.user for server in running.servers)
        yield Consequence(About.SERVERS, f"{keep_settings(running) if keeps else go_on(running)}.", names)


def _files(_: ObjectChange) -> Sentences:
    yield Consequence(About.SERVERS, "Files in students' servers change; a server has them from its next start on.")


def pullers(account: Account) -> Sentences:
    """The image puller of the release, and that which Helm runs before it changes anything."""
    yield from account.tell(lambda one: one.component == _PULLERS[0] and one.kind == "DaemonSet", _continuous)
    yield from account.tell(lambda one: one.component == _PULLERS[1] and one.kind == "DaemonSet", _before)
    hooks = [one.title for one in account.take(lambda one: bool(one.hook)) if one.component != "image-puller"]
    if hooks:
        yield Consequence(About.NODES, f"Helm runs {some(hooks, NAMED)} before or after it.")


def _before(one: ObjectChange) -> Sentences:
    what = f"Before anything else every node pulls what it lacks of {_images(pulled(one.new))}"
    yield Consequence(About.NODES, f"{what}, for some minutes if it is new; the hub runs on meanwhile.")


def _continuous(one: ObjectChange) -> Sentences:
    if one.action == "create":
        what = f"From now on each node pulls {_images(pulled(one.new))} before the first server is put there."
        yield Consequence(About.NODES, what)
    elif one.action == "delete":
        what = "New nodes pull the image no more before the first server is put there: that start takes minutes longer."
        yield Consequence(About.NODES, what)
    elif one.restarts:
        new = [image for image in pulled(one.new) if image not in pulled(one.old)]
        more = f"; each pulls {_images(new)}" if new else ""
        yield Consequence(About.NODES, f"The image puller rolls over the nodes{more}. No server is touched.")


def _images(names: Sequence[str]) -> str:
    return some(names, 2) or "the images"


def placeholders(changed: Sequence[ObjectChange]) -> Sentences:
    """Where the values before are not known; else their sentence says it."""
    for one in changed:
        if one.kind == "StatefulSet" and one.component == "user-placeholder":
            before, after = (short(get(each, "spec.replicas", 0)) for each in (one.old, one.new))
            if before != after:
                what = "placeholders keep paid room for students who are still to come"
                yield Consequence(About.COST, f"Changes costs: {what} ({before} -> {after}).")

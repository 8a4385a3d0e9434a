"""Logs and events of a part or of a user's server, as long as the cluster remembers them."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError, NotFound, NotRunning
from classhub.outside.hub_api import HubApi
from classhub.plan.records import Kind, Record
from classhub.targets.cluster import happenings, lines, stories, whom
from classhub.targets.cluster.claims import is_home
from classhub.targets.cluster.inspection import look
from classhub.targets.cluster.labels import HUB, is_hubs, is_of, name, owner
from classhub.targets.cluster.whom import ThePart, TheServer

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Api = Callable[[], HubApi]

ACCESS = "JupyterHub log:"
"""Marks the lines of the hub's access log."""
HUB_S = 24 * 3600
"""How far back the hub's own lines about a user are looked through."""


def read(
    cluster: "Cluster", release: str, api: Api, *, who: str, kind: Kind, previous: bool, follow: bool
) -> Iterator[Record]:
    """Raises NotFound at once for a name that neither cluster nor hub knows."""
    found = find(cluster, release, api, who)
    if kind is Kind.EVENTS:
        return _events_to_come(cluster, release, api, found) if follow else _events(cluster, release, found)
    if follow and not previous:
        return lines.follow(cluster, lambda: _sources(cluster, release, _now(cluster, release, found)))
    return _log(cluster, release, found, previous)


def find(cluster: "Cluster", release: str, api: Api, who: str) -> ThePart | TheServer:
    """The hub is asked only for whom neither pods nor claims show."""
    seen = look(cluster, release)
    if not seen.workloads and not seen.pods:
        raise NotRunning(f"There is no release {release} in the namespace {cluster.namespace}.", fix="classhub deploy")
    if part := whom.the_part(who, seen.workloads, seen.pods):
        return part
    claims = [one for one in cluster.list("PersistentVolumeClaim") if owner(one)[0] and is_home(one, release)]
    model, why = _model(api, who)
    found = whom.the_server(who, seen.pods, claims, model)
    if found is None:
        raise whom.nobody(who, seen.workloads, (owner(one)[0] for one in (*seen.pods, *claims)), why)
    return found


def _model(api: Api, who: str) -> tuple[Mapping[str, Any] | None, str]:
    """The hub's own, or why there is none."""
    typed = who.partition("/")[0]
    try:
        with api() as hub:
            for name_ in dict.fromkeys((typed, hub.spelling(typed).name)):
                try:
                    return hub.user(name_, include_stopped=True), ""
                except NotFound:
                    continue
    except ClasshubError as error:
        return None, f"the hub itself cannot be asked: {error.what}"
    return None, ""


def _now(cluster: "Cluster", release: str, found: ThePart | TheServer) -> ThePart | TheServer:
    """The same with the pods of now."""
    pods = [pod for pod in cluster.list("Pod") if is_of(pod, release)]
    if isinstance(found, ThePart):
        return whom.the_part(found.who, [found.workload], pods) or found
    model = {"name": found.user, "servers": {found.server: {"state": {"pod_name": found.pod_name}}}}
    return whom.the_server(found.who, pods, found.claims, model) or found


def _sources(cluster: "Cluster", release: str, found: ThePart | TheServer) -> list[lines.Source]:
    own = [source for pod in found.pods for source in lines.containers(pod, found.who)]
    if isinstance(found, ThePart):
        return own
    hub = [pod for pod in cluster.list("Pod") if is_hubs(pod, release)]
    mine = lines.about(found.user)
    said = [
        one
        for pod in hub
        for one in lines.containers(pod, HUB, mark="hub: ", wanted=mine, since_s=HUB_S)
        if one.container == HUB or len(pod["spec"]["containers"]) == 1
    ]
    return own + said


def _log(cluster: "Cluster", release: str, found: ThePart | TheServer, previous: bool) -> Iterator[Record]:
    """Of what is gone, the cluster keeps no log: then its events stand in."""
    if not found.pods:
        yield from (happenings.record(one, found.who) for one in _known_events(cluster, found))
    yield from lines.read(cluster, _sources(cluster, release, found), previous=previous)


def _events(cluster: "Cluster", release: str, found: ThePart | TheServer) -> Iterator[Record]:
    """The last one is how it stands now: the plain cause above a log."""
    known = _known_events(cluster, found)
    yield from (happenings.record(one, found.who) for one in known)
    if isinstance(found, ThePart):
        story = stories.of_part(found, known)
    else:
        story = stories.of_server(found, known, _last_said(cluster, release, found) if not found.pods else "")
    yield Record(story, time.time(), found.who)


def _last_said(cluster: "Cluster", release: str, found: TheServer) -> str:
    """What the hub did, not who asked it for what."""
    last = ""
    for record in lines.read(cluster, _sources(cluster, release, found)):
        if ACCESS not in record.text:
            last = record.text.removeprefix("hub: ")
    return last


def _known_events(cluster: "Cluster", found: ThePart | TheServer) -> list[Object]:
    if isinstance(found, TheServer):
        wanted = sorted({name(pod) for pod in found.pods} | {name(claim) for claim in found.claims} | {found.pod_name})
        asked = (cluster.list("Event", fields=f"involvedObject.name={one}") for one in wanted if one)
        return happenings.ordered(event for events in asked for event in events)
    everything = list(cluster.list("Event"))
    names = _names(cluster, found)
    about = [event for event in everything if happenings.about(event)[1] in names]
    gone = happenings.pods_named(about)
    return happenings.ordered(event for event in everything if happenings.about(event)[1] in names | gone)


def _names(cluster: "Cluster", found: ThePart) -> set[str]:
    """The workload, what it owns, and its pods."""
    uid = found.workload["metadata"].get("uid")
    sets = [] if found.workload["kind"] != "Deployment" else list(cluster.list("ReplicaSet"))
    owned = {name(one) for one in sets if uid in [mark["uid"] for mark in one["metadata"].get("ownerReferences") or ()]}
    return {name(found.workload)} | owned | {name(pod) for pod in found.pods}


def _events_to_come(cluster: "Cluster", release: str, api: Api, found: ThePart | TheServer) -> Iterator[Record]:
    """Those of pods that are made later too: each name that nobody knew is looked up once, all at a time."""
    known = _known_events(cluster, found)
    yield from (happenings.record(one, found.who) for one in known)
    told = {one["metadata"]["uid"]: happenings.times_of(one) for one in known}
    names, strange, looked = _mine(cluster, found), set[str](), 0.0
    while True:
        for change, event in cluster.watch("Event"):
            _, about = happenings.about(event)
            uid, times = event["metadata"]["uid"], happenings.times_of(event)
            if change == "DELETED" or told.get(uid) == times:
                continue
            if about not in names and about not in strange:
                time.sleep(max(0.0, looked + 1 - time.monotonic()))
                looked = time.monotonic()
                names |= _mine(cluster, _now(cluster, release, found))
                strange |= {about} | {name(pod) for pod in cluster.list("Pod")} - names
            if about in names:
                told[uid] = times
                yield happenings.record(event, found.who)


def _mine(cluster: "Cluster", found: ThePart | TheServer) -> set[str]:
    if isinstance(found, ThePart):
        return _names(cluster, found)
    own = {name(pod) for pod in found.pods} | {name(claim) for claim in found.claims}
    return own | ({found.pod_name} if found.pod_name else set())

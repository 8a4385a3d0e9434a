"""Look at everything of a release at once: each kind of object is listed once, and the hub asked for its users."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from classhub.errors import ClasshubError
from classhub.outside.helm import Release
from classhub.outside.hub_api import HubApi
from classhub.outside.kubernetes import Forbidden
from classhub.plan.overview import Certificate, Node, Overview, PodLine, Service, Warned
from classhub.plan.running import State
from classhub.targets.cluster import address, certificates, claims, happenings, inspection, parts, room
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.inspection import Seen
from classhub.targets.cluster.labels import SERVER, component, is_of, name, owner
from classhub.targets.cluster.troubles import is_ready, trouble

Object = Mapping[str, Any]

RECENT_S = 3600
"""As long as Kubernetes keeps events."""
SHOWN = 12


def overview(at: Connection, api: Callable[[], HubApi], release: Release) -> Overview:
    """Never fails for what our account may not see: `missing` says what, and which right it takes."""
    missing: list[str] = []
    before = at.cluster.requests
    values = at.helm.values(at.release, release.revision)
    version = inspection.chart_version(release)
    merged = inspection.over_chart(values, version)
    pods, everything = _pods(at, missing)
    mine = [pod for pod in pods if _namespace(pod, at) and is_of(pod, at.release)]
    seen = inspection.look(at.cluster, at.release, mine)
    running = inspection.running(seen, release, values)
    kept = list(at.cluster.list("PersistentVolumeClaim"))
    users = _users(api, missing) if running.state is not State.STOPPED else None
    return Overview(
        running=running,
        place=at.place,
        chart=version,
        services=tuple(services(seen.services)),
        pods=tuple(pod_lines(seen)),
        nodes=_nodes(at, pods, merged, everything, missing),
        homes=claims.homes(kept, [pod for pod in pods if _namespace(pod, at)], users, at.release),
        certificates=_certificates(at, merged, missing),
        warnings=_warnings(at, seen, kept, missing),
        missing=tuple(missing),
        requests=at.cluster.requests - before,
    )


def services(found: Iterable[Object]) -> Iterator[Service]:
    for one in sorted(found, key=name):
        spec = one["spec"]
        ports = ", ".join(str(port["port"]) for port in spec.get("ports") or ())
        inner = "" if spec.get("clusterIP") in (None, "None") else f"{spec['clusterIP']}:{ports}"
        public = address.published(one)
        if spec.get("type") == "LoadBalancer" and not public:
            public = address.WAITS
        yield Service(component(one), name(one), str(spec.get("type") or "ClusterIP"), inner, public)


def pod_lines(seen: Seen) -> Iterator[PodLine]:
    """By node, parts first."""
    lines = [_pod_line(pod) for pod in seen.pods]
    students = {name(pod) for pod in seen.pods if component(pod) == SERVER}
    yield from sorted(lines, key=lambda line: (line.node, line.name in students, line.what))


def _pod_line(pod: Object) -> PodLine:
    status = pod.get("status") or {}
    user, server = owner(pod)
    restarts = sum(one.get("restartCount", 0) for one in status.get("containerStatuses") or ())
    return PodLine(
        name=name(pod),
        what=(f"{user}/{server}" if server else user) or component(pod) or name(pod),
        node=str((pod.get("spec") or {}).get("nodeName") or ""),
        state=_state(pod),
        since=parts.seconds(status.get("startTime")),
        restarts=restarts,
        reason=trouble(pod),
    )


def _state(pod: Object) -> str:
    phase = (pod.get("status") or {}).get("phase")
    if pod["metadata"].get("deletionTimestamp"):
        return "ending"
    if phase in ("Succeeded", "Failed"):
        return "ended" if phase == "Succeeded" else "failed"
    if is_ready(pod):
        return "running"
    return "failing" if trouble(pod) else "starting"


def warned(events: Iterable[Object], whose: Mapping[tuple[str, str], str], now: float) -> Iterator[Warned]:
    """The newest first; what is said several times of the same is said once."""
    told: set[tuple[str, str]] = set()
    for event in reversed(happenings.ordered(events)):
        when = happenings.when(event)
        if when is None or now - when > RECENT_S:
            continue
        kind, called = happenings.about(event)
        about = whose.get((kind, called)) or called
        text = happenings.sentence(event)
        if (about, text) not in told:
            told.add((about, text))
            yield Warned(about, text, when, happenings.times_of(event))


def owners(seen: Seen, kept: Iterable[Object]) -> dict[tuple[str, str], str]:
    """Whom an event is about, by kind and name of its object."""
    found = {("Pod", name(pod)): _pod_line(pod).what for pod in seen.pods}
    found |= {("PersistentVolumeClaim", name(claim)): owner(claim)[0] for claim in kept if owner(claim)[0]}
    return found | {(str(one["kind"]), name(one)): component(one) for one in seen.workloads}


def _warnings(at: Connection, seen: Seen, kept: Sequence[Object], missing: list[str]) -> tuple[Warned, ...]:
    try:
        events = list(at.cluster.list("Event", fields="type=Warning"))
    except Forbidden as error:
        missing.append(f"Warnings are left out: {error.what}")
        return ()
    return tuple(warned(events, owners(seen, kept), time.time()))[:SHOWN]


def _pods(at: Connection, missing: list[str]) -> tuple[list[Object], bool]:
    """Of all namespaces, as they share the nodes; else the hub's own, and False."""
    try:
        return list(at.cluster.list("Pod", everywhere=True)), True
    except Forbidden as error:
        missing.append(f"Room on the nodes is left out: {error.what}")
        return list(at.cluster.list("Pod")), False


def _namespace(pod: Object, at: Connection) -> bool:
    return bool(pod["metadata"].get("namespace", at.cluster.namespace) == at.cluster.namespace)


def _nodes(
    at: Connection, pods: Sequence[Object], values: Mapping[str, Any], everything: bool, missing: list[str]
) -> tuple[Node, ...]:
    try:
        return room.nodes(at.cluster.list("Node"), pods, values, at.release, everything=everything)
    except Forbidden as error:
        missing.append(f"Nodes are left out: {error.what}")
        return ()


def _certificates(at: Connection, values: Mapping[str, Any], missing: list[str]) -> tuple[Certificate, ...]:
    try:
        return tuple(certificates.found(at.cluster, at.release, values))
    except Forbidden as error:
        missing.append(f"The certificate is left out: {error.what}")
        return ()


def _users(api: Callable[[], HubApi], missing: list[str]) -> list[dict[str, Any]] | None:
    try:
        with api() as hub:
            return hub.users(include_stopped=True)
    except ClasshubError as error:
        missing.append(
            f"Whose owner is gone cannot be told: {error.what} {error.fix and f'Next: `{error.fix}`.'}".rstrip()
        )
        return None

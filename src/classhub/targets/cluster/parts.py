"""The parts of a release as they are now: hub, proxy and what else the chart runs. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any

from classhub.plan.running import Part, Server, State
from classhub.targets.cluster.labels import HUB, PROXY, SERVER, component, owner
from classhub.targets.cluster.troubles import is_ready, trouble

Object = Mapping[str, Any]

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def parts(workloads: Iterable[Object], pods: Sequence[Object]) -> tuple[Part, ...]:
    """Hub and proxy first, then by name. workloads: the release's; pods: all of the namespace."""
    found = [_part(one, [pod for pod in pods if belongs(pod, one)]) for one in workloads if component(one)]
    order = {HUB: 0, PROXY: 1}
    return tuple(sorted(found, key=lambda part: (order.get(part.name, 2), part.name)))


def state(found: Iterable[Part]) -> State:
    """Of the hub as a whole: hub and proxy decide."""
    states = {part.name: part.state for part in found if part.name in (HUB, PROXY)}
    if states.get(HUB, State.STOPPED) is State.STOPPED:
        return State.STOPPED
    if State.FAILING in states.values():
        return State.FAILING
    return State.RUNNING if set(states.values()) == {State.RUNNING} and PROXY in states else State.STARTING


def servers(pods: Iterable[Object]) -> tuple[Server, ...]:
    """Students' servers, by user; those that are on their way out are none."""
    found = [
        Server(*owner(pod), ready=is_ready(pod), since=seconds((pod.get("status") or {}).get("startTime")))
        for pod in pods
        if component(pod) == SERVER and owner(pod)[0] and is_alive(pod)
    ]
    return tuple(sorted(found, key=lambda server: (server.user, server.name)))


def is_over(pod: Object) -> bool:
    """No process of it runs any more; an evicted pod stays listed so for weeks."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def is_alive(pod: Object) -> bool:
    return not is_over(pod) and not pod["metadata"].get("deletionTimestamp")


def wanted(workload: Object) -> int:
    """Pods that it is to have; of a DaemonSet one on each node that is meant for it."""
    if workload["kind"] == "DaemonSet":
        return int((workload.get("status") or {}).get("desiredNumberScheduled", 0))
    replicas = (workload.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def is_settled(workload: Object) -> bool:
    """Every pod is there, ready, and of the newest template (kubectl rollout status asks the same)."""
    status = workload.get("status") or {}
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return False
    ready, updated = ("numberReady", "updatedNumberScheduled")
    if workload["kind"] != "DaemonSet":
        ready, updated = ("readyReplicas", "updatedReplicas")
        if status.get("replicas", 0) > wanted(workload):
            return False
    if _is_on_delete(workload):
        updated = ready
    return bool(status.get(ready, 0) >= wanted(workload) and status.get(updated, 0) >= wanted(workload))


def _is_on_delete(workload: Object) -> bool:
    return ((workload["spec"].get("updateStrategy") or {}).get("type")) == "OnDelete"


def _part(workload: Object, pods: Sequence[Object]) -> Part:
    alive = [pod for pod in pods if is_alive(pod)]
    restarts = sum(status.get("restartCount", 0) for pod in alive for status in _containers(pod))
    oldest = min(alive, key=lambda pod: _began(pod) or inf, default={})
    found = _state(workload, reason := _why(workload, pods, alive))
    reason = reason if found is State.FAILING else ""
    return Part(component(workload), found, None, _began(oldest), restarts, reason, uid(oldest))


def _why(workload: Object, pods: Sequence[Object], alive: Sequence[Object]) -> str:
    """An evicted pod stays listed for weeks: how it ended says something only where no other took its place."""
    wrong = "; ".join(dict.fromkeys(filter(None, map(trouble, alive)))) or _stuck(workload)
    if wrong or alive:
        return wrong
    ended = [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    return trouble(max(ended, key=lambda pod: _began(pod) or 0.0)) if ended else ""


def _began(pod: Object) -> float | None:
    return seconds((pod.get("status") or {}).get("startTime"))


def uid(obj: Object) -> str:
    return str((obj.get("metadata") or {}).get("uid") or "")


def _state(workload: Object, reason: str) -> State:
    if wanted(workload) == 0:
        return State.STOPPED
    if is_settled(workload):
        return State.RUNNING
    return State.FAILING if reason else State.STARTING


def _stuck(workload: Object) -> str:
    """Pods that could not even be made: a quota, an admission webhook, a missing service account."""
    for condition in (workload.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return f"its pods may not be made: {str(condition.get('message', '')).rstrip('.')}"
    return ""


def _containers(pod: Object) -> Iterator[Object]:
    yield from (pod.get("status") or {}).get("containerStatuses") or ()


def belongs(pod: Object, workload: Object) -> bool:
    """By the workload's own selector: labels of parts and students' pods overlap."""
    wanted_labels = ((workload.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    have = pod["metadata"].get("labels") or {}
    return bool(wanted_labels) and all(have.get(key) == value for key, value in wanted_labels.items())


def seconds(timestamp: str | None) -> float | None:
    """Kubernetes' RFC 3339 time in seconds since the epoch."""
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else None


def named(workloads: Iterable[Object], part: str) -> Object | None:
    return next((one for one in workloads if component(one) == part), None)

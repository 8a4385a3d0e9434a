"""Wait until every part of a release runs, telling in words what happens meanwhile."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError, OutsideFailed
from classhub.plan.running import Part, State
from classhub.targets.cluster import parts
from classhub.targets.cluster.inspection import Seen, look
from classhub.targets.cluster.labels import HUB, PROXY, component, name
from classhub.targets.cluster.troubles import trouble
from classhub.targets.cluster.watching import Watcher

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

HOPE_S = 45
"""A trouble that lasts so long is a failure: an image that is pulled again, a disk that is detached take less."""
CRASHES = 3
ESSENTIAL = (HUB, PROXY, "autohttps")
"""Without these nobody gets in; a placeholder that finds no node is no failed deploy."""
LAST_LINES = 15
AWAY_S = 60
"""An API server's own restart, or its upgrade."""


def until_settled(
    cluster: "Cluster",
    release: str,
    tell: Tell,
    *,
    timeout_s: float,
    hope_s: float = HOPE_S,
    essential: Sequence[str] = ESSENTIAL,
) -> Seen:
    """essential: the parts to wait for. Raises OutsideFailed with the failing pod's own last lines."""
    deadline, troubled = time.monotonic() + timeout_s, dict[str, float]()
    told, watcher = set[str](), Watcher(cluster)
    while True:
        seen = _look(cluster, release, tell)
        found = [_not_to_rest(part) for part in _all(seen, essential)]
        late = [part for part in found if part.state not in (State.RUNNING, State.STOPPED)]
        missing = [part for part in late if part.name in essential]
        if not missing:
            _tell_rest(late, tell)
            return seen
        _progress(missing, told, tell)
        for sentence in watcher.news(_pods_of(missing, seen)):
            tell(sentence)
        now = time.monotonic()
        troubled = {part.name: troubled.get(part.name, now) for part in missing if part.state is State.FAILING}
        lost = [part for part in missing if part.name in troubled and _is_lost(part, now - troubled[part.name], hope_s)]
        if lost or now > deadline:
            raise failure(cluster, seen, (lost or missing)[0], timeout_s)
        time.sleep(1)


def _is_lost(part: Part, failing_s: float, hope_s: float) -> bool:
    """What ended so often of its own will not mend itself, while an image may still come."""
    return failing_s > hope_s or part.restarts >= CRASHES


def _look(cluster: "Cluster", release: str, tell: Tell) -> Seen:
    """An API server that restarts is no failure of the release."""
    try:
        return look(cluster, release)
    except OutsideFailed:
        until_it_answers(cluster, tell, AWAY_S)
        return look(cluster, release)


def until_it_answers(cluster: "Cluster", tell: Tell, longest_s: float) -> None:
    """Returns when the API server answers, or nobody need wait any more."""
    deadline, said = time.monotonic() + longest_s, False
    while time.monotonic() < deadline:
        try:
            cluster.version()
            return
        except OutsideFailed as error:
            if not said:
                tell(f"{error.what} Waiting for it.")
                said = True
        except ClasshubError:
            return
        time.sleep(2)


def _all(seen: Seen, essential: Sequence[str]) -> list[Part]:
    """Hub and proxy are in every chart: one whose workload somebody deleted is a part that fails, not one less to wait for."""
    found = list(parts.parts(seen.workloads, seen.pods))
    gone = {HUB, PROXY} & set(essential) - {part.name for part in found}
    return [
        *(Part(one, State.FAILING, reason="it was deleted: its Deployment is not there") for one in sorted(gone)),
        *found,
    ]


def _not_to_rest(part: Part) -> Part:
    """Of a chart hub and proxy have one pod each, never none."""
    if part.name in (HUB, PROXY) and part.state is State.STOPPED:
        return replace(part, state=State.FAILING, reason="it is scaled to no pod at all")
    return part


def failure(cluster: "Cluster", seen: Seen, part: Part, timeout_s: float) -> OutsideFailed:
    """With the last lines of the pod that fails, where it said anything."""
    why = part.reason or f"it was not ready within {timeout_s:g} s"
    lines = last_lines(cluster, seen, part.name)
    said = "\n  ".join(("; its last lines:", *lines)) if lines else ""
    return OutsideFailed(f"The {part.name} does not come up.", f"{why}{said}", f"classhub logs {part.name}")


def _pods_of(late: Sequence[Part], seen: Seen) -> list[Object]:
    names = {part.name for part in late}
    workloads = [one for one in seen.workloads if component(one) in names]
    return [pod for pod in seen.pods if any(parts.belongs(pod, one) for one in workloads)]


def last_lines(cluster: "Cluster", seen: Seen, part: str) -> Sequence[str]:
    """Of the run before if the container starts again and again, else of this one."""
    workload = parts.named(seen.workloads, part)
    pods = [pod for pod in seen.pods if workload is not None and parts.belongs(pod, workload)]
    for pod in sorted(pods, key=lambda one: (not parts.is_alive(one), not trouble(one))):
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            lines = _lines(cluster, name(pod), container)
            if lines:
                return lines
    return ()


def _lines(cluster: "Cluster", pod: str, container: Object) -> list[str]:
    for previous in (True, False) if container.get("restartCount") else (False,):
        try:
            lines = list(cluster.logs(pod, container["name"], previous=previous, tail=LAST_LINES))
        except ClasshubError:
            continue  # it never ran, or its log is gone: the reason alone must do
        if lines:
            return lines
    return []


def _progress(late: Sequence[Part], told: set[str], tell: Tell) -> None:
    for part in late:
        sentence = f"The {part.name} is starting{f': {part.reason}' if part.reason else ''}."
        if sentence not in told:
            told.add(sentence)
            tell(sentence)


def _tell_rest(late: Sequence[Part], tell: Tell) -> None:
    for part in late:
        tell(f"The {part.name} is not ready yet{f': {part.reason}' if part.reason else ''}; nobody has to wait for it.")

"""Tell what happens in the cluster while Helm works or parts come up: image pulls, nodes, disks, pods that wait, hooks."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError
from classhub.targets.cluster import happenings
from classhub.targets.cluster.labels import SERVER, component, is_of, name
from classhub.targets.cluster.parts import is_alive
from classhub.targets.cluster.troubles import is_ready, trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

EVERY_S = 3.0
TAKES_S = 10.0
"""A pull that is done sooner is not worth a word; nor is any other step."""
STEPS = {
    "WaitForFirstConsumer": "its disk is being made",
    "ExternalProvisioning": "its disk is being made",
    "Provisioning": "its disk is being made",
    "Scheduled": "it has a place on the node {node}, which prepares its disks and network",
    "SuccessfulAttachVolume": "its disk is attached, and is being mounted",
    "Pulling": "its node pulls the image {quoted}",
    "Started": "its container runs, but does not answer yet",
}
"""By the reason of the event that began it, in the order of a start: what goes on as long as no other event follows."""
AT_ONCE = (
    *("TriggeredScaleUp", "NotTriggerScaleUp", "FailedAttachVolume", "FailedMount", "FailedCreatePodSandBox"),
    *("ProvisioningFailed", "FailedBinding"),
)
"""Reasons that are told however young they are."""


@contextmanager
def told(cluster: "Cluster", release: str, tell: Tell) -> Iterator[None]:
    """In a thread of its own until the block ends. What it cannot see it does not tell: nothing depends on it."""
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(cluster, release, tell, over), name="watching", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(EVERY_S)


def _watch(cluster: "Cluster", release: str, tell: Tell, over: threading.Event) -> None:
    said: set[str] = set()
    while not over.wait(EVERY_S):
        try:
            now = datetime.now(UTC).timestamp()
            pods = [one for one in cluster.list("Pod") if is_of(one, release)]
            found = list(sentences(pods, list(cluster.list("Event")), now))
        except ClasshubError:
            continue
        for sentence in found:
            if sentence not in said and not over.is_set():
                said.add(sentence)
                tell(sentence)


def sentences(pods: list[Object], events: list[Object], now: float) -> Iterator[str]:
    """What of the release is not going on by itself just now. Pure. Students' servers are left out."""
    for pod in pods:
        if component(pod) == SERVER or not is_alive(pod):
            continue
        who = f"The {component(pod) or name(pod)}"
        if wrong := trouble(pod):
            yield f"{who} waits: {wrong}."
        elif (doing := _doing(pod, events, now)) and not is_ready(pod):
            yield f"{who} waits: {doing}."


class Watcher:
    """For who looks at the pods of some parts now and then: what to say of them that was not said before."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster
        self._asked = time.monotonic()
        self._said: set[str] = set()

    def news(self, pods: Iterable[Object]) -> list[str]:
        """Events are asked for each EVERY_S, of pods that are not ready alone; troubles are left to who asks."""
        if time.monotonic() - self._asked < EVERY_S:
            return []
        self._asked = time.monotonic()
        late = [pod for pod in pods if is_alive(pod) and not is_ready(pod) and not trouble(pod)]
        try:
            events = list(self._cluster.list("Event")) if late else []
        except ClasshubError:
            return []
        now = datetime.now(UTC).timestamp()
        found = [one for one in dict.fromkeys(sentences(late, events, now)) if one not in self._said]
        self._said.update(found)
        return found


def _doing(pod: Object, events: list[Object], now: float) -> str:
    """What the newest event of the pod, or of a claim that it mounts, says is going on for a while; empty if nothing."""
    claims = {
        (volume.get("persistentVolumeClaim") or {}).get("claimName")
        for volume in (pod.get("spec") or {}).get("volumes") or ()
    }
    uid = pod["metadata"].get("uid")
    mine = [one for one in events if _is_of_pod(one, uid, claims)]
    if not mine:
        return ""
    newest = max(mine, key=_order)
    reason = newest.get("reason")
    if reason in AT_ONCE:
        told = happenings.sentence(newest)
        return f"{told[:1].lower()}{told[1:].rstrip('.')}"
    if reason not in STEPS or now - (happenings.when(newest) or now) < TAKES_S:
        return ""
    return happenings.filled(STEPS[reason], newest)


def _order(event: Object) -> tuple[int, int]:
    """Some of them tell whole seconds alone: of one second they are put in the order in which a start goes."""
    steps = [*STEPS]
    reason = event.get("reason")
    return int(happenings.when(event) or 0), steps.index(reason) if reason in steps else len(steps)


def _is_of_pod(event: Object, uid: str | None, claims: Collection[str | None]) -> bool:
    about = event.get("involvedObject") or {}
    if about.get("kind") == "PersistentVolumeClaim":
        return about.get("name") in claims
    return uid is not None and about.get("uid") == uid

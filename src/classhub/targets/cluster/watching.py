"""Tell what happens in the cluster while Helm works and says nothing: image pulls, pods that wait, hooks."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError
from classhub.targets.cluster.labels import SERVER, component, is_of, name
from classhub.targets.cluster.parts import is_alive, seconds
from classhub.targets.cluster.troubles import trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

EVERY_S = 3.0
TAKES_S = 10.0
"""A pull that is done sooner is not worth a word."""


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
        elif image := _pulled(pod, events, now):
            yield f"{who} waits: its node pulls the image {image}."


def _pulled(pod: Object, events: list[Object], now: float) -> str:
    """The image that the pod's node has been pulling for a while; empty if none."""
    mine = [one for one in events if (one.get("involvedObject") or {}).get("uid") == pod["metadata"].get("uid")]
    mine.sort(key=_when)
    newest = mine[-1] if mine else {}
    if newest.get("reason") != "Pulling" or now - _when(newest) < TAKES_S:
        return ""
    return str(newest.get("message", "")).partition('"')[2].rstrip('"')


def _when(event: Object) -> float:
    return seconds(event.get("lastTimestamp") or event.get("eventTime")) or 0.0

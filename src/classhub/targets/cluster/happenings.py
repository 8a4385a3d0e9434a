"""What happened to a pod or a claim: Kubernetes' events told to somebody who knows no kubectl. Pure.

Reasons are those of kubelet, scheduler, controllers and the cluster autoscaler. One that has no sentence here keeps its own
words.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from classhub.plan.records import Record
from classhub.targets.cluster.parts import seconds
from classhub.targets.cluster.troubles import image_cause, unschedulable

Object = Mapping[str, Any]

WORDS = {
    "Scheduled": "It got a place on the node {node}.",
    "Pulling": "The node brings its image {quoted}.",
    "Pulled": "Its image is on the node.",
    "Created": "Its container was made.",
    "Started": "Its container started.",
    "Killing": "Its container is being stopped.",
    "BackOff": "It ended, and is started again after a pause.",
    "Preempted": "It made room for a student's server.",
    "Evicted": "Its node ended it: {message}",
    "NodeNotReady": "Its node does not answer.",
    "TaintManagerEviction": "Its node is gone or does not answer, so it is ended.",
    "TriggeredScaleUp": "A new node is being added for it.",
    "NotTriggerScaleUp": "No new node is added for it: {message}",
    "SuccessfulAttachVolume": "Its disk is attached to the node.",
    "FailedAttachVolume": "Its disk cannot be attached to the node: {message}",
    "FailedMount": "Its disk or a file of it cannot be mounted: {message}",
    "FailedCreatePodSandBox": "The node cannot make it: {message}",
    "FailedPreStopHook": "What should run before its end failed.",
    "SystemOOM": "The node ran out of memory.",
    "OOMKilling": "A program was killed: out of memory.",
    "WaitForFirstConsumer": "The disk is made when a server first needs it.",
    "ExternalProvisioning": "The disk is being made.",
    "Provisioning": "The disk is being made.",
    "ProvisioningSucceeded": "The disk was made.",
    "ProvisioningFailed": "The disk cannot be made: {message}",
    "FailedBinding": "No disk fits the claim: {message}",
    "VolumeResizeSuccessful": "The disk was made larger.",
    "FailedCreate": "Its pod may not be made: {message}",
    "FailedKillPod": "The node cannot end it: {message}",
    "ProgressDeadlineExceeded": "It did not come up in time.",
}
_QUOTED = re.compile(r'"([^"]+)"')
_NODE = re.compile(r"assigned \S+ to (\S+)")
_MADE = re.compile(r"(?:Created|Deleted) pod: (\S+)")


def record(event: Object, source: str) -> Record:
    times = times_of(event)
    often = f" ({times} times)" if times > 1 else ""
    return Record(f"{sentence(event)}{often}", when(event), source)


def sentence(event: Object) -> str:
    reason, message = str(event.get("reason") or ""), str(event.get("message") or "").strip()
    if reason == "FailedScheduling":
        return f"It waits: {unschedulable(message)}."
    if reason == "Unhealthy":
        return f"It does not answer its probe: {_end(message)}"
    if reason in ("Failed", "InspectFailed", "ErrImageNeverPull") or (
        reason == "BackOff" and "pulling image" in message
    ):
        return _failed(message)
    known = WORDS.get(reason)
    if known is None:
        return _end(message or reason)
    return filled(known, event)


def filled(words: str, event: Object) -> str:
    """words: with {message}, {quoted} (what stands in quotes there) or {node} of the event's own."""
    message = str(event.get("message") or "").strip()
    quoted, node = _QUOTED.search(message), _NODE.search(message)
    return words.format(
        message=_end(message), quoted=quoted[1] if quoted else "", node=node[1] if node else "that it was given"
    )


def _failed(message: str) -> str:
    if "image" in message:
        quoted = _QUOTED.search(message)
        return f"Its image{f' {quoted[1]}' if quoted else ''} cannot be pulled: {image_cause(message)}."
    return _end(message)


def _end(message: str) -> str:
    """On one line, with a full stop."""
    line = " ".join(message.split())[:400].rstrip(".")
    return f"{line}." if line else ""


def when(event: Object) -> float | None:
    """Of the last time."""
    series = event.get("series") or {}
    given = (
        *(series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime")),
        *(event.get("firstTimestamp"), event["metadata"].get("creationTimestamp")),
    )
    return seconds(next(filter(None, given), None))


def times_of(event: Object) -> int:
    return int((event.get("series") or {}).get("count") or event.get("count") or 1)


def about(event: Object) -> tuple[str, str]:
    """Kind and name of the object that it happened to."""
    concerned = event.get("involvedObject") or {}
    return str(concerned.get("kind", "")), str(concerned.get("name", ""))


def is_warning(event: Object) -> bool:
    return event.get("type") == "Warning"


def ordered(events: Iterable[Object]) -> list[Object]:
    """Oldest first."""
    return sorted(events, key=lambda event: when(event) or 0.0)


def pods_named(events: Iterable[Object]) -> set[str]:
    """The pods that a controller says it made or deleted: those that are gone have no labels any more."""
    found = (_MADE.search(str(event.get("message") or "")) for event in events)
    return {match[1] for match in found if match}

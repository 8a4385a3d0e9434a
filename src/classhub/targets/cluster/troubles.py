"""Why a pod does not run, in words: what Kubernetes writes in a pod's status, told to somebody who knows no kubectl.

Pure. Reasons are the kubelet's and the scheduler's own (kubernetes: pkg/kubelet/images, container, scheduler).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]

HOPELESS_REASONS = {
    "ErrImageNeverPull": "its image {image} is not on the node, and may not be pulled there",
    "InvalidImageName": "{image} is not a name of an image",
    "CreateContainerConfigError": "a setting of its container is wrong: {message}",
    "CreateContainerError": "its container cannot be made: {message}",
    "RunContainerError": "its container cannot be started: {message}",
}
IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff")
ALONE_RESTARTS = 2
"""Restarts after which a container that ends by itself is called failing: one may be a dependency that was late."""
_MEMORY = re.compile(r"Insufficient (memory|cpu|pods|ephemeral-storage)")
_QUOTED = re.compile(r"(?:back-off pulling image|failed to pull(?: and unpack)? image) \"[^\"]*\":?\s*", re.IGNORECASE)


def trouble(pod: Object) -> str:
    """A clause like "its image gcr.io/college-cs/jserver:1 cannot be pulled: not found"; empty while nothing is amiss."""
    return next(_troubles(pod), "")


def _troubles(pod: Object) -> Iterator[str]:
    status = pod.get("status") or {}
    if status.get("phase") == "Failed" and status.get("reason"):
        yield f"it was ended by its node ({status['reason']}: {status.get('message', '').rstrip('.')})"
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable":
            yield unschedulable(str(condition.get("message", "")))
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if found := _of_container(container):
            yield found


def _of_container(container: Object) -> str:
    if container.get("ready"):
        return ""  # however often it ended before, it is well now
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = str(waiting.get("reason", "")), str(waiting.get("message", "")).strip()
    image = container.get("image", "")
    if reason in IMAGE_REASONS:
        return f"its image {image} cannot be pulled: {image_cause(message)}"
    if reason in HOPELESS_REASONS:
        return HOPELESS_REASONS[reason].format(image=image, message=message.rstrip("."))
    ended = _last_end(container)
    if ended and (reason == "CrashLoopBackOff" or container.get("restartCount", 0) > ALONE_RESTARTS):
        return f"its container {container.get('name')} ends again and again ({ended})"
    return ""


def past(pod: Object) -> str:
    """That a pod which is well now was not always: "its container hub ended 3 times before (exit code 1)"; often empty."""
    for container in (pod.get("status") or {}).get("containerStatuses") or ():
        times, ended = container.get("restartCount", 0), _last_end(container)
        if times and ended:
            often = "once" if times == 1 else f"{times} times"
            return f"its container {container.get('name')} ended {often} before ({ended})"
    return ""


def _last_end(container: Object) -> str:
    """How it ended last, in words; empty if it never did."""
    for state in (container.get("lastState"), container.get("state")):
        ended = (state or {}).get("terminated")
        if ended:
            return ending(ended)
    return ""


def ending(terminated: Object) -> str:
    """Of a container's terminated state."""
    if terminated.get("reason") == "OOMKilled":
        return "out of memory: it reached its limit"
    code = terminated.get("exitCode", 0)
    if code == 137:
        return "killed, exit code 137"
    if code == 143:
        return "stopped, exit code 143"
    return f"exit code {code}"


def image_cause(message: str) -> str:
    """Of what the kubelet says of an image that it could not bring."""
    low = message.lower()
    if "not found" in low or "manifest unknown" in low:
        return "there is no such image or tag"
    if any(word in low for word in ("unauthorized", "denied", "forbidden", "authentication")):
        return "the registry does not let the node in (imagePullSecret, or the node's rights)"
    if any(word in low for word in ("no such host", "timeout", "i/o", "connection refused")):
        return "the registry does not answer"
    return _QUOTED.sub("", message).rstrip(".") or "the registry gave no reason"


def unschedulable(message: str) -> str:
    """Of the scheduler's message: "0/3 nodes are available: 1 node(s) had untolerated taint ..., 2 Insufficient memory."."""
    lacking = ", ".join(dict.fromkeys(_MEMORY.findall(message)))
    if lacking:
        return f"no node has room for it (not enough {lacking}): {_nodes(message)}"
    if "volume node affinity" in message:
        return f"its disk lies in another zone than the nodes with room: {_nodes(message)}"
    if "unbound immediate PersistentVolumeClaims" in message or "persistentvolumeclaim" in message:
        return f"its disk is not there yet: {_nodes(message)}"
    if "taint" in message or "node selector" in message or "node affinity" in message:
        return f"no node is meant for it (labels or taints of the node pool): {_nodes(message)}"
    return f"no node takes it: {_nodes(message)}"


def _nodes(message: str) -> str:
    """Without the scheduler's remarks on preemption, which tell an admin nothing."""
    return message.split(" preemption:", maxsplit=1)[0].strip().rstrip(".") or "the scheduler gave no reason"


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)

"""How it stands with a part or a user's server, in one sentence: the plain cause above a log. Pure."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from classhub.targets.cluster import happenings, parts
from classhub.targets.cluster.troubles import ending, is_ready, past, trouble
from classhub.targets.cluster.whom import ThePart, TheServer

Object = Mapping[str, Any]


def of_server(found: TheServer, events: Sequence[Object], said: str = "") -> str:
    """events: oldest first. said: the hub's last line about this user."""
    if not found.pods:
        return _gone(found.who, events, said)
    pod = found.pods[-1]
    if pod["metadata"].get("deletionTimestamp"):
        return f"The server of {found.who} is being stopped."
    if is_ready(pod):
        return f"The server of {found.who} runs since {_clock(pod)} on the node {_node(pod)}{_once(pod)}."
    if wrong := trouble(pod):
        return f"The server of {found.who} does not run: {wrong}."
    if ended := _ended(pod):
        return f"The server of {found.who} has ended: {ended}."
    worst = next((happenings.sentence(one) for one in reversed(events) if happenings.is_warning(one)), "")
    return f"The server of {found.who} is starting. {worst}".rstrip()


def of_part(found: ThePart, events: Sequence[Object]) -> str:
    if parts.wanted(found.workload) == 0:
        return f"The {found.who} is stopped."
    if parts.is_settled(found.workload):
        ready = [pod for pod in found.pods if is_ready(pod)]
        since = f" since {_clock(ready[-1])} on the node {_node(ready[-1])}{_once(ready[-1])}" if ready else ""
        return f"The {found.who} runs{since}."
    (part,) = parts.parts([found.workload], found.pods)
    if part.reason:
        return f"The {found.who} fails: {part.reason}."
    worst = next((happenings.sentence(one) for one in reversed(events) if happenings.is_warning(one)), "")
    return f"The {found.who} is starting. {worst}".rstrip()


def _gone(who: str, events: Sequence[Object], said: str) -> str:
    worst = next((happenings.sentence(one) for one in reversed(events) if happenings.is_warning(one)), "")
    if worst:
        return f"No server of {who} runs. The last trouble: {worst}"
    if said:
        return f"No server of {who} runs. The hub's last line about it: {said}"
    return f"No server of {who} runs."


def _ended(pod: Object) -> str:
    """How, where all of its containers did."""
    states = [status.get("state") or {} for status in (pod.get("status") or {}).get("containerStatuses") or ()]
    ends = [state["terminated"] for state in states if "terminated" in state]
    return ending(ends[0]) if ends and len(ends) == len(states) else ""


def _once(pod: Object) -> str:
    """A crash of its past, as a clause behind its present."""
    return f"; {was}" if (was := past(pod)) else ""


def _clock(pod: Object) -> str:
    since = parts.seconds((pod.get("status") or {}).get("startTime"))
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(since)) if since else "a moment ago"


def _node(pod: Object) -> str:
    return str((pod.get("spec") or {}).get("nodeName") or "that nobody knows")

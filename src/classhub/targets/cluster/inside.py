"""Run a program where a user's server runs, or a part: in its container, as the account that it has there."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classhub.errors import NotRunning
from classhub.plan.records import Finished
from classhub.targets.cluster.parts import is_alive
from classhub.targets.cluster.troubles import trouble
from classhub.targets.cluster.whom import ThePart, TheServer

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Sink = Callable[[bytes], None]

RUN_TIMEOUT_S = 24 * 3600
MAIN = "kubectl.kubernetes.io/default-container"
NOTEBOOK = "notebook"
"""KubeSpawner's name of the container that a student's server runs in."""


def run(cluster: "Cluster", found: ThePart | TheServer, argv: list[str], terminal: bool) -> Finished:
    """Raises NotRunning when there is no container to run it in."""
    pod = _running(found)
    container = main_container(pod, found.who)
    if terminal:
        return Finished(cluster.terminal(pod["metadata"]["name"], container, argv))
    done = cluster.run(pod["metadata"]["name"], container, argv, stdin=_piped(), timeout_s=RUN_TIMEOUT_S)
    return Finished(done.code, done.out, done.err)


def run_aloud(cluster: "Cluster", found: ThePart | TheServer, argv: list[str], out: Sink, err: Sink) -> Finished:
    """The same without a terminal, for who reads what it says as it comes; nothing of it is kept."""
    pod = _running(found)
    container = main_container(pod, found.who)
    code = cluster.run_aloud(
        pod["metadata"]["name"], container, argv, out=out, err=err, stdin=_source(), timeout_s=RUN_TIMEOUT_S
    )
    return Finished(code)


def main_container(pod: Object, who: str) -> str:
    """The one that the pod itself names, else the server's or the part's own, among side-cars."""
    names = [str(one["name"]) for one in pod["spec"]["containers"]]
    marked = (pod["metadata"].get("annotations") or {}).get(MAIN)
    return next((one for one in (marked, NOTEBOOK, who, *names) if one in names), names[0])


def _running(found: ThePart | TheServer) -> Object:
    alive = [pod for pod in found.pods if is_alive(pod)]
    for pod in reversed(alive):
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        if any("running" in (status.get("state") or {}) for status in statuses):
            return pod
    if isinstance(found, ThePart):
        raise NotRunning(f"The {found.who} does not run.", _why(alive), f"classhub -t cluster events {found.who}")
    start = f"classhub -t cluster servers start {found.who}"
    raise NotRunning(
        f"{found.who} has no running server.",
        _why(alive),
        f"classhub -t cluster events {found.who}" if alive else start,
    )


def _why(alive: list[Object]) -> str:
    return next(filter(None, map(trouble, alive)), "it is starting" if alive else "")


def _source() -> int | None:
    """Our own stdin when it is a file or a pipe; neither a terminal nor what is empty for sure."""
    try:
        fd = sys.stdin.fileno()
        is_nothing = os.isatty(fd) or os.path.samestat(os.fstat(fd), Path(os.devnull).stat())
    except (AttributeError, OSError, ValueError):
        return None
    return None if is_nothing else fd


def _piped() -> bytes:
    """Our own stdin when it is a file or a pipe; a terminal is not handed on."""
    try:
        return b"" if os.isatty(sys.stdin.fileno()) else sys.stdin.buffer.read()
    except (AttributeError, OSError, ValueError):
        return b""

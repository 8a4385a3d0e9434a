"""Restart, scale, stop and start parts of a release, so that the next deploy finds nothing to quarrel with."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from classhub.errors import ClasshubError, NotFound, NotHere, NotRunning, OutsideFailed, Refused
from classhub.outside.hub_api import HubApi
from classhub.outside.hub_servers import stop_all
from classhub.plan.recovery import Left, Remains, Turn
from classhub.targets.cluster import parts, scaling, waiting, whom
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.inspection import Seen, look
from classhub.targets.cluster.labels import HUB, PROXY, SERVER, component, is_of, name
from classhub.targets.cluster.turn import Held

Object = Mapping[str, Any]
Tell = Callable[[str], None]

RESTARTED = "kubectl.kubernetes.io/restartedAt"
"""As `kubectl rollout restart` writes it: a field of nobody else, so that no deploy takes it back."""
POOLS = {"placeholders": "user-placeholder", "user-placeholder": "user-placeholder", "user-scheduler": "user-scheduler"}
SETTINGS = {
    "user-placeholder": "scheduling.userPlaceholder.replicas",
    "user-scheduler": "scheduling.userScheduler.replicas",
}
GONE_S = 120
"""For pods to end, with the time that Kubernetes gives them."""


def undisturbed(held: Held, judged: Callable[[Turn], Remains]) -> None:
    """What an interrupted deploy left half-way comes first. Raises Refused, and leaves the record of it as it was."""
    if held.left is None or judged(held.left).left in (Left.NOTHING, Left.FAILED):
        return
    held.note(**asdict(held.left))
    raise Refused(
        f"A {held.left.operation} by {held.left.who} was cut short; nothing was done.",
        "the release may be half-way between two revisions",
        "classhub deploy or classhub rollback, which finish it",
    )


def must_be_there(at: Connection) -> None:
    """Before the turn is taken, which would make the namespace. Raises NotRunning."""
    seen = look(at.cluster, at.release)
    if not seen.workloads and not seen.pods:
        raise NotRunning(f"There is no hub: {at.place}.", "Nothing is installed there.", "classhub deploy")


def restart(at: Connection, part: str, tell: Tell, timeout_s: float) -> None:
    """Returns when its new pods are ready."""
    seen = look(at.cluster, at.release)
    workload = parts.named(seen.workloads, part)
    if workload is None:
        raise whom.no_part(part, seen.workloads)
    if parts.wanted(workload) == 0:
        raise NotRunning(
            f"The {part} is stopped.", "It has no pod to restart.", "classhub deploy, which starts hub and proxy"
        )
    tell(_means(part))
    mark = {RESTARTED: datetime.now(UTC).isoformat(timespec="microseconds")}
    change = {"spec": {"template": {"metadata": {"annotations": mark}}}}
    at.cluster.patch(workload["kind"], name(workload), change)
    waiting.until_settled(at.cluster, at.release, tell, timeout_s=timeout_s, essential=(part,))


def _means(part: str) -> str:
    if part == HUB:
        return "The hub restarts, about 20 s; running servers go on, nobody can sign in meanwhile."
    if part == PROXY:
        return "The proxy restarts, some seconds; open notebooks lose their connection and find it again."
    return f"The {part} restarts."


def scale(at: Connection, pool: str, count: int, tell: Tell) -> None:
    """Raises NotHere for what must be one, NotFound for what is not there."""
    wanted = POOLS.get(pool, "")
    if not wanted:
        raise no_pool(pool)
    live = parts.named(look(at.cluster, at.release).workloads, wanted)
    if live is None:
        raise NotFound(
            f"This release has no {pool}.",
            f"{SETTINGS[wanted].rpartition('.')[0]} is off in config.yaml.",
            "classhub check",
        )
    manifest = at.helm.manifest(at.release)
    scaling.scale(at.cluster, live, manifest, count, release=at.release)
    tell(f"{wanted} has {count} from now on, {parts.wanted(live)} before.")
    own = scaling.of_helm(live, manifest)
    if own is not None and parts.wanted(own) != count:
        tell(f"The next deploy that changes something sets it to {parts.wanted(own)} again ({SETTINGS[wanted]}).")


def no_pool(pool: str) -> ClasshubError:
    if pool in (HUB, PROXY, "autohttps"):
        return NotHere(f"There is always one {pool}.", "Two would not know of each other.", f"classhub restart {pool}")
    if pool == "servers":
        return NotHere(
            "How many servers may run on a cluster is a setting.",
            "hub.activeServerLimit in config.yaml says so.",
            "classhub config set hub.activeServerLimit N, then classhub deploy",
        )
    return NotFound(f"There is no pool {pool!r}.", "", f"name one of: {', '.join(sorted(POOLS))}")


def stop(at: Connection, api: Callable[[], HubApi], keep_servers: bool, tell: Tell) -> None:
    """Hub and proxy have no pods afterwards. Fine when nothing runs; the claims are never touched."""
    seen = look(at.cluster, at.release)
    if not keep_servers:
        stop_servers(at, api, seen, tell)
    manifest = _manifest(at) if seen.workloads else []
    for part in (HUB, PROXY):
        live = parts.named(seen.workloads, part)
        if live is not None and parts.wanted(live):
            scaling.scale(at.cluster, live, manifest, 0, release=at.release)
            tell(f"The {part} stops.")
    await_end_of_pods(at, (HUB, PROXY) if keep_servers else (HUB, PROXY, SERVER))


def _manifest(at: Connection) -> list[Object]:
    """Empty where Helm has forgotten the release."""
    try:
        return at.helm.manifest(at.release)
    except NotFound:
        return []


def start(at: Connection, tell: Tell) -> None:
    """What `stop` took away: as many as the release's own manifest says."""
    seen, manifest = look(at.cluster, at.release), at.helm.manifest(at.release)
    for part in (HUB, PROXY):
        live = parts.named(seen.workloads, part)
        own = scaling.of_helm(live, manifest) if live is not None else None
        if live is not None and own is not None and not parts.wanted(live):
            scaling.scale(at.cluster, live, manifest, parts.wanted(own) or 1, release=at.release)
            tell(f"The {part} starts.")


def stop_servers(at: Connection, api: Callable[[], HubApi], seen: Seen, tell: Tell) -> None:
    """By the hub, which remembers their claims then; where it does not answer their pods are ended."""
    running = parts.servers(seen.pods)
    if running:
        try:
            with api() as hub:
                left = stop_all(hub, [(server.user, server.name) for server in running], tell)
            stopped = len(running) - len(left)
            tell(f"{stopped} students' {'server was' if stopped == 1 else 'servers were'} stopped.")
        except ClasshubError as error:
            tell(f"The hub does not stop the servers ({error.what.rstrip('.')}), so their pods are ended.")
    for pod in _students_pods(at):
        at.cluster.delete("Pod", name(pod))


def _students_pods(at: Connection) -> list[Object]:
    return [pod for pod in at.cluster.list("Pod") if component(pod) == SERVER and is_of(pod, at.release)]


def await_end_of_pods(at: Connection, components: Sequence[str]) -> None:
    """Raises OutsideFailed for those that stay."""
    wait_until_gone(lambda: [pod for pod in _still_there(at) if component(pod) in components], "pods")


def _still_there(at: Connection) -> list[Object]:
    return [pod for pod in at.cluster.list("Pod") if is_of(pod, at.release) and not parts.is_over(pod)]


def wait_until_gone(left: Callable[[], Sequence[Object]], what: str) -> None:
    deadline = time.monotonic() + GONE_S
    while found := left():
        if time.monotonic() > deadline:
            raise OutsideFailed(
                f"{len(found)} {what} do not end: {', '.join(name(one) for one in found[:3])}.",
                "Their node may be gone.",
                "classhub -t cluster status",
            )
        time.sleep(0.5)

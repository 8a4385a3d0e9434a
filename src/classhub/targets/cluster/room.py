"""How much room the nodes have left, and for how many more students. Pure.

As the scheduler counts: by what pods ask for, never by what they use. Placeholders make room for a student, so theirs is free.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.config.quantities import memory, quantity
from classhub.config.traits.lookup import get, listing
from classhub.plan.overview import Node
from classhub.targets.cluster.labels import SERVER, component, is_of, labels, name
from classhub.targets.cluster.troubles import is_ready

Object = Mapping[str, Any]

PURPOSE = "hub.jupyter.org/node-purpose"
PLACEHOLDER = "user-placeholder"
KEEPS_OUT = ("NoSchedule", "NoExecute")


@dataclass(frozen=True)
class Need:
    """What one more student's pod asks for. cores and bytes may be 0: then the number of pods alone decides."""

    cores: float
    memory_bytes: int


@dataclass(frozen=True)
class Asked:
    cores: float = 0.0
    memory_bytes: int = 0

    def __add__(self, other: "Asked") -> "Asked":
        return Asked(self.cores + other.cores, self.memory_bytes + other.memory_bytes)


def need(values: Mapping[str, Any]) -> Need:
    """Of a server without a profile. values: over the chart's defaults. Without a guarantee Kubernetes takes the limit."""
    cores = get(values, "singleuser.cpu.guarantee") or get(values, "singleuser.cpu.limit") or 0
    held = get(values, "singleuser.memory.guarantee") or get(values, "singleuser.memory.limit") or 0
    try:
        return Need(float(cores), memory(held))
    except (ValueError, TypeError):
        return Need(0.0, 0)


def nodes(
    found: Iterable[Object], pods: Iterable[Object], values: Mapping[str, Any], release: str, *, everything: bool
) -> tuple[Node, ...]:
    """pods: of all namespaces. everything: False where our account may not see them all, so that free room is unknown."""
    by_node: dict[str, list[Object]] = {}
    for pod in pods:
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            by_node.setdefault(str(pod["spec"].get("nodeName") or ""), []).append(pod)
    hub = _Hub(release, values, need(values))
    lines = (_node(node, by_node.get(name(node), ()), hub, everything=everything) for node in found)
    return tuple(sorted(lines, key=lambda node: (not node.takes_students, node.name)))


@dataclass(frozen=True)
class _Hub:
    release: str
    values: Mapping[str, Any]
    need: Need


def _node(node: Object, pods: Sequence[Object], hub: _Hub, *, everything: bool) -> Node:
    room = (node.get("status") or {}).get("allocatable") or {}
    cores, held = float(quantity(room.get("cpu", 0))), int(quantity(room.get("memory", 0)))
    counted = [pod for pod in pods if not (component(pod) == PLACEHOLDER and is_of(pod, hub.release))]
    asked = sum(map(asks, counted), Asked())
    free = Asked(cores - asked.cores, held - asked.memory_bytes)
    cordoned = bool((node.get("spec") or {}).get("unschedulable"))
    takes, ready = takes_students(node, hub.values), is_ready(node)
    open_ = takes and ready and not cordoned
    more = fits(free, int(quantity(room.get("pods", 110))) - len(counted), hub.need) if open_ else 0
    return Node(
        name=name(node),
        ready=ready,
        cordoned=cordoned,
        takes_students=takes,
        free_cores=round(free.cores, 3) if everything else None,
        cores=cores,
        free_memory_bytes=free.memory_bytes if everything else None,
        memory_bytes=held,
        more=more if everything else None,
        servers=sum(component(pod) == SERVER and is_of(pod, hub.release) for pod in pods),
    )


def fits(free: Asked, places: int, wanted: Need) -> int:
    """How many more pods: what runs out first decides."""
    limits = [places]
    if wanted.cores:
        limits.append(int((free.cores + 1e-9) / wanted.cores))
    if wanted.memory_bytes:
        limits.append(free.memory_bytes // wanted.memory_bytes)
    return max(0, min(limits))


def asks(pod: Object) -> Asked:
    """All its containers at once, or the largest of those that prepare it; and what its runtime takes."""
    spec = pod["spec"]
    running = sum((_asks(one) for one in spec.get("containers") or ()), Asked())
    before = [_asks(one) for one in spec.get("initContainers") or ()]
    over = spec.get("overhead") or {}
    cores = max([running.cores, *(one.cores for one in before)])
    held = max([running.memory_bytes, *(one.memory_bytes for one in before)])
    return Asked(cores, held) + Asked(float(quantity(over.get("cpu", 0))), int(quantity(over.get("memory", 0))))


def _asks(container: Object) -> Asked:
    requests = (container.get("resources") or {}).get("requests") or {}
    return Asked(float(quantity(requests.get("cpu", 0))), int(quantity(requests.get("memory", 0))))


def takes_students(node: Object, values: Mapping[str, Any]) -> bool:
    """By its labels and taints, as the chart tells the scheduler."""
    have = labels(node)
    strict = get(values, "scheduling.userPods.nodeAffinity.matchNodePurpose") == "require"
    if strict and have.get(PURPOSE) != "user":
        return False
    wanted = get(values, "singleuser.nodeSelector") or {}
    if any(have.get(key) != value for key, value in wanted.items()):
        return False
    tolerated = [*listing(values, "scheduling.userPods.tolerations"), *listing(values, "singleuser.extraTolerations")]
    taints = (node.get("spec") or {}).get("taints") or ()
    return all(_is_tolerated(taint, tolerated) for taint in taints if taint.get("effect") in KEEPS_OUT)


def _is_tolerated(taint: Object, tolerated: Iterable[Any]) -> bool:
    return any(_tolerates(one, taint) for one in tolerated if isinstance(one, Mapping))


def _tolerates(one: Object, taint: Object) -> bool:
    if one.get("effect") not in (None, "", taint.get("effect")):
        return False
    if one.get("operator") == "Exists":
        return one.get("key") in (None, "", taint.get("key"))
    return bool(one.get("key") == taint.get("key") and str(one.get("value") or "") == str(taint.get("value") or ""))

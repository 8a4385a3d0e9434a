"""CPU and memory of parts, students' servers and nodes, and the disks of all claims.

From metrics.k8s.io where the cluster has it (GKE does), else from what each node's kubelet measures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from classhub.config.quantities import quantity
from classhub.errors import ClasshubError, NotFound, NotRunning
from classhub.outside.kubernetes import Forbidden
from classhub.plan.records import Usage, UsageRow
from classhub.targets.cluster.claims import capacity, is_home
from classhub.targets.cluster.labels import SERVER, component, is_of, name, owner
from classhub.targets.cluster.parts import is_alive

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Used = tuple[float | None, int | None]
"""Cores and bytes."""


def usage(cluster: "Cluster", release: str) -> Usage:
    """Raises NotRunning where nothing of the release runs."""
    pods = [pod for pod in cluster.list("Pod") if is_of(pod, release) and is_alive(pod)]
    if not pods:
        raise NotRunning("No hub runs there, so nothing uses anything.", "", "classhub deploy")
    homes = [claim for claim in cluster.list("PersistentVolumeClaim") if is_home(claim, release)]
    total = sum(capacity(claim) or 0 for claim in homes)
    notes: list[str] = []
    measured, nodes, free = _measured(cluster, pods, {name(claim) for claim in homes}, notes)
    return Usage((*_rows(pods, measured), *nodes), free, total, tuple(notes))


def _measured(
    cluster: "Cluster", pods: Sequence[Object], homes: set[str], notes: list[str]
) -> tuple[dict[str, Used], list[UsageRow], int | None]:
    """By pod; rows of nodes; free bytes on homes that are mounted."""
    try:
        found = {name(one): of_metrics(one) for one in cluster.list("PodMetrics")}
        return found, _node_metrics(cluster, notes), None
    except Forbidden:
        raise
    except ClasshubError as error:
        why = error.cause or error.what
        notes.append(f"The cluster's metrics are not there ({why.rstrip('.')}); this is what its nodes measure.")
    summaries = _summaries(cluster, {_node(pod) for pod in pods} - {""}, notes)
    measured = {pod: used for summary in summaries for pod, used in of_summary(summary, cluster.namespace)}
    known = [free_of(summary, cluster.namespace, homes) for summary in summaries]
    told = [one for one in known if one is not None]
    free = sum(told) if told else None
    return measured, [row for summary in summaries if (row := node_row(summary))], free


def _node_metrics(cluster: "Cluster", notes: list[str]) -> list[UsageRow]:
    """Nodes belong to the whole cluster: an account of one namespace may not see them."""
    try:
        return [_row(name(one), "node", of_usage(one["usage"]), None) for one in cluster.list("NodeMetrics")]
    except (Forbidden, NotFound) as error:
        notes.append(f"Nodes are left out: {error.what}")
        return []


def _summaries(cluster: "Cluster", nodes: Iterable[str], notes: list[str]) -> list[Object]:
    """One call a node."""
    found = []
    for node in sorted(nodes):
        try:
            found.append(cluster.node_summary(node))
        except Forbidden as error:
            notes.append(f"CPU and memory are unknown: {error.what}")
            break
        except ClasshubError as error:
            notes.append(f"The node {node} does not tell: {error.what}")
    return found


def _rows(pods: Iterable[Object], measured: Mapping[str, Used]) -> list[UsageRow]:
    """A part's pods as one."""
    sums: dict[tuple[str, str], tuple[list[Used], list[int | None]]] = {}
    for pod in pods:
        kind = "server" if component(pod) == SERVER else "part"
        user, server = owner(pod)
        shown = (f"{user}/{server}" if server else user) if kind == "server" else component(pod)
        used, limits = sums.setdefault((kind, shown or name(pod)), ([], []))
        used.append(measured.get(name(pod), (None, None)))
        limits.append(memory_limit(pod))
    return [_row(shown, kind, added(used), _sum(limits)) for (kind, shown), (used, limits) in sums.items()]


def _row(shown: str, kind: str, used: Used, limit: int | None) -> UsageRow:
    return UsageRow(shown, kind, None, used[1], limit, cores=used[0])


def of_metrics(metrics: Object) -> Used:
    """Of a PodMetrics: all its containers."""
    return added([of_usage(one["usage"]) for one in metrics.get("containers") or ()])


def of_usage(used: Mapping[str, str]) -> Used:
    return float(quantity(used.get("cpu", "0"))), int(quantity(used.get("memory", "0")))


def of_summary(summary: Object, namespace: str) -> Iterator[tuple[str, Used]]:
    for pod in summary.get("pods") or ():
        if pod["podRef"]["namespace"] == namespace:
            yield pod["podRef"]["name"], _numbers(pod)


def node_row(summary: Object) -> UsageRow | None:
    node = summary.get("node") or {}
    return _row(node["nodeName"], "node", _numbers(node), None) if node.get("nodeName") else None


def free_of(summary: Object, namespace: str, homes: set[str]) -> int | None:
    """Bytes left on homes that pods of this node mount; None where it tells of none, as of a folder of the node."""
    volumes = [volume for pod in summary.get("pods") or () for volume in pod.get("volume") or ()]
    claims = {
        volume["pvcRef"]["name"]: int(volume["availableBytes"])
        for volume in volumes
        if (volume.get("pvcRef") or {}).get("namespace") == namespace and volume.get("availableBytes") is not None
    }
    found = [free for claim, free in claims.items() if claim in homes]
    return sum(found) if found else None


def _numbers(measured: Object) -> Used:
    nano, held = (
        (measured.get("cpu") or {}).get("usageNanoCores"),
        (measured.get("memory") or {}).get("workingSetBytes"),
    )
    return None if nano is None else nano / 1e9, None if held is None else int(held)


def added(used: Sequence[Used]) -> Used:
    """None where nobody told."""
    cores, held = [one[0] for one in used if one[0] is not None], [one[1] for one in used if one[1] is not None]
    return sum(cores) if cores else None, sum(held) if held else None


def memory_limit(pod: Object) -> int | None:
    """None while one of its containers has none."""
    limits = [((one.get("resources") or {}).get("limits") or {}).get("memory") for one in pod["spec"]["containers"]]
    return sum(int(quantity(limit)) for limit in limits) if all(limits) else None


def _sum(limits: Sequence[int | None]) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return sum(known) if len(known) == len(limits) else None


def _node(pod: Object) -> str:
    return str(pod["spec"].get("nodeName") or "")

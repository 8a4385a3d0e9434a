"""What a release is now: its objects, asked for once, and Helm's history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.config.chart.table import defaults, known
from classhub.config.merge import over_defaults
from classhub.outside.helm import Release
from classhub.outside.kubernetes import Cluster
from classhub.plan.changes import digest
from classhub.plan.running import Running, State
from classhub.targets.cluster import address, parts
from classhub.targets.cluster.labels import component, is_of

Object = Mapping[str, Any]

LIVES = ("deployed", "failed", "pending-upgrade", "pending-rollback", "pending-install", "superseded")
"""Helm's statuses of a release that has objects in the cluster."""


@dataclass(frozen=True)
class Seen:
    """The release's objects. pods: all of the namespace, students' too."""

    workloads: tuple[Object, ...]
    pods: tuple[Object, ...]
    services: tuple[Object, ...]

    def service(self, part: str) -> Object | None:
        return next((one for one in self.services if component(one) == part), None)


def look(cluster: Cluster, release: str, known_pods: Sequence[Object] | None = None) -> Seen:
    """Five lists, paged; no call per object. known_pods: the release's, where somebody has listed them already."""
    workloads = tuple(
        {**one, "kind": kind} for kind in parts.WORKLOADS for one in cluster.list(kind) if is_of(one, release)
    )
    services = tuple(one for one in cluster.list("Service") if is_of(one, release))
    pods = tuple(one for one in cluster.list("Pod") if is_of(one, release)) if known_pods is None else tuple(known_pods)
    return Seen(workloads, pods, services)


def newest(history: Sequence[Release]) -> Release | None:
    """None where the release is not there, or was uninstalled."""
    return history[-1] if history and history[-1].status in LIVES else None


def running(seen: Seen, release: Release, values: Mapping[str, Any]) -> Running:
    """values: what Helm was given for this revision."""
    found = parts.parts(seen.workloads, seen.pods)
    version = chart_version(release)
    state = parts.state(found)
    public = address.address(over_chart(values, version), seen.service("proxy-public"))
    return Running(
        state=state,
        address="" if state is State.STOPPED else public,
        parts=found,
        servers=parts.servers(seen.pods),
        revision=release.revision,
        settings_digest=settings_digest(version, values),
        written=release.updated,
        notes=(),
    )


def over_chart(values: Mapping[str, Any], version: str) -> dict[str, Any]:
    """As the chart's templates are given them."""
    return over_defaults(values, defaults(known(version)))


def bare(release: Release) -> Running:
    """As much as a way back must know, without looking at objects."""
    return Running(State.FAILING, "", revision=release.revision)


def http_port(proxy_pod: Object) -> int:
    """Where the proxy takes plain http: its container's port of that name (chart: templates/proxy/deployment.yaml)."""
    ports = [port for one in proxy_pod["spec"]["containers"] for port in one.get("ports") or ()]
    return next((int(port["containerPort"]) for port in ports if port.get("name") == "http"), 8000)


def settings_digest(version: str, values: Mapping[str, Any]) -> str:
    return digest({"chart": version, "values": values})


def chart_version(release: Release) -> str:
    """ "jupyterhub-4.4.0" -> "4.4.0"."""
    return release.chart.partition("-")[2]

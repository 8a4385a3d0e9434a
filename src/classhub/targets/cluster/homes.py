"""Students' homes on a cluster: every claim, with what the hub knows of its owner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError, NotFound, Refused
from classhub.outside.hub_api import HubApi
from classhub.outside.kubernetes import Forbidden
from classhub.plan.records import Home
from classhub.targets.cluster import claims
from classhub.targets.interface import Tell, silent

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

User = Mapping[str, Any]


class ClusterHomes:
    """api: of the hub. Without it everything is told but who is gone."""

    def __init__(self, cluster: "Cluster", release: str, api: Callable[[], HubApi]) -> None:
        self._cluster, self._release, self._api = cluster, release, api

    def list(self, sizes: bool = False, tell: Tell = silent) -> tuple[Home, ...]:
        """Two lists and the hub's users, page by page; sizes: of mounted ones, a call for each node that has one."""
        found = list(self._cluster.list("PersistentVolumeClaim"))
        pods = list(self._cluster.list("Pod"))
        homes = claims.homes(found, pods, self._users(tell), self._release)
        return _sized(homes, self._sizes(pods, tell)) if sizes else homes

    def delete(self, name: str, tell: Tell = silent) -> None:
        """name: as the list's path. The disk goes with it, unless its class keeps it. Raises Refused, NotFound."""
        home = next((one for one in self.list() if one.path == name), None)
        if home is None:
            raise NotFound(f"There is no home {name!r}.", "", "classhub -t cluster homes list")
        refuse_kept(home)
        self._cluster.delete("PersistentVolumeClaim", home.path)
        tell(f"The home {home.path} is deleted; its disk goes unless the storage class keeps it.")

    def _users(self, tell: Tell) -> Sequence[User] | None:
        try:
            with self._api() as api:
                return api.users(include_stopped=True)
        except ClasshubError as error:
            tell(f"Whose owner is gone cannot be told: {error.what}")
            return None

    def _sizes(self, pods: Sequence[Mapping[str, Any]], tell: Tell) -> dict[str, int]:
        mounting = [pod for pod in pods if claims.in_use([pod])]
        nodes = sorted({str(pod["spec"]["nodeName"]) for pod in mounting if pod["spec"].get("nodeName")})
        found: dict[str, int] = {}
        for node in nodes:
            try:
                found |= claims.used(self._cluster.node_summary(node), self._cluster.namespace)
            except Forbidden as error:
                tell(f"Sizes cannot be told: {error.what}")
                break
            except ClasshubError as error:
                tell(f"The node {node} does not tell sizes: {error.what}")
        return found


def refuse_kept(home: Home) -> None:
    """What must not be deleted: shared, in use, or of somebody who may come back any moment."""
    if home.shared:
        raise Refused(
            f"{home.path} has no mark of an owner: several students' files may lie on it. Nothing was deleted.",
            "It was not made by the hub for one student.",
            f"look at it: kubectl describe persistentvolumeclaim {home.path}",
        )
    if home.in_use:
        whom = f"{home.owner}/{home.server}" if home.server else home.owner
        raise Refused(
            f"{home.path} is in use. Nothing was deleted.",
            f"A pod mounts it: the server of {whom}, or one that is about to end.",
            f"classhub -t cluster servers stop {whom}",
        )


def _sized(homes: tuple[Home, ...], sizes: Mapping[str, int]) -> tuple[Home, ...]:
    return tuple(replace(home, size_bytes=sizes.get(home.path)) for home in homes)

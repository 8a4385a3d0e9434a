"""Replicas of a workload, set so that the next deploy finds no conflict.

With server-side apply (Helm 4) every field has its managers. A plain `kubectl scale` makes another one of spec.replicas, and
the next `helm upgrade` is refused. So where Helm applied the object, its own manifest is applied again in Helm's name, with
another number; where Helm 3 made it, which compares by itself, the scale subresource is enough.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from classhub.config.merge import copy
from classhub.outside.kubernetes import Invalid
from classhub.targets.cluster.labels import name

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]

HELM = "helm"


def scale(cluster: "Cluster", live: Object, manifest: Iterable[Object], replicas: int, *, release: str) -> None:
    """live: the workload as it is. manifest: the release's."""
    own = of_helm(live, manifest)
    if own is None or not is_applied(live):
        cluster.scale(live["kind"], name(live), replicas)
        return
    changed = placed(own, cluster.namespace, release)
    changed["spec"]["replicas"] = replicas
    try:
        cluster.apply(changed, manager=HELM, force=True)
    except Invalid:  # of a chart whose selectors were others
        cluster.scale(live["kind"], name(live), replicas)


def placed(body: Object, namespace: str, release: str) -> dict[str, Any]:
    """A copy with the marks that Helm adds to what a manifest says: applied in Helm's name without them, the object would
    lose them, and Helm neither upgrades nor uninstalls what does not bear them."""
    found: dict[str, Any] = copy(body)
    metadata = found["metadata"]
    metadata.setdefault("namespace", namespace)
    marks = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), **marks}
    metadata["labels"] = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    return found


def of_helm(live: Object, manifest: Iterable[Object]) -> Object | None:
    """The release's manifest of this object."""
    same = (one for one in manifest if one.get("kind") == live["kind"] and name(one) == name(live))
    return next(same, None)


def is_applied(live: Object) -> bool:
    """Whether Helm owns it by server-side apply."""
    managers = live["metadata"].get("managedFields") or ()
    return any(one.get("manager") == HELM and one.get("operation") == "Apply" for one in managers)

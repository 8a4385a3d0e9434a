"""A pod of our own on the hub's disk: the manifest of a Job made from the hub's Deployment. Pure.

It has the hub's image, rights, volumes and place, and none of its labels: no Service and no selector of the chart may take
it for the hub.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

Object = Mapping[str, Any]

LABEL, RELEASE = "classhub/errand", "classhub/release"
OF_POD = (
    *("securityContext", "imagePullSecrets", "nodeSelector", "tolerations", "affinity", "priorityClassName"),
    *("runtimeClassName", "dnsPolicy", "dnsConfig", "hostAliases"),
)
OF_CONTAINER = ("image", "imagePullPolicy", "securityContext", "volumeMounts")
LATE_S = 600
"""Kubernetes ends it after this, pulling the image included."""
LONGEST_RELEASE = 24
KEPT_S = 3600
"""Then its pod and log go by themselves."""


def name(release: str, what: str, revision: int) -> str:
    """Of a Job and its pods, which Kubernetes ends with six characters more; two releases may share a namespace."""
    mark = release if len(release) <= LONGEST_RELEASE else sha256(release.encode()).hexdigest()[:LONGEST_RELEASE]
    return f"classhub-{what}-{revision}-{mark}".replace(".", "-")


def job(deployment: Object, release: str, name: str, argv: Sequence[str], node: str = "") -> dict[str, Any]:
    """node: where the hub's disk is attached now, if it is: a disk that one node may use at a time keeps the pod waiting
    elsewhere."""
    spec = deployment["spec"]["template"]["spec"]
    hub = container(spec)
    pod: dict[str, Any] = {key: spec[key] for key in OF_POD if key in spec}
    pod |= {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "volumes": _disks(spec),
        "containers": [{"name": "errand", "command": list(argv), **_own(hub, spec), "resources": _SMALL}],
    }
    if node:
        pod["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": _on(node)}}
    labels = {LABEL: name, RELEASE: release, "app.kubernetes.io/managed-by": "classhub"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": LATE_S,
            "ttlSecondsAfterFinished": KEPT_S,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def container(spec: Object) -> Object:
    """The hub's own, among side-cars."""
    containers = spec["containers"]
    return next((one for one in containers if one.get("name") == "hub"), containers[0])


def disk(deployment: Object) -> str:
    """Where the hub's container has its claim mounted; empty when it has none (another hub.db.type)."""
    spec = deployment["spec"]["template"]["spec"]
    claims = {volume["name"] for volume in _disks(spec)}
    mounts = container(spec).get("volumeMounts") or ()
    return next((str(mount["mountPath"]) for mount in mounts if mount["name"] in claims), "")


_SMALL = {"requests": {"cpu": "10m", "memory": "32Mi"}}


def _disks(spec: Object) -> list[Object]:
    return [volume for volume in spec.get("volumes") or () if "persistentVolumeClaim" in volume]


def _own(hub: Object, spec: Object) -> dict[str, Any]:
    claims = {volume["name"] for volume in _disks(spec)}
    own = {key: hub[key] for key in OF_CONTAINER if key in hub}
    return own | {"volumeMounts": [mount for mount in own.get("volumeMounts", ()) if mount["name"] in claims]}


def _on(node: str) -> dict[str, Any]:
    wanted = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {"nodeSelectorTerms": [{"matchExpressions": [wanted]}]}

"""A pod of our own on the hub's disk: the manifest of a Job made from the hub's Deployment. Pure.

It has the hub's image, rights, volumes and place, and none of its labels: no Service and no selector of the chart may take
it for the hub.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

Object = Mapping[str, Any]

LABEL, RELEASE = "classhub/errand", "classhub/release"
OF_POD = (
    *("securityContext", "imagePullSecrets", "nodeSelector", "tolerations", "affinity", "priorityClassName"),
    *("runtimeClassName", "dnsPolicy", "dnsConfig", "hostAliases"),
)
OF_CONTAINER = ("image", "imagePullPolicy", "securityContext")
MOUNT = "/srv/jupyterhub"
"""Where the chart mounts the database's claim (hub.db.type sqlite-pvc); what hub.extraVolumeMounts brings is elsewhere."""
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
        "containers": [{"name": "errand", "command": list(argv), **_own(hub, spec)}],
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


def claim(deployment: Object) -> str:
    """The one that the hub's container has where its database is; empty when there is none (another hub.db.type)."""
    disks = _disks(deployment["spec"]["template"]["spec"])
    return str(disks[0]["persistentVolumeClaim"]["claimName"]) if disks else ""


def pod(job: Object) -> dict[str, Any]:
    """The one that Kubernetes makes of the Job."""
    template = job["spec"]["template"]
    metadata = {"name": job["metadata"]["name"], **template["metadata"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def refusal(events: Iterable[Object]) -> tuple[str, bool]:
    """Of a Job without a pod: why it may not be made, and whether that is for good. Empty while nothing is refused.

    Kubernetes tries again by itself, and gets through once another pod is counted out of the quota or a webhook answers.
    """
    said = [str(one.get("message") or "") for one in events if one.get("reason") == "FailedCreate"]
    if not said:
        return "", False
    for_good = ("is forbidden" in said[-1] or "denied the request" in said[-1]) and "exceeded quota" not in said[-1]
    return said[-1].removeprefix("Error creating: ").rstrip("."), for_good


def _disks(spec: Object) -> list[Object]:
    """The volume of the database, and no other claim: a shared one may be bound to another node."""
    there = {mount["name"] for mount in container(spec).get("volumeMounts") or () if _is_database(mount)}
    return [one for one in spec.get("volumes") or () if "persistentVolumeClaim" in one and one["name"] in there]


def _is_database(mount: Object) -> bool:
    return str(mount["mountPath"]).rstrip("/") == MOUNT


def _own(hub: Object, spec: Object) -> dict[str, Any]:
    """With the hub's room, which a quota or a limit range of the namespace has let through."""
    own = {key: hub[key] for key in OF_CONTAINER if key in hub}
    disks = {volume["name"] for volume in _disks(spec)}
    mounts = [one for one in hub.get("volumeMounts") or () if _is_database(one) and one["name"] in disks]
    room = {key: hub["resources"][key] for key in ("requests", "limits") if key in (hub.get("resources") or {})}
    return own | {"volumeMounts": mounts, "resources": room}


def _on(node: str) -> dict[str, Any]:
    """By its name: its label kubernetes.io/hostname is another on some clouds."""
    wanted = {"key": "metadata.name", "operator": "In", "values": [node]}
    return {"nodeSelectorTerms": [{"matchFields": [wanted]}]}

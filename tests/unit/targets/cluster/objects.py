"""Objects as the API gives them, in the shape of the z2jh chart and of KubeSpawner."""

from typing import Any

START = "2026-11-29T10:00:00Z"


def labels(component: str, release: str = "jhub") -> dict[str, str]:
    return {"app": "jupyterhub", "release": release, "component": component, "app.kubernetes.io/instance": release}


def workload(component: str, kind: str = "Deployment", *, replicas: int = 1, ready: int | None = None, **status: Any):
    ready = replicas if ready is None else ready
    if kind == "DaemonSet":
        counts = {"desiredNumberScheduled": replicas, "numberReady": ready, "updatedNumberScheduled": replicas}
    else:
        counts = {"replicas": replicas, "readyReplicas": ready, "updatedReplicas": replicas}
    return {
        "kind": kind,
        "metadata": {"name": component, "generation": 1, "labels": labels(component)},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels(component)}},
        "status": {"observedGeneration": 1, **counts, **status},
    }


def pod(component: str, *, ready: bool = True, user: str = "", server: str = "", going: bool = False, **status: Any):
    meta: dict[str, Any] = {"name": f"{component}-x", "labels": labels(component), "annotations": {}}
    if user:
        meta["annotations"] = {"hub.jupyter.org/username": user, "hub.jupyter.org/servername": server}
    if going:
        meta["deletionTimestamp"] = START
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "kind": "Pod",
        "metadata": meta,
        "status": {"phase": "Running", "startTime": START, "conditions": conditions, **status},
    }


def evicted(component: str, **more: Any):
    return pod(component, ready=False, **{"phase": "Failed", "reason": "Evicted", "message": "low on memory.", **more})


def restarted(times: int = 3, code: int = 1, *, ready: bool = True) -> dict[str, Any]:
    """Of a pod's status: its container runs again."""
    last = {"terminated": {"exitCode": code, "reason": "Error"}}
    state = {"name": "hub", "ready": ready, "restartCount": times, "state": {"running": {}}, "lastState": last}
    return {"containerStatuses": [state]}


def image_missing() -> dict[str, Any]:
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "manifest unknown: not found"}}
    return {"phase": "Pending", "containerStatuses": [{"name": "hub", "image": "hub:9", "state": waiting}]}

"""Claims, events, nodes and models of users, in the shape of the API."""

from typing import Any

from unit.targets.cluster.objects import labels, pod

CREATED = "2026-09-01T08:00:00Z"


def claim(name: str, user: str = "", server: str = "", *, version: str = "7.0.0", size: str = "1Gi", **labelled: str):
    marks = {"hub.jupyter.org/username": user} if user else {}
    marks |= {"hub.jupyter.org/servername": server} if server else {}
    marks |= {"hub.jupyter.org/kubespawner-version": version} if user and version else {}
    have = labels("singleuser-storage") if user else {}
    return {
        "metadata": {"name": name, "labels": have | labelled, "annotations": marks, "creationTimestamp": CREATED},
        "spec": {"resources": {"requests": {"storage": size}}, "volumeName": f"pv-{name}"},
        "status": {"phase": "Bound", "capacity": {"storage": size}},
    }


def mounting(claim_name: str, user: str = "", **more: Any):
    made = pod("singleuser-server", user=user, **more)
    volume = {"name": "home", "persistentVolumeClaim": {"claimName": claim_name}}
    return made | {"spec": {"nodeName": "node-1", "containers": [{"name": "notebook"}], "volumes": [volume]}}


def user(name: str, server: str = "", claim_name: str = "", activity: str | None = None, pod_name: str = ""):
    state = {"pvc_name": claim_name, "pod_name": pod_name} if claim_name or pod_name else {}
    servers = {server: {"state": state, "last_activity": activity}} if state or activity else {}
    return {"name": name, "servers": servers, "last_activity": activity}


def event(reason: str, message: str, *, about: str = "Pod/hub-x", warning: bool = False, when: str = CREATED, count=1):
    kind, _, name = about.partition("/")
    return {
        "metadata": {"name": f"{name}.{reason}", "uid": f"{name}.{reason}"},
        "type": "Warning" if warning else "Normal",
        "reason": reason,
        "message": message,
        "involvedObject": {"kind": kind, "name": name},
        "lastTimestamp": when,
        "count": count,
    }

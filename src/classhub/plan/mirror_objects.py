"""The mirror of course material on a cluster: the objects that it is made of. Pure.

It runs as nobody in particular, may write its store alone, and holds no right in the cluster.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from classhub.plan.mirror_network import HUB_PORT, policies
from classhub.plan.mirror_place import PORT, REACHES_HUB, Mirror

Object = dict[str, Any]

STORE, SETTINGS, SECRETS = "/srv/material", "/etc/classhub/mirror", "/etc/classhub/secrets"
"""Where the claim, mirror.json and the files of secrets are in the pod."""
_OF_A_SOURCE = ("key", "token", "hook")
"""What of a course's source is the path of a file that holds a secret."""
_USER = 65532
_PROBE_S = 10


@dataclass(frozen=True)
class Room:
    """What the mirror is given. Memory in Mi."""

    disk: str = "10Gi"
    storage_class: str = ""
    """Empty: the cluster's own choice."""
    memory: int = 256
    most_memory: int = 1024
    """Git may need this much for the first fetch of a large course."""


def objects(
    mirror: Mirror,
    image: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, bytes],
    *,
    values: Mapping[str, Any],
    hub: str = "hub",
    room: Room = Room(),
) -> list[Object]:
    """In the order in which they are made.

    settings: as plan/mirror_settings.py writes them. secrets: contents of the files that these name, by their paths.
    values: over the chart's defaults. hub: name of the hub's Service.
    """
    inside = in_pod(mirror, settings, hub)
    text = json.dumps(inside, sort_keys=True)
    return [
        _object(mirror, "v1", "ServiceAccount", automountServiceAccountToken=False),
        _object(mirror, "v1", "ConfigMap", data={"mirror.json": text}),
        _object(mirror, "v1", "Secret", type="Opaque", stringData=dict(_contents(settings, secrets))),
        _object(mirror, "v1", "PersistentVolumeClaim", spec=_claim(room)),
        _object(mirror, "v1", "Service", spec=_service(mirror)),
        _object(mirror, "apps/v1", "Deployment", spec=_deployment(mirror, image, text, room)),
        *policies(mirror, values),
    ]


def in_pod(mirror: Mirror, settings: Mapping[str, Any], hub: str = "hub") -> Object:
    """The settings with the places of a pod in place of this machine's."""
    courses = []
    for course in settings["courses"]:
        source = course.get("source")
        moved = {one: f"{SECRETS}/{_key(course, one)}" for one in _OF_A_SOURCE if (source or {}).get(one)}
        courses.append({**course, "source": {**source, **moved}} if source else dict(course))
    return {
        **settings,
        "courses": courses,
        "store": STORE,
        "imports_here": False,
        "listen": f"0.0.0.0:{PORT}",
        "prefix": mirror.prefix,
        "hub_api": f"http://{hub}:{HUB_PORT}{mirror.base_url}hub/api",
    }


def _contents(settings: Mapping[str, Any], secrets: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for course in settings["courses"]:
        for one in _OF_A_SOURCE:
            path = (course.get("source") or {}).get(one)
            if path:
                yield _key(course, one), secrets[str(PurePath(path))].decode()


def _key(course: Mapping[str, Any], what: str) -> str:
    return f"{course['name']}.{what}"


def _object(mirror: Mirror, version: str, kind: str, **more: Any) -> Object:
    metadata = {"name": mirror.name, "namespace": mirror.namespace, "labels": dict(mirror.labels)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def _claim(room: Room) -> Object:
    named = {"storageClassName": room.storage_class} if room.storage_class else {}
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": room.disk}}, **named}


def _service(mirror: Mirror) -> Object:
    ports = [{"name": "http", "port": PORT, "targetPort": "http", "protocol": "TCP"}]
    return {"type": "ClusterIP", "selector": dict(mirror.selector), "ports": ports}


def _deployment(mirror: Mirror, image: str, text: str, room: Room) -> Object:
    """One pod at a time: two would write one store. Secrets reach a pod that runs, settings need a new one."""
    marks = {"checksum/settings": sha256(text.encode()).hexdigest()}
    labels = {**mirror.labels, REACHES_HUB: "true"}
    return {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": dict(mirror.selector)},
        "template": {"metadata": {"labels": labels, "annotations": marks}, "spec": _pod(mirror, image, room)},
    }


def _pod(mirror: Mirror, image: str, room: Room) -> Object:
    nobody = {"runAsNonRoot": True, "runAsUser": _USER, "runAsGroup": _USER, "fsGroup": _USER}
    security = {**nobody, "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "serviceAccountName": mirror.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": security,
        "containers": [_container(mirror, image, room)],
        "volumes": [
            {"name": "store", "persistentVolumeClaim": {"claimName": mirror.name}},
            {"name": "settings", "configMap": {"name": mirror.name}},
            {"name": "secrets", "secret": {"secretName": mirror.name, "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "2Gi"}},
        ],
    }


def _container(mirror: Mirror, image: str, room: Room) -> Object:
    asked = {"httpGet": {"path": f"{mirror.prefix}/health", "port": "http"}, "periodSeconds": _PROBE_S}
    return {
        "name": "mirror",
        "image": image,
        "command": ["python3", "-m", "classhub.materials.mirror", f"{SETTINGS}/mirror.json"],
        "env": [{"name": "HOME", "value": "/tmp"}],
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "readinessProbe": {**asked, "timeoutSeconds": 5},
        "livenessProbe": {**asked, "timeoutSeconds": 10, "failureThreshold": 6, "initialDelaySeconds": 30},
        "resources": {
            "requests": {"cpu": "50m", "memory": f"{room.memory}Mi"},
            "limits": {"memory": f"{room.most_memory}Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "store", "mountPath": STORE},
            {"name": "settings", "mountPath": SETTINGS, "readOnly": True},
            {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }

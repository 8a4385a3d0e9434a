"""Which object is what, by the labels and annotations of chart and KubeSpawner. Pure; names are never parsed.

Charts write `release` and `component` (to 4.x) and the app.kubernetes.io labels; either is enough. On claims of students
app.kubernetes.io/component reads singleuser-server, so `component` is asked first (facts: z2jh.md, 5).
"""

from collections.abc import Mapping
from typing import Any

from classhub.plan.manifest import component  # the same of a live object and of a rendered one

Object = Mapping[str, Any]

HUB, PROXY = "hub", "proxy"
SERVER, STORAGE = "singleuser-server", "singleuser-storage"
OWNER, SERVER_NAME = "hub.jupyter.org/username", "hub.jupyter.org/servername"


def labels(obj: Object) -> Mapping[str, str]:
    return (obj.get("metadata") or {}).get("labels") or {}


def annotations(obj: Object) -> Mapping[str, str]:
    return (obj.get("metadata") or {}).get("annotations") or {}


def name(obj: Object) -> str:
    return str(obj["metadata"]["name"])


def is_of(obj: Object, release: str) -> bool:
    """Whether it belongs to this release of the chart: two hubs may share a namespace."""
    found = labels(obj)
    return release in (found.get("release"), found.get("app.kubernetes.io/instance"))


def is_hubs(obj: Object, release: str) -> bool:
    """Whether it is the hub's own in this release: its Deployment, its pod, the claim with its database."""
    return component(obj) == HUB and is_of(obj, release)


def owner(obj: Object) -> tuple[str, str]:
    """User and server name of a student's pod or claim, as the hub knows them; ("", "") where no mark tells."""
    marks = annotations(obj)
    return marks.get(OWNER, ""), marks.get(SERVER_NAME, "")


def selectors(wanted: str, release: str) -> tuple[str, ...]:
    """Label selectors for the objects of one component, to be asked one after the other: old labels, then new ones."""
    return (
        f"component={wanted},release={release}",
        f"app.kubernetes.io/component={wanted},app.kubernetes.io/instance={release},!component",
    )


__all__ = [
    "HUB",
    "OWNER",
    "PROXY",
    "SERVER",
    "SERVER_NAME",
    "STORAGE",
    "annotations",
    "component",
    "is_hubs",
    "is_of",
    "labels",
    "name",
    "owner",
    "selectors",
]

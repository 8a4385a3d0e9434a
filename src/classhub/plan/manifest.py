"""Questions about one rendered manifest: which object it is, what it belongs to, whether it is a hook."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from classhub.config.traits.lookup import get

Manifest = Mapping[str, Any]
_EVERYWHERE = frozenset(
    {
        *("ClusterRole", "ClusterRoleBinding", "PriorityClass", "StorageClass", "Namespace", "PersistentVolume"),
        *("CustomResourceDefinition", "IngressClass", "GatewayClass", "RuntimeClass", "APIService"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "CSIDriver"),
    }
)
"""Kinds whose objects stand in no namespace."""
_CHECKSUM = re.compile(r"checksum\b|checksum_")


class Identity(NamedTuple):
    """Two manifests with the same one are the same object. group: of the API, without its version."""

    group: str
    kind: str
    namespace: str
    name: str


def identity(manifest: Manifest, namespace: str) -> Identity:
    """namespace: the release's, for objects that name none."""
    kind = str(manifest.get("kind", ""))
    group, slash, _ = str(manifest.get("apiVersion", "")).rpartition("/")
    own = "" if kind in _EVERYWHERE else str(get(manifest, "metadata.namespace") or namespace)
    return Identity(group if slash else "", kind, own, str(get(manifest, "metadata.name", "")))


def each(manifests: Sequence[Manifest | None]) -> Iterator[Manifest]:
    """Without empty documents, and with the items of lists."""
    for manifest in manifests:
        if not manifest:
            continue
        items = manifest.get("items")
        if str(manifest.get("kind", "")).endswith("List") and isinstance(items, list):
            yield from each(items)
        else:
            yield manifest


def component(manifest: Manifest) -> str:
    """hub, proxy, user-scheduler, ...: names tell nothing, as fullnameOverride changes them."""
    labels = get(manifest, "metadata.labels") or {}
    return str(labels.get("component") or labels.get("app.kubernetes.io/component") or "")


def annotation(manifest: Manifest, name: str) -> str:
    return str((get(manifest, "metadata.annotations") or {}).get(name) or "")


def hook(manifest: Manifest) -> str:
    """When Helm runs it, as "pre-install,pre-upgrade"; empty: it is kept in the release."""
    return annotation(manifest, "helm.sh/hook")


def pod_template(manifest: Manifest) -> Any:
    """What the pods of a workload are made from; None for any other object."""
    if manifest.get("kind") == "CronJob":
        return get(manifest, "spec.jobTemplate.spec.template")
    return get(manifest, "spec.template")


def items(listed: Any) -> list[Manifest]:
    """Those of a list that are mappings: a template may leave an empty one, which Kubernetes drops."""
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def pulled(manifest: Manifest) -> list[str]:
    """The images that an image puller brings, students' first. Its init containers do it; the one that stays only waits."""
    containers = items(get(pod_template(manifest) or {}, "spec.initContainers"))
    found = sorted(containers, key=lambda container: container.get("name") != "image-pull-singleuser")
    return list(dict.fromkeys(str(container.get("image")) for container in found))


def is_checksum(key: Any) -> bool:
    """Says that something else changed, and nothing of its own."""
    return isinstance(key, str) and bool(_CHECKSUM.match(key))

"""Which rights our account needs on a cluster to look after a hub that is deployed. docs/reference/rights.md has them as YAML.

A deploy needs more: it makes all that the chart makes, the hub's own Role included (Kubernetes' role admin in the namespace
does, and cluster-admin where the chart has a scheduler of its own).
"""

from typing import Any

Rule = dict[str, Any]


def _rule(group: str, resources: str, verbs: str, names: str = "") -> Rule:
    rule: Rule = {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
    return rule | ({"resourceNames": names.split()} if names else {})


LOOK = (
    _rule("", "pods services persistentvolumeclaims events", "get list watch"),
    _rule("", "pods/log", "get"),
    _rule("", "pods/portforward", "get create"),
    _rule("", "secrets", "get list"),
    _rule("", "configmaps", "get"),
    _rule("apps", "deployments statefulsets daemonsets replicasets", "get list watch"),
    _rule("coordination.k8s.io", "leases", "get"),
    _rule("metrics.k8s.io", "pods", "get list"),
)
"""`status`, `logs`, `events`, `top`, `servers`, `users`, `homes list`. Secrets: Helm keeps its
history in them, and the hub our token; whoever may read them holds the hub's keys, and is its admin."""

ACT = (
    *LOOK,
    _rule("", "pods/exec", "get create"),
    _rule("", "pods persistentvolumeclaims", "delete"),
    _rule("apps", "deployments statefulsets daemonsets", "patch"),
    _rule("apps", "deployments/scale statefulsets/scale", "get patch update"),
    _rule("coordination.k8s.io", "leases", "create patch"),
)
"""all that, and `exec`, `shell`, `restart`, `scale`, `homes delete`, `down`."""

EVERYWHERE = (
    _rule("", "nodes pods", "get list"),
    _rule("metrics.k8s.io", "nodes", "get list"),
)
"""the nodes in `status` and `top`; without it both say what they leave out. Other namespaces share the nodes: hence all pods."""

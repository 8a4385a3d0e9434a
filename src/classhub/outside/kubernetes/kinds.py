"""Where a kind of object lives in the API: group, version, plural, in a namespace or not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Resource:
    """One kind as one version of the API serves it; group is empty for the core."""

    kind: str
    group: str
    version: str
    plural: str
    is_namespaced: bool

    @property
    def api(self) -> str:
        """As an object's apiVersion has it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Without a namespace: all of them, or an object that is in none."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.is_namespaced and namespace:
            parts += ["namespaces", namespace]
        parts += [part for part in (self.plural, name, subresource) if part]
        return "/".join(quote(part, safe=":") for part in parts)


def _known() -> Iterator[Resource]:
    for line in KNOWN.strip().splitlines():
        api, scope, *kinds = line.split()
        group, _, version = api.rpartition("/")
        for kind in kinds:
            plural = IRREGULAR.get((group, kind), IRREGULAR.get(("", kind), f"{kind.lower()}s"))
            yield Resource(kind, group, version, plural, scope == "namespaced")


KNOWN = """
v1 namespaced Pod Service PersistentVolumeClaim ConfigMap Secret ServiceAccount Event Endpoints ResourceQuota LimitRange
v1 namespaced ReplicationController PodTemplate
v1 cluster Node Namespace PersistentVolume
apps/v1 namespaced Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision
batch/v1 namespaced Job CronJob
policy/v1 namespaced PodDisruptionBudget
autoscaling/v2 namespaced HorizontalPodAutoscaler
networking.k8s.io/v1 namespaced Ingress NetworkPolicy
networking.k8s.io/v1 cluster IngressClass
rbac.authorization.k8s.io/v1 namespaced Role RoleBinding
rbac.authorization.k8s.io/v1 cluster ClusterRole ClusterRoleBinding
storage.k8s.io/v1 cluster StorageClass CSIDriver
scheduling.k8s.io/v1 cluster PriorityClass
discovery.k8s.io/v1 namespaced EndpointSlice
coordination.k8s.io/v1 namespaced Lease
metrics.k8s.io/v1beta1 namespaced PodMetrics
metrics.k8s.io/v1beta1 cluster NodeMetrics
authorization.k8s.io/v1 cluster SelfSubjectAccessReview SubjectAccessReview SelfSubjectRulesReview
authentication.k8s.io/v1 cluster SelfSubjectReview
admissionregistration.k8s.io/v1 cluster ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1 cluster ValidatingWebhookConfiguration MutatingWebhookConfiguration
apiextensions.k8s.io/v1 cluster CustomResourceDefinition
"""
"""Every kind of the chart and all that we ask for: no request is needed to find these."""

IRREGULAR = {
    ("", "Endpoints"): "endpoints",
    ("", "Ingress"): "ingresses",
    ("", "NetworkPolicy"): "networkpolicies",
    ("", "IngressClass"): "ingressclasses",
    ("", "StorageClass"): "storageclasses",
    ("", "PriorityClass"): "priorityclasses",
    ("", "ValidatingAdmissionPolicy"): "validatingadmissionpolicies",
    ("metrics.k8s.io", "PodMetrics"): "pods",
    ("metrics.k8s.io", "NodeMetrics"): "nodes",
}

BUILT_IN = {resource.kind: resource for resource in _known()}

DISCOVERY = ", ".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")
)
"""What to accept from /apis to get every group in one answer (Kubernetes 1.26 and newer)."""


def discovered(answer: Mapping[str, Any]) -> Iterator[Resource]:
    """The kinds in an APIGroupDiscoveryList, in the server's order of preference."""
    for group in answer.get("items", ()):
        for version in group.get("versions", ()):
            for found in version.get("resources", ()):
                yield Resource(
                    found.get("responseKind", {}).get("kind", ""),
                    group["metadata"]["name"],
                    version["version"],
                    found["resource"],
                    found.get("scope") == "Namespaced",
                )

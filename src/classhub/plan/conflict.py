"""What another tool changed of the release's objects, and a deploy would set back."""

import dataclasses
from typing import Any

from classhub.plan.difference import short

_TOOLS = {
    "kubectl-edit": "kubectl edit",
    "kubectl-client-side-apply": "kubectl apply",
    "kubectl-patch": "kubectl patch",
    "kubectl-rollout": "kubectl rollout",
    "vpa-updater": "the vertical autoscaler",
    "kube-controller-manager": "Kubernetes itself",
    "OpenAPI-Generator": "a Python program",
}
"""What people call a field manager. kubectl scale is known to the cluster as "kubectl"."""
_HARMLESS = ("replicas", "image", "type", "loadBalancerIP", "storage", "cpu", "memory", "storageClassName")
"""Ends of fields whose value may be seen, where it is no text of the college's own."""


@dataclasses.dataclass(frozen=True)
class Conflict:
    """One field that `manager` owns. live, wanted: what is there and what the release says; None: not known."""

    manager: str
    kind: str
    name: str
    field: str
    """As Kubernetes writes it, ".spec.replicas"."""
    live: Any = dataclasses.field(default=None, repr=False)
    wanted: Any = dataclasses.field(default=None, repr=False)

    @property
    def path(self) -> str:
        return self.field.lstrip(".")

    @property
    def sentence(self) -> str:
        """ "kubectl changed spec.replicas of StatefulSet user-placeholder: 10, the release says 3; ..."."""
        tool = _TOOLS.get(self.manager, self.manager)
        return (
            f"{tool} changed {self.path} of {self.kind} {self.name}{self._values}; "
            "`classhub deploy` refuses to overwrite it without --take-over."
        )

    @property
    def _values(self) -> str:
        if None in (self.live, self.wanted) or self.kind == "Secret" or not self.path.endswith(_HARMLESS):
            return ""
        if isinstance(self.live, dict | list) or isinstance(self.wanted, dict | list):
            return ""
        return f": {short(self.live)}, the release says {short(self.wanted)}"

"""What is asked of the API server, without a connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from classhub.outside.kubernetes.kinds import Resource

Object = Mapping[str, Any]
"""As the API gives it, JSON."""
Query = Mapping[str, str | int | list[str]]

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"  # JSON is YAML
METHODS = {"create": "POST", "patch": "PATCH", "apply": "PATCH", "delete": "DELETE"}


@dataclass(frozen=True)
class Call:
    """One request. verb: as RBAC names it, or "apply", "exec"; it says the method and whether it may be repeated."""

    verb: str
    path: str
    kind: str = ""
    namespace: str = ""
    name: str = ""
    query: Query = field(default_factory=dict)
    body: Object | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    quiet_s: float = 0
    """The longest silence within the answer; 0: as usual."""
    is_whole: bool = True
    """The answer is read to its end before it counts; False: it comes bit by bit."""

    @classmethod
    def of(
        cls, verb: str, resource: Resource, namespace: str, name: str = "", subresource: str = "", **more: Any
    ) -> Self:
        """namespace is dropped for a kind that is in none."""
        here = namespace if resource.is_namespaced else ""
        return cls(verb, resource.path(here, name, subresource), resource.kind, here, name, **more)

    def to_list(self, resource: Resource) -> Self:
        """The same to where objects of its kind are made: a new one has a name but no path of its own yet."""
        return replace(self, path=resource.path(self.namespace))

    @property
    def method(self) -> str:
        return METHODS.get(self.verb, "GET")

    @property
    def may_repeat(self) -> bool:
        """Merge patches and applies set what they name: twice is as once. Reviews make nothing."""
        return self.verb not in ("create", "exec") or self.kind.endswith("Review")

    @property
    def about(self) -> str:
        """As in "There is no Pod hub in the namespace jhub"."""
        named = f"{self.kind or self.path} {self.name}".strip()
        return f"{named} in the namespace {self.namespace}" if self.namespace else named

    def asking(self, **query: str | int) -> Self:
        """The same with more in its query."""
        return replace(self, query={**self.query, **query})

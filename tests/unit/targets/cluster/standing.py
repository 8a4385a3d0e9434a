"""A cluster that stands still: lists of objects, and calls to look at. Nothing of it changes by itself."""

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]


class Standing:
    def __init__(self, logs: dict[str, list[str]] | None = None, **kinds: list[Object]) -> None:
        self.namespace = "jhub"
        self.logs_of = logs or {}
        self._kinds = kinds

    def list(self, kind: str, *, labels: str = "", fields: str = "", everywhere: bool = False) -> Iterator[Object]:
        found = self._kinds.get(kind, [])
        wanted = fields.partition("involvedObject.name=")[2]
        return iter(one for one in found if not wanted or one["involvedObject"]["name"] == wanted)

    def logs(self, pod: str, container: str, **_: Any) -> Iterator[str]:
        return iter(self.logs_of.get(pod, []))

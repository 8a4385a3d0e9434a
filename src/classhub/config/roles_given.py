"""The roles that the hub is given, wherever they stand."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config.document import Where
from classhub.config.traits.lookup import at, mapping

OF_HUB: Where = ("hub", "config", "JupyterHub")


class Role(NamedTuple):
    where: Where
    name: Any
    spec: Mapping[str, Any]


def roles(values: Mapping[str, Any]) -> Iterator[Role]:
    """Those that the hub gets: load_roles replaces all of hub.loadRoles."""
    replaced = at(values, (*OF_HUB, "load_roles"))
    if isinstance(replaced, list):
        for index, spec in enumerate(replaced):
            if isinstance(spec, Mapping):
                yield Role((*OF_HUB, "load_roles", index), spec.get("name"), spec)
        return
    for key, spec in mapping(values, "hub.loadRoles").items():
        if isinstance(spec, Mapping):
            yield Role(("hub", "loadRoles", key), spec.get("name", key), spec)

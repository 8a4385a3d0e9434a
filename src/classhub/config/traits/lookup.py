"""Reading merged values as the hub's own script does."""

from collections.abc import Iterable, Mapping
from typing import Any

from classhub.config.document import Where

Values = Mapping[str, Any]
Section = dict[str, Any]
"""Trait name to value."""


def get(values: Values, path: str, default: Any = None) -> Any:
    """The value at a dotted path. default only if a key is absent or a parent is no mapping; null comes back as None."""
    value: Any = values
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return default
        value = value[part]
    return value


def at(values: Any, where: Where) -> Any:
    """The value at a way, through lists too; None where there is nothing."""
    for part in where:
        if isinstance(values, Mapping):
            values = values.get(part)
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            return None
    return values


def mapping(values: Values, path: str) -> Values:
    """The mapping at a path, keys sorted as they arrive in the hub; empty if there is none."""
    found = get(values, path)
    return dict(sorted(found.items())) if isinstance(found, Mapping) else {}


def listing(values: Values, path: str) -> list[Any]:
    found = get(values, path)
    return list(found) if isinstance(found, list) else []


def set_traits(section: Section, values: Values, names: Iterable[tuple[str, str]]) -> None:
    """Each (trait, path): set unless the value is absent or null, which leave the trait alone."""
    for trait, path in names:
        value = get(values, path)
        if value is not None:
            section[trait] = value

"""Where in the chart's table a key would be right, and whether a value is of a key's type."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from classhub.config.chart.table import Key
from classhub.config.document import Where


class Elsewhere:
    """Every place of the table where a key of some name would be right, outside shared shapes."""

    def __init__(self, root: Key) -> None:
        self._root = root

    @cached_property
    def _places(self) -> dict[str, list[tuple[Where, Key]]]:
        found: dict[str, list[tuple[Where, Key]]] = {}
        for place in _all(self._root, ()):
            found.setdefault(str(place[0][-1]), []).append(place)
        return found

    def of(self, name: str, value: Any) -> list[tuple[Where, Key]]:
        """Those that take this value, and of a mapping all its keys; all of them where none does."""
        places = self._places.get(name, [])
        return [place for place in places if takes(value, place[1])] or places

    def has(self, name: str) -> bool:
        return name in self._places

    def holders(self, name: str, value: Any) -> set[Where]:
        """Of the mappings with such a key those where it takes this value."""
        return {where[:-1] for where, key in self._places.get(name, ()) if takes(value, key)}


def _all(key: Key, where: Where) -> Iterator[tuple[Where, Key]]:
    for name, inner in key.keys.items():
        yield (*where, name), inner
        yield from _all(inner, (*where, name))


def takes(value: Any, key: Key) -> bool:
    """Of a mapping its keys are looked at too, not what stands below them."""
    if not fits(value, key):
        return False
    if not isinstance(value, Mapping) or key.others == "yes" or key.each is not None:
        return True
    return all(name in key.keys or (key.others == "classes" and "A" <= name[:1] <= "Z") for name in value)


def fits(value: Any, key: Key) -> bool:
    """Is it of one of the key's types?"""
    if "any" in key.types:
        return True
    if value is None:
        return "null" in key.types
    if key.words and isinstance(value, str):
        return value in key.words
    return any(_is(value, name) for name in key.types)


_TYPES: dict[str, Any] = {"bool": bool, "str": str, "list": list, "map": Mapping, "int": int, "count": int}


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "bool"
    if isinstance(value, float):
        return name == "num" or (name in ("int", "count") and value.is_integer())
    if isinstance(value, int):
        return name in ("int", "num") or (name == "count" and value >= 0)
    return name in _TYPES and isinstance(value, _TYPES[name])

"""Our own table of a chart's values, VERSION.keys: every key with its type and default. 4.4.0.keys explains its form."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from classhub.config.chart.lines import Line, tree
from classhub.config.chart.upgrade import order
from classhub.config.merge import copy
from classhub.errors import WrongUsage

VERSIONS = ("4.4.0", "5.0.0-0.dev", "4.3.2", "4.0.0", "3.3.8")
"""Charts that have a table. The first is the one that ClassHub is made for."""


class Key(NamedTuple):
    """One key of the values, or a shape that keys share. A tuple, as a thousand are made at each start."""

    types: frozenset[str] = frozenset({"map"})
    """Of bool, int, count, num, str, list, map, any, null."""
    words: tuple[str, ...] = ()
    """The only texts allowed; empty: any."""
    keys: Mapping[str, "Key"] = {}
    others: str = "no"
    """Keys beside `keys`: "no", "yes", or "classes" (a capital first, and a mapping)."""
    each: "Key | None" = None
    """What every value of a mapping with free keys, or every item of a list, must be."""
    must: bool = False
    has_default: bool = False
    default: Any = None
    """The key's own; those of `keys` are laid over it."""
    one_of: tuple[str, ...] = ()
    strict_if: str = ""
    unset: bool = False
    """Absent from the defaults, with all its keys."""


def known(version: str) -> str:
    """The chart whose table is used for this one: its own, else that of the nearest version."""
    if version in VERSIONS or order(version) == order(""):
        return version if version in VERSIONS else VERSIONS[0]
    return min(VERSIONS, key=lambda one: [abs(a - b) for a, b in zip(order(one), order(version), strict=True)])


def refuse_unknown(version: str) -> None:
    """Raises WrongUsage for a chart, asked for by name, that has no table."""
    if version not in VERSIONS:
        raise WrongUsage(f"ClassHub has no table of chart {version}; it knows {', '.join(VERSIONS)}.")


@cache
def table(version: str, tag: str = "") -> Key:
    """The root key. tag: of the images that are released with the chart; default its version. KeyError: no table."""
    if version not in VERSIONS:
        raise KeyError(version)
    root = tree(version, tag or version)
    shapes: dict[str, Key] = {}
    for name, line in root.below.items():
        if name.startswith("@"):
            shapes[name] = _key(line, shapes)
    for name in shapes:
        del root.below[name]
    return _key(root, shapes)


def defaults(version: str, tag: str = "") -> dict[str, Any]:
    """The chart's default values, a fresh copy."""
    return dict(_defaults(table(version, tag)))


def _defaults(key: Key) -> Any:
    own = copy(key.default)
    if not key.keys:
        return own
    below = {name: _defaults(inner) for name, inner in key.keys.items() if _is_set(inner)}
    return {**(own or {}), **below}


def _is_set(key: Key) -> bool:
    return bool(key.has_default or key.keys) and not key.unset


def _key(line: Line, shapes: dict[str, Key]) -> Key:
    type_, equals, default = (" " + line.rest).partition(" = ")
    key = _typed(type_.strip(), shapes)
    changes: dict[str, Any] = {"must": True} if line.must else {}
    if line.below:
        below = dict(line.below)
        if "one of" in below:
            changes["one_of"] = tuple(below.pop("one of").rest.split())
        if "strict if" in below:
            changes["strict_if"] = below.pop("strict if").rest
        changes["keys"] = {**key.keys, **{name: _key(inner, shapes) for name, inner in below.items()}}
    if default == "unset":
        return key._replace(**changes, unset=True)
    if changes:
        key = key._replace(**changes)
    return _with_default(key, json.loads(default)) if equals else key


def _with_default(key: Key, default: Any) -> Key:
    """A mapping's default goes down to the keys it names; what it names besides stays its own."""
    if not key.keys or not isinstance(default, dict):
        return key._replace(has_default=True, default=default)
    below = {name: _with_default(key.keys[name], value) for name, value in default.items() if name in key.keys}
    own = {name: value for name, value in default.items() if name not in key.keys}
    return key._replace(keys={**key.keys, **below}, has_default=True, default=own)


def _typed(text: str, shapes: dict[str, Key]) -> Key:
    if text.startswith("@"):
        return shapes[text]
    optional, text = text.endswith("?"), text.removesuffix("?")
    null = frozenset({"null"} if optional else ())
    if text in ("", "open", "classes"):
        return Key(others={"": "no", "open": "yes", "classes": "classes"}[text])
    if text[0] in "{[":
        kind = "map" if text[0] == "{" else "list"
        return Key(types=null | {kind}, others="yes", each=_typed(text[1:-1], shapes))
    if text[0] == '"':
        return Key(types=null | {"str"}, words=tuple(word.strip('"') for word in text.split("|")))
    return Key(types=null | frozenset(text.split("|")), others="yes")

"""Our own table of a chart's values, VERSION.keys: every key with its type and default. That file explains its form."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from classhub.config.merge import copy

VERSIONS = ("4.4.0",)
"""Charts that have a table, newest first."""


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


@cache
def table(version: str, tag: str = "") -> Key:
    """The root key. tag: of the images that are released with the chart; default its version. KeyError: no table."""
    if version not in VERSIONS:
        raise KeyError(version)
    text = (Path(__file__).parent / f"{version}.keys").read_text(encoding="utf-8")
    for name, value in {"chart": tag or version, **_ABBREVIATIONS}.items():
        text = text.replace("{{" + name + "}}", value)
    return _parse(text)


def defaults(version: str, tag: str = "") -> dict[str, Any]:
    """The chart's default values, a fresh copy."""
    return dict(_defaults(table(version, tag)))


def _defaults(key: Key) -> Any:
    own = copy(key.default)
    if not key.keys:
        return own
    below = {name: _defaults(inner) for name, inner in key.keys.items() if inner.has_default or inner.keys}
    return {**(own or {}), **below}


def _dedicated(pods: str) -> str:
    # The second spelling is for GKE, whose node pools allow no slash in a taint.
    names = ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
    return json.dumps([{"key": name, "operator": "Equal", "value": pods, "effect": "NoSchedule"} for name in names])


_ABBREVIATIONS = {
    "nobody": json.dumps(
        {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    ),
    "dedicated core": _dedicated("core"),
    "dedicated user": _dedicated("user"),
}


@dataclass
class _Line:
    indent: int
    name: str
    rest: str
    below: list["_Line"] = field(default_factory=list)


def _parse(text: str) -> Key:
    root = _Line(-1, "", "")
    stack = [root]
    for line in _lines(text):
        while stack[-1].indent >= line.indent:
            stack.pop()
        stack[-1].below.append(line)
        stack.append(line)
    shapes: dict[str, Key] = {}
    for line in root.below:
        if line.name.startswith("@"):
            shapes[line.name] = _key(line, shapes)
    root.below = [line for line in root.below if not line.name.startswith("@")]
    return _key(root, shapes)


def _lines(text: str) -> Iterator[_Line]:
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith("#"):
            name, _, rest = bare.partition(":")
            yield _Line(len(line) - len(line.lstrip()), name, rest.strip())


def _key(line: _Line, shapes: dict[str, Key]) -> Key:
    type_, equals, default = (" " + line.rest).partition(" = ")
    key = _typed(type_.strip(), shapes)
    below = {inner.name.rstrip("!"): inner for inner in line.below}
    one_of, strict_if = below.pop("one of", None), below.pop("strict if", None)
    key = key._replace(
        keys={**key.keys, **{name: _key(inner, shapes) for name, inner in below.items()}},
        must=line.name.endswith("!"),
        one_of=tuple(one_of.rest.split()) if one_of else key.one_of,
        strict_if=strict_if.rest if strict_if else key.strict_if,
    )
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

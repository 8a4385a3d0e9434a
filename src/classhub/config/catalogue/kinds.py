"""Would a trait of this kind take this value? As traitlets decides, its coercions included, for values out of YAML.

Kinds are bool, int, float, text, size (bytes, or a number with K, M, G or T), any, class, never (nothing that YAML can
write: a function), list(KIND), set(KIND), command(KIND), tuple(KIND, ...), dict(KIND, KIND), one(KIND, ...),
words("a", 1), caseless("a"). int(0, null) has bounds, list(text)+ may not be empty, and text? may be null.
"""

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from classhub.config.spelling import kind as described


class Kind(NamedTuple):
    name: str
    arguments: tuple[Any, ...] = ()
    """Kinds; of words, caseless, int and float: plain values."""
    may_be_null: bool = False
    may_be_empty: bool = True


@cache
def parse(text: str) -> Kind:
    kind, rest = _parse(re.findall(r'"[^"]*"|[\w.-]+|[(),?+]', text))
    if rest:
        raise ValueError(text)
    return kind


def _parse(tokens: list[str]) -> tuple[Kind, list[str]]:
    name, tokens = tokens[0], tokens[1:]
    arguments: list[Any] = []
    if tokens and tokens[0] == "(":
        while tokens[0] in "(,":
            plain = name in ("words", "caseless", "int", "float")
            argument, tokens = (json.loads(tokens[1]), tokens[2:]) if plain else _parse(tokens[1:])
            arguments.append(argument)
        tokens = tokens[1:]
    kind = Kind(name, tuple(arguments))
    while tokens and tokens[0] in "?+":
        kind = kind._replace(may_be_null=True) if tokens[0] == "?" else kind._replace(may_be_empty=False)
        tokens = tokens[1:]
    return kind, tokens


def accepts(kind: Kind, value: Any) -> bool:
    """The value as it stands in a section: a bare text is taken for a list or set of one."""
    if isinstance(value, str) and kind.name in ("list", "set"):
        value = [value]
    return _takes(kind, value)


def _takes(kind: Kind, value: Any) -> bool:
    if value is None and (kind.may_be_null or kind.name == "size"):
        return True
    return bool(_TAKES[kind.name](kind, value))


def _takes_number(kind: Kind, value: Any) -> bool:
    if not isinstance(value, int | float if kind.name == "float" else int):
        return False
    low, high = kind.arguments or (None, None)
    return (low is None or value >= low) and (high is None or value <= high)


def _takes_size(kind: Kind, value: Any) -> bool:
    if isinstance(value, int | float):
        return math.isfinite(value)
    if not isinstance(value, str) or value[-1:] not in tuple("KMGT"):
        return False
    try:
        return math.isfinite(float(value[:-1]))
    except ValueError:
        return False


def _takes_items(kind: Kind, value: Any) -> bool:
    if kind.name == "command" and isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not (value or kind.may_be_empty):
        return False
    if kind.name == "set" and any(isinstance(item, list | dict) for item in value):
        return False
    return all(_takes(kind.arguments[0], item) for item in value)


def _takes_tuple(kind: Kind, value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return False
    if not kind.arguments:
        return True
    return len(value) == len(kind.arguments) and all(map(_takes, kind.arguments, value))


def _takes_dict(kind: Kind, value: Any) -> bool:
    keys, values = kind.arguments
    return isinstance(value, Mapping) and all(_takes(keys, key) and _takes(values, value[key]) for key in value)


def _takes_caseless(kind: Kind, value: Any) -> bool:
    return isinstance(value, str) and value.lower() in [word.lower() for word in kind.arguments]


_TAKES: dict[str, Any] = {
    "any": lambda kind, value: True,
    "never": lambda kind, value: False,
    "bool": lambda kind, value: isinstance(value, int) and value in (0, 1),
    "text": lambda kind, value: isinstance(value, str),
    "class": lambda kind, value: isinstance(value, str),
    "words": lambda kind, value: value in kind.arguments,
    "one": lambda kind, value: any(_takes(inner, value) for inner in kind.arguments),
    "int": _takes_number,
    "float": _takes_number,
    "size": _takes_size,
    "list": _takes_items,
    "set": _takes_items,
    "command": _takes_items,
    "tuple": _takes_tuple,
    "dict": _takes_dict,
    "caseless": _takes_caseless,
}


def wanted(kind: Kind) -> str:
    """For people: "a list of texts"."""
    if kind.name in ("words", "caseless"):
        return "one of " + ", ".join(str(word) for word in kind.arguments)
    if kind.name == "one":
        names = [wanted(inner) for inner in kind.arguments if inner.name != "never"]
        return " or ".join(dict.fromkeys(names)) or _NAMES["never"]
    if kind.name in ("int", "float") and kind.arguments:
        low, high = kind.arguments
        limits = [f"from {low}"] * (low is not None) + [f"to {high}"] * (high is not None)
        return f"{_NAMES[kind.name]} {' '.join(limits)}"
    return _of(kind, _NAMES[kind.name])


def _of(kind: Kind, name: str) -> str:
    if kind.name == "tuple" and kind.arguments:
        return f"a list of {len(kind.arguments)}"
    inner = kind.arguments[-1].name if kind.name in ("list", "set", "dict", "command") else "any"
    return f"{name} of {_MANY[inner]}" if inner in _MANY else name


_NAMES = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "text": "text",
    "size": "a number of bytes or a number with K, M, G or T after it",
    "class": "the name of a class",
    "never": "a function, which only hub.extraConfig can write",
    "any": "anything",
    "list": "a list",
    "set": "a list",
    "command": "a list",
    "tuple": "a list",
    "dict": "a mapping",
}
_MANY = {"text": "texts", "dict": "mappings", "set": "lists", "list": "lists", "int": "whole numbers"}


def found(kind: Kind, value: Any) -> str:
    """What stands there, without showing it: it may be a secret."""
    if isinstance(value, list) and value and kind.name in ("list", "set", "command"):
        wrong = [item for item in value if not _takes(kind.arguments[0], item)]
        return f"a list with {described(wrong[0])} in it" if wrong else "a list of lists or mappings"
    if isinstance(value, list) and not value:
        return "an empty list"
    if isinstance(value, dict) and kind.name == "dict":
        wrong = [item for item in value.values() if not _takes(kind.arguments[1], item)]
        return f"a mapping with {described(wrong[0])} in it" if wrong else "a mapping with other keys"
    words = kind.name in ("words", "caseless", "size") and isinstance(value, str)
    return "another word" if words else described(value)

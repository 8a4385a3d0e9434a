"""What a scalar in a YAML file means to Helm.

Helm reads values with go-yaml (sigs.k8s.io/yaml, goyaml.v2/resolve.go) and passes them on as JSON. It differs from
PyYAML: `12:30:45` and dates are text, `1e3` is a number, `0o666` and `0666` are 438, `y` is true. See facts/z2jh.md.
"""

import re
from typing import Any

_TRUE = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_FALSE = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_NULL = {"", "~", "null", "Null", "NULL"}
_WORDS: dict[str, Any] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(_NULL, None),
}
_ENDLESS = re.compile(r"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_INTEGER = re.compile(
    r"^(?P<sign>[-+]?)(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))$"
)
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}
_LEAST, _MOST = -(2**63), 2**64 - 1
_TAG = "tag:yaml.org,2002:"
_LONGEST_NUMBER = 400
"""Digits. Longer ones cannot be a float, and Python refuses to read integers of more than 4,300."""


def resolve(text: str) -> Any:
    """The value of a plain (unquoted, untagged) scalar. Raises ValueError for .inf and .nan, which JSON cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    if _ENDLESS.match(text):
        raise ValueError("infinity and not-a-number cannot be passed on by Helm")
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Any:
    plain = text if text[0] == "." else text.replace("_", "")
    if whole := _INTEGER.match(plain):
        base = next(name for name in _BASES if whole[name])
        count = int(whole["sign"] + whole[base], _BASES[base])
        if _LEAST <= count <= _MOST:
            return count
    if not _FLOAT.match(plain):
        return text
    number = float(plain)  # Go reads whole numbers beyond 64 bits so, too
    if number in (float("inf"), float("-inf")):
        return text
    # Go writes whole floats below 1e21 without a point, so they arrive in the hub as integers.
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with an explicit tag, as `!!str 5`. Raises ValueError if text and tag do not fit."""
    name = tag.removeprefix(_TAG)
    if name == "binary":
        return _binary(text)
    if name not in ("bool", "int", "float", "null"):
        return text
    value = resolve(text)
    fits = {
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, int | float) and not isinstance(value, bool),
        "null": value is None,
    }
    if not fits[name]:
        raise ValueError(f"the tag !!{name} does not fit this value")
    return value


def _binary(text: str) -> str:
    import base64

    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except ValueError:
        raise ValueError("the tag !!binary needs base64 of UTF-8 text") from None


def key(value: Any) -> str:
    """A mapping's key, as JSON has only text ones. Raises ValueError for null, as Helm does."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        raise ValueError("a key cannot be empty")
    return f"{value:g}" if isinstance(value, float) else str(value)

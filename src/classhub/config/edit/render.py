"""Values as YAML that Helm reads back as exactly those values."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from classhub.config import scalars

WIDEST = 90
"""Columns that a list on one line may take; a longer one gets a line for each item."""
_NUMBERLIKE = re.compile(r"[-+.]?[0-9][-+0-9._:,eExXoObBTZ ]*$")
"""Dates, times and versions are text to Helm and something else to other readers of YAML: they get quotes."""
_INDICATORS = "-?:,[]{}#&*!|>'\"%@`=~"


class Written(NamedTuple):
    """What stands behind the colon or dash, and the lines below it, not yet indented."""

    inline: str
    below: tuple[str, ...] = ()
    literal: bool = False
    """below is the text of a block scalar: a comment before it would become part of it."""


def written(value: Any, unit: int, quote: str = "") -> Written:
    """In block style. unit: spaces of one level. quote: of the text that stood there before, kept if it can be."""
    if isinstance(value, Mapping) and value:
        return Written("", tuple(line for name, inner in value.items() for line in entry(str(name), inner, unit)))
    if isinstance(value, list) and value and not _is_short(value):
        return Written("", tuple(line for inner in value for line in item(inner, unit)))
    if isinstance(value, str) and _fits_a_block(value):
        return Written("|" if value.endswith("\n") else "|-", tuple(value.removesuffix("\n").split("\n")), True)
    return Written(flow(value, quote))


def document(value: Any) -> str:
    """A whole file."""
    inline, below, _ = written(value, 2)
    return "\n".join([inline] if inline else below) + "\n"


def entry(name: str, value: Any, unit: int) -> list[str]:
    """The lines of `name: value`."""
    inline, below, _ = written(value, unit)
    return [f"{text(name)}: {inline}".rstrip(" "), *indented(below, unit)]


def item(value: Any, unit: int) -> list[str]:
    """The lines of `- value`."""
    inline, below, _ = written(value, unit)
    first, rest = (inline, below) if inline else (below[0], below[1:])
    return [f"- {first}", *indented(rest, 2)]


def indented(lines: tuple[str, ...] | list[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]


def flow(value: Any, quote: str = "") -> str:
    """On one line, as [a, b] and {a: 1}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(str(name), in_flow=True)}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if isinstance(value, str):
        return text(value, quote, in_flow=True)
    return json.dumps(value)


def text(value: str, quote: str = "", in_flow: bool = False) -> str:
    """A text on one line, without quotes where it needs none and had none."""
    if not value.isprintable():
        return _escaped(value)
    if quote == "single":
        return "'" + value.replace("'", "''") + "'"
    if quote != "double" and _is_plain(value, in_flow):
        return value
    return _escaped(value)


def _escaped(value: str) -> str:
    """JSON's form is YAML's; what cannot be seen, or ends a line in YAML only, is spelt out."""
    made = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in made)


def _is_plain(value: str, in_flow: bool) -> bool:
    if not value or value != value.strip() or value[0] in _INDICATORS or value.endswith(":"):
        return False
    if ": " in value or " #" in value or value.startswith(("...", "<<")) or _NUMBERLIKE.match(value):
        return False
    if in_flow and re.search(r"[,\[\]{}]|:$", value):
        return False
    try:
        return bool(scalars.resolve(value) == value)
    except ValueError:
        return False


def _is_short(value: list[Any]) -> bool:
    plain = not any(isinstance(inner, Mapping | list) and inner for inner in value)
    return plain and len(flow(value)) <= WIDEST


def _fits_a_block(value: str) -> bool:
    """Texts of several lines that need no header but | or |-."""
    lines = value.removesuffix("\n").split("\n")
    if len(lines) < 2 or not lines[0] or lines[0][0] in " \t" or not lines[-1].strip():
        return False
    return all(line.replace("\t", "").isprintable() and (line.strip() or not line) for line in lines)

"""A notebook's file as it is on a student's disk: read, looked over, and written in the same hand.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from classhub.materials.merge import NOTEBOOK_BYTES

ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KEYS = {
    "code": {"cell_type", "id", "metadata", "source", "outputs", "execution_count"},
    "markdown": {"cell_type", "id", "metadata", "source", "attachments"},
    "raw": {"cell_type", "id", "metadata", "source", "attachments"},
}
"""What a cell may hold (nbformat 4.5), all but attachments required."""
ESCAPED = re.compile(r"\\u(?!d[89a-f]|00[01])[0-9a-f]{4}|\\ud[89ab]..\\ud[c-f]", re.IGNORECASE)
"""A character that JSON allows as it is; half of a pair has no other spelling."""
SURROGATE = re.compile("[\ud800-\udfff]")

Cell = dict[str, Any]


class NotMergeable(Exception):
    """No notebook, or one whose cells have no names to tell them by."""


@dataclass(frozen=True)
class Notebook:
    """`cells` and `metadata` are the parsed JSON itself."""

    cells: list[Cell]
    metadata: dict[str, Any]
    keys: tuple[str, ...]
    """In the file's order."""
    minor: int


@dataclass(frozen=True)
class Hand:
    """How a file is written: what two programs do differently with the same notebook."""

    indent: str | None
    comma: str
    colon: str
    ascii_only: bool
    line_end: str
    before: str
    after: str
    """White space around the whole."""


def read(text: bytes) -> Notebook:
    """Raises NotMergeable for all but a notebook of format 4.5 or later with a name on every cell."""
    if len(text) > NOTEBOOK_BYTES:
        raise NotMergeable("too large")
    try:
        raw = json.loads(text.decode("utf-8"), object_pairs_hook=_once_each, parse_float=_finite)
        return look_over(raw)
    except (ValueError, RecursionError) as error:
        raise NotMergeable(type(error).__name__) from error


def write(notebook: Notebook, hand: Hand) -> bytes:
    """Raises NotMergeable when what was put together is no notebook."""
    whole = {
        "cells": notebook.cells,
        "metadata": notebook.metadata,
        "nbformat": 4,
        "nbformat_minor": notebook.minor,
    }
    raw = {key: whole[key] for key in notebook.keys}
    look_over(raw)
    separators = (hand.comma, hand.colon)
    text = json.dumps(raw, indent=hand.indent, ensure_ascii=hand.ascii_only, separators=separators)
    # Line feeds within texts are escaped, so that each one here is between two values.
    text = hand.before + text.replace("\n", hand.line_end) + hand.after
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def hand_of(text: bytes) -> Hand:
    """Of a file that `read` accepts."""
    whole = text.decode("utf-8")
    inner = whole.strip()
    at = whole.index(inner)
    opened = re.match(r"\{(\r?\n)([ \t]*)", inner)
    comma, colon = re.search(r'(, ?)"nbformat(?:_minor)?"', inner), re.search(r'"nbformat"( ?: ?)\d', inner)
    return Hand(
        indent=opened[2] if opened else None,
        comma=comma[1] if comma else ",",
        colon=colon[1] if colon else ": ",
        ascii_only=inner.isascii() and ESCAPED.search(inner) is not None,
        line_end=opened[1] if opened else "\n",
        before=whole[:at],
        after=whole[at + len(inner) :],
    )


def look_over(raw: Any) -> Notebook:
    """Raises NotMergeable. Not the whole schema: what a merge must not break, and what it rests on."""
    _require(isinstance(raw, dict) and set(raw) == {"cells", "metadata", "nbformat", "nbformat_minor"})
    minor = raw["nbformat_minor"]
    _require(raw["nbformat"] == 4 and type(minor) is int and minor >= 5)
    _require(isinstance(raw["metadata"], dict) and isinstance(raw["cells"], list))
    for cell in raw["cells"]:
        _look_over_cell(cell)
    _require(len({cell["id"] for cell in raw["cells"]}) == len(raw["cells"]))
    return Notebook(raw["cells"], raw["metadata"], tuple(raw), minor)


def _look_over_cell(cell: Any) -> None:
    _require(isinstance(cell, dict) and isinstance(cell.get("cell_type"), str) and cell["cell_type"] in KEYS)
    known = KEYS[cell["cell_type"]]
    _require(known - {"attachments"} <= set(cell) <= known)
    _require(isinstance(cell["id"], str) and ID.fullmatch(cell["id"]) is not None)
    _require(isinstance(cell["metadata"], dict) and isinstance(cell.get("attachments", {}), dict))
    source = cell["source"]
    _require(isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source)))
    if cell["cell_type"] == "code":
        count, outputs = cell["execution_count"], cell["outputs"]
        _require(count is None or (type(count) is int and count >= 0))
        _require(isinstance(outputs, list) and all(isinstance(output, dict) for output in outputs))


def _require(true: bool) -> None:
    if not true:
        raise NotMergeable("not of format 4.5, or a cell without a name of its own")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that is there twice would be lost by reading and writing."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _finite(text: str) -> float:
    """1e999 would be written as Infinity. The words NaN and Infinity themselves, which Jupyter writes, come back as they were."""
    number = float(text)
    if math.isinf(number):
        raise ValueError("too large a number")
    return number

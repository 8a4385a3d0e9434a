"""A canary in every place where a secret may stand, and every way to write it there well or badly."""

from collections.abc import Iterator
from typing import Any

import yaml

from unit.secrets_everywhere import PLACES, SHOWS_NAMES

CANARY = "canary7Wz0pQ2x9Lk"
Where = tuple[str | int, ...]


def written(place: str) -> Any:
    """The tree with the canary there."""
    return yaml.safe_load(PLACES[place][0] % CANARY)


def _ways(tree: Any, where: Where = ()) -> Iterator[Where]:
    """To where the canary stands, and nothing else beside it."""
    if tree == CANARY:
        yield where
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, below in inner:
        yield from _ways(below, (*where, name))


NUMBERS = ("73319444444444444", "73319.5")


def badly(place: str) -> dict[str, Any]:
    """Name of a slip to the tree: something of another type stands there. Of an address only the text is a secret."""
    slips: dict[str, Any] = {
        "list": [CANARY],
        "map": {"a": CANARY},
        "deep": [{"a": [CANARY, 1]}],
        "number": int(NUMBERS[0]),
        "float": float(NUMBERS[1]),
    }
    if place not in SHOWS_NAMES:
        slips["key"] = {CANARY: "a"}
    made: dict[str, Any] = {}
    for where in _ways(written(place)):
        made = {name: _replaced(place, where, slip) for name, slip in slips.items()}
        made["no space"] = _replaced(place, where[:-1], f"{where[-1]}:{CANARY}")
    return made


def _replaced(place: str, where: Where, new: Any) -> Any:
    tree = written(place)
    node = tree
    for part in where[:-1]:
        node = node[part]
    node[where[-1]] = new
    return tree


BROKEN = (
    'key: "{}',
    "key: '{}",
    "key: {}: x",
    "key: *{}",
    "key: &{}",
    "key: !{} x",
    "key: !!int {}",
    "key: @{}",
    "key: %{}",
    "\tkey: {}",
    "key: [{}",
    "key: {{{}",
    "key: {{a: {}",
    'key: "\\{}"',
    "key:{}",
    "{}",
    "- {}",
    "key: x\n {}: y\n  z: 1",
    "key: |{}",
    "key: x\n{}",
    "key: !!binary {}",
    "? [{}]\n: x",
    "key: {} \x00",
    "key: x\n--- {}",
    "%{}",
    "key: `{}`",
    "<<: {}",
)
"""Lines that are no YAML, or not the YAML that was meant."""

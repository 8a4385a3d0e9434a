"""A YAML file that was read: its values, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Where = tuple[str | int, ...]
"""The way to a value: ("hub", "services", 0)."""


class Node:
    """One value in a file. `entries` for a mapping, `items` for a list, neither for a scalar.

    An alias is the very node it names, so `size` (values within, aliases counted in full) may exceed what was written.
    """

    __slots__ = ("column", "depth", "entries", "items", "line", "size", "value")

    def __init__(self, line: int, column: int, value: Any = None) -> None:
        self.line = line
        self.column = column
        self.value = value
        self.entries: dict[str, tuple[int, int, Node]] | None = None
        """Key to the line and column of the key, and the value's node."""
        self.items: list[Node] | None = None
        self.size = 1
        self.depth = 1


@dataclass(frozen=True)
class Document:
    """values is shared between aliases: never change it, merge copies."""

    file: str
    """As it is shown to people."""
    values: dict[str, Any] = field(default_factory=dict)
    root: Node | None = None

    def place(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the key at this path; of its nearest parent if it is not in this file."""
        node, place = self.root, (1, 1)
        for part in path:
            step = _step(node, part)
            if step is None:
                break
            *place, node = step  # type: ignore[assignment]
        return place[0], place[1]

    def has(self, path: Sequence[str | int]) -> bool:
        node = self.root
        for part in path:
            step = _step(node, part)
            if step is None:
                return False
            node = step[2]
        return True


def _step(node: Node | None, part: str | int) -> tuple[int, int, Node] | None:
    if node is None:
        return None
    if node.entries is not None:
        return node.entries.get(str(part))
    if node.items is not None and isinstance(part, int) and part < len(node.items):
        item = node.items[part]
        return item.line, item.column, item
    return None

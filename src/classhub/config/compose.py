"""From YAML events to nodes: duplicates, aliases, merge keys and depth, checked as the file is walked.

Works on a stack of its own, so no file can exhaust Python's. Every mistake that leaves the rest readable is collected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from classhub.config import scalars
from classhub.config.document import Node

DEEPEST = 100
"""Levels of nesting; real values have about fifteen, and libyaml slows down with the square of it."""
MOST_ALIASED = 100_000
"""Values that aliases may add to those written down: what stops `&a [*b, *b, ...]` bombs."""
MOST_TROUBLES = 500
"""More than anybody reads; a file of a MiB can hold 200,000."""


_OF_DOCUMENTS = ("DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent")


def _is_empty(event: Any) -> bool:
    """A `---` at the end of a file begins a document with nothing in it."""
    return type(event).__name__ == "ScalarEvent" and event.value == "" and not event.style and not event.anchor


class Trouble(NamedTuple):
    """A mistake before it has a file: line and column from 1."""

    line: int
    column: int
    message: str
    why: str = ""
    fix: str = ""
    code: str = ""


class Hopeless(Exception):
    """Reading on makes no sense; the trouble was noted."""


class _Special(Enum):
    """What stands where a key's name would."""

    MERGE = "<<"
    DROPPED = "a key that was reported and is left out"


@dataclass
class _Open:
    """A mapping or list that has begun and not ended."""

    node: Node
    anchor: str | None
    key: tuple[int, int, "str | _Special"] | None = None
    """The key that waits for its value: line, column, name."""
    written: dict[str, int] = field(default_factory=dict)
    """Keys that stand here themselves, not merged in, with their lines."""


class Composer:
    """Feed it a file's events; `root` is the result, `troubles` what was wrong."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.troubles: list[Trouble] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        """None while the anchored mapping or list is still open."""
        self._values = 0
        self._merged = 0
        self._documents = 0
        self._second: Any = None
        """Where another document began, of which nothing has been seen yet."""

    def feed(self, events: Iterable[Any]) -> None:
        """Raises Hopeless after noting why, and PyYAML's own errors."""
        handlers = {
            "DocumentStartEvent": self._document,
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": self._start,
            "SequenceStartEvent": self._start,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
        }
        for event in events:
            if len(self.troubles) >= MOST_TROUBLES:
                fix = "Mend the ones above; the file may not be YAML at all."
                self._note(event, f"Reading ends here, after {MOST_TROUBLES} mistakes.", "", fix, "CH1117")
                raise Hopeless
            if self._second is None:
                handler = handlers.get(type(event).__name__)
                if handler is not None:
                    handler(event)
            elif type(event).__name__ not in _OF_DOCUMENTS and not _is_empty(event):
                self._end_at_second()

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._second = event

    def _end_at_second(self) -> None:
        self._note(
            self._second,
            "A second document starts here.",
            "Helm reads the first one only, so what follows would be ignored.",
            "Remove this `---` line, or move what follows into a file of its own.",
            "CH1109",
        )
        raise Hopeless

    def _scalar(self, event: Any) -> None:
        node = Node(*_place(event))
        if event.anchor:
            self._anchors[event.anchor] = node
        try:
            node.value = _value(event)
        except ValueError as error:
            self._note(event, f"This value cannot be read: {error}.", "", "If it is text, put it in quotes.", "CH1114")
        self._add(node, merge=event.value == "<<" and event.implicit[0])

    def _alias(self, event: Any) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            self._note(event, *_alias_words(inside=event.anchor in self._anchors), "CH1110")
            node = Node(*_place(event))
        self._add(node)

    def _start(self, event: Any) -> None:
        node = Node(*_place(event))
        if type(event).__name__ == "MappingStartEvent":
            node.entries = {}
        else:
            node.items = []
        if event.anchor:
            self._anchors[event.anchor] = None
        if len(self._open) >= DEEPEST:
            fix = "Look for a bracket that is opened again and again."
            self._note(event, f"Nesting goes deeper than {DEEPEST} levels here.", "", fix, "CH1112")
            raise Hopeless
        self._open.append(_Open(node, event.anchor))

    def _end(self, event: Any) -> None:
        top = self._open.pop()
        _finish(top.node)
        self._values += 1
        self._bound(top.node, event)
        if top.anchor:
            self._anchors[top.anchor] = top.node
        self._add(top.node)

    def _bound(self, node: Node, event: Any) -> None:
        """An alias costs nothing here, but whoever walks the values pays for it in full."""
        if node.size > self._values + MOST_ALIASED or node.depth > DEEPEST:
            why = f"They stand for more than {MOST_ALIASED:,} values, or for more than {DEEPEST} levels of nesting."
            self._note(
                event, "The aliases (*name) up to here multiply beyond any use.", why, "Write the values out.", "CH1111"
            )
            raise Hopeless

    def _add(self, node: Node, merge: bool = False) -> None:
        """Put a finished node where it belongs: the root, a list, or a mapping as key or value."""
        self._values += node.entries is None and node.items is None
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if top.node.items is not None:
            top.node.items.append(node)
        elif top.key is None:
            top.key = (node.line, node.column, _Special.MERGE if merge else self._key(node))
        else:
            line, column, name = top.key
            top.key = None
            if name is _Special.MERGE:
                self._merge(top, node)
            elif isinstance(name, str):
                self._entry(top, name, line, column, node)

    def _key(self, node: Node) -> str | _Special:
        """The key's text; DROPPED when it cannot be one."""
        try:
            if node.entries is not None or node.items is not None:
                raise ValueError("a list or a mapping is no key")
            return scalars.key(node.value)
        except ValueError as error:
            why = "Every key in the values is a word."
            fix = "Write a word before the colon, or put the value in quotes if it starts with { or [."
            self.troubles.append(Trouble(node.line, node.column, f"This cannot be a key: {error}.", why, fix, "CH1113"))
            return _Special.DROPPED

    def _entry(self, top: _Open, name: str, line: int, column: int, node: Node) -> None:
        assert top.node.entries is not None
        if name in top.written:
            message = f"The key {name} is here for the second time; line {top.written[name]} has it already."
            why = "Helm takes the last one and drops the other without a word."
            fix = "Keep one of them, with everything that belongs below it."
            self.troubles.append(Trouble(line, column, message, why, fix, "CH1101"))
        top.written.setdefault(name, line)
        top.node.entries[name] = (line, column, node)

    def _merge(self, top: _Open, node: Node) -> None:
        """`<<: *anchor`. In go-yaml what stands later wins, merged or not; in a list of anchors the first one wins."""
        assert top.node.entries is not None
        for source in reversed(node.items if node.items is not None else [node]):
            if source.entries is None:
                fix = "Write <<: *name, where &name marks a mapping above."
                self.troubles.append(Trouble(node.line, node.column, "<< can only merge mappings.", "", fix, "CH1115"))
                return
            self._merged += len(source.entries)
            if self._merged > MOST_ALIASED:
                message = "The merge keys (<<) up to here multiply beyond any use."
                self.troubles.append(Trouble(node.line, node.column, message, "", "Write the values out.", "CH1111"))
                raise Hopeless
            top.node.entries.update(source.entries)

    def _note(self, event: Any, message: str, why: str, fix: str, code: str) -> None:
        self.troubles.append(Trouble(*_place(event), message, why, fix, code))


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _value(event: Any) -> Any:
    if event.tag is not None and event.tag != "!":
        return scalars.tagged(event.tag, event.value)
    return scalars.resolve(event.value) if event.implicit[0] else event.value


def _finish(node: Node) -> None:
    """Values, size and depth of a mapping or list whose end was reached."""
    if node.entries is not None:
        children = [child for _, _, child in node.entries.values()]
        node.value = {name: child.value for name, (_, _, child) in node.entries.items()}
    else:
        children = node.items or []
        node.value = [child.value for child in children]
    node.size = 1 + sum(child.size for child in children)
    node.depth = 1 + max((child.depth for child in children), default=0)


def _alias_words(inside: bool) -> tuple[str, str, str]:
    if inside:
        return "This alias stands inside the very thing it names.", "It would have no end.", "Write the value out."
    return (
        "This value starts with *, and no anchor of that name stands above it.",
        "YAML takes *name for a repetition of what &name marked.",
        "If it is text, put it in quotes.",
    )

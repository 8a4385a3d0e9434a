"""Where each value of a YAML file begins and ends in its text, as PyYAML's events say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from classhub.config import scalars

HEADER = re.compile(r"[|>][-+0-9]*")
_PROPERTIES = re.compile(r"([&!][^\s,\[\]{}]*\s*)+")
"""An anchor, a tag or both, before a value."""


@dataclass
class Span:
    """One value, written out at start to end. Offsets count characters from 0."""

    kind: str
    """plain, single, double, block (| and >), alias, map or list."""
    start: int
    """With an anchor or a tag before it."""
    end: int
    """Of its last written character; of a block scalar, of its last line with the line's end."""
    column: int = 0
    """Of a block mapping's keys or a block list's dashes."""
    flow: bool = False
    anchor: str = ""
    entries: list[tuple[Span, Span]] = field(default_factory=list)
    """Keys and values of a mapping, in the file's order; merge keys too."""
    items: list[Span] = field(default_factory=list)
    name: str | None = None
    """What a scalar is as a key; None for a merge key and for what cannot be one."""

    def child(self, part: str | int) -> Span | None:
        """The value of a key that is written here (of two, Helm's: the last), or an item of a list."""
        if self.kind == "list":
            return self.items[part] if isinstance(part, int) and part < len(self.items) else None
        return next((value for key, value in reversed(self.entries) if key.name == str(part)), None)

    def key(self, part: str | int) -> Span | None:
        return next((key for key, _ in reversed(self.entries) if key.name == str(part)), None)


def spans(text: str) -> Span | None:
    """The file's root; None when nothing is in it. Raises PyYAML's errors."""
    import yaml  # late: a quarter of the command line's start

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return _Builder(text).build(yaml.parse(text, Loader=loader))


class _Builder:
    """A stack of open mappings and lists, each with the key that waits for its value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[Span] = []
        self.keys: list[Span | None] = []
        self.root: Span | None = None

    def build(self, events: Iterable[Any]) -> Span | None:
        for event in events:
            name = type(event).__name__
            if name in ("MappingStartEvent", "SequenceStartEvent"):
                self._start(event, "map" if name.startswith("Mapping") else "list")
            elif name in ("MappingEndEvent", "SequenceEndEvent"):
                self._end(event)
            elif name == "ScalarEvent":
                self._add(self._scalar(event))
            elif name == "AliasEvent":
                self._add(Span("alias", event.start_mark.index, event.end_mark.index, anchor=event.anchor))
        return self.root

    def _start(self, event: Any, kind: str) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.open.append(Span(kind, start, end, flow=bool(event.flow_style), anchor=event.anchor or ""))
        self.keys.append(None)

    def _end(self, event: Any) -> None:
        span = self.open.pop()
        self.keys.pop()
        if span.flow:
            span.end = event.end_mark.index
        elif span.kind == "map" and span.entries:
            span.end = max(span.entries[-1][1].end, span.entries[-1][0].end)
            span.column = column(self.text, span.entries[0][0].start)
        elif span.items:
            span.end = span.items[-1].end
            span.column = column(self.text, self.text.rfind("-", span.start, span.items[0].start))
        self._add(span)

    def _scalar(self, event: Any) -> Span:
        start, end = event.start_mark.index, event.end_mark.index
        kind = {"'": "single", '"': "double", "|": "block", ">": "block"}.get(event.style or "", "plain")
        if kind == "block":
            end = self._last_line(content(self.text, start), end)
        return Span(kind, start, end, anchor=event.anchor or "", name=_key_name(event))

    def _last_line(self, header: int, end: int) -> int:
        """Empty lines at the end count only where the header (|+) keeps them."""
        found = HEADER.match(self.text, header)
        if found and "+" in found.group():
            return end
        last = header + len(self.text[header:end].rstrip())
        return min(next_line(self.text, last), end)

    def _add(self, span: Span) -> None:
        if not self.open:
            self.root = span
        elif self.open[-1].kind == "list":
            self.open[-1].items.append(span)
        elif (key := self.keys[-1]) is None:
            self.keys[-1] = span
        else:
            self.open[-1].entries.append((key, span))
            self.keys[-1] = None


def _key_name(event: Any) -> str | None:
    plain = event.implicit[0] and event.tag is None
    if plain and event.value == "<<":
        return None
    try:
        return scalars.key(scalars.resolve(event.value) if plain else event.value)
    except ValueError:
        return None


def content(text: str, start: int) -> int:
    """Where a value itself begins, behind its anchor and tag."""
    found = _PROPERTIES.match(text, start)
    return found.end() if found else start


def column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset) - 1


def line_end(text: str, offset: int) -> int:
    """Of the line that holds this character, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def next_line(text: str, offset: int) -> int:
    """Where the next line begins; the offset itself where a line begins already."""
    if offset and text[offset - 1] == "\n":
        return offset
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1

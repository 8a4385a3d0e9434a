"""A file's text with the places of its values, and cuts in it: what is cut goes, the new text stands in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from classhub.config.document import Where
from classhub.config.edit.spans import Span, column, next_line, spans


class Cut(NamedTuple):
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True)
class Held:
    """A value and what holds it: a mapping with a key, or a list (no key). The root is held by nothing."""

    span: Span
    holder: Span | None = None
    key: Span | None = None

    @property
    def in_flow(self) -> bool:
        return self.holder is not None and self.holder.flow


@dataclass
class Page:
    text: str
    root: Span | None = field(init=False)

    def __post_init__(self) -> None:
        self.root = spans(self.text)

    @cached_property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def unit(self) -> int:
        """Spaces of one level, as the first mapping within a mapping has them."""
        waiting = [self.root] if self.root else []
        while waiting:
            span = waiting.pop()
            for _, value in reversed(span.entries):
                if value.kind == "map" and not value.flow and not span.flow and value.column > span.column:
                    return value.column - span.column
                waiting.append(value)
            waiting.extend(span.items)
        return 2

    def walk(self, where: Where) -> tuple[list[Held], Where]:
        """The values on the way, the root first, as far as they are written; and the rest of the way."""
        assert self.root is not None
        found = [Held(self.root)]
        for depth, part in enumerate(where):
            span = found[-1].span
            child = span.child(part)
            if child is None:
                return found, where[depth:]
            found.append(Held(child, span, span.key(part) if span.kind == "map" else None))
        return found, ()

    def lines(self, start: int, end: int, lines: Iterable[str]) -> Cut:
        """Whole lines in place of those from start to end, both at the beginning of a line or the end of the file."""
        body = "".join(line + self.newline for line in lines)
        if body and self.text and end == len(self.text) and not self.text.endswith("\n"):
            body = body.removesuffix(self.newline)
            if start == end:
                body = self.newline + body
        return Cut(start, end, body)

    def with_cuts(self, cuts: Iterable[Cut]) -> str:
        text = self.text
        for start, end, new in sorted(cuts, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def after_comments(self, start: int, least: int) -> int:
        """Behind the lines of comment from start on that are indented by at least this much, and so belong above."""
        behind, at = start, start
        while at < len(self.text):
            below = next_line(self.text, at + 1) if self.text[at] != "\n" else at + 1
            line = self.text[at:below].strip()
            if line.startswith("#") and self.indent(at) >= least:
                behind = below
            elif line:
                break
            at = below
        return behind

    def indent(self, offset: int) -> int:
        """Spaces at the beginning of the line that begins here."""
        rest = self.text[offset:]
        return len(rest) - len(rest.lstrip(" "))

    def line_start(self, offset: int) -> int:
        return offset - column(self.text, offset)

    def is_first(self, offset: int) -> bool:
        """Nothing but spaces stands before it on its line."""
        return not self.text[self.line_start(offset) : offset].strip(" ")

    def separator(self, held: Held) -> int:
        """Behind the colon or dash before a value in block style."""
        if held.key is not None:
            return self.text.find(":", held.key.end) + 1
        assert held.holder is not None
        return self.text.rfind("-", held.holder.start, max(held.span.start, held.holder.start + 1)) + 1

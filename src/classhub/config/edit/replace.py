"""Put a new value where one stands."""

from __future__ import annotations

from typing import Any

from classhub.config.edit.page import Cut, Held, Page
from classhub.config.edit.render import Written, flow, indented, written
from classhub.config.edit.spans import HEADER, Span, column, content, line_end, next_line


def replace(page: Page, held: Held, value: Any) -> list[Cut]:
    """Quotes, anchor and the comment behind it stay."""
    span = held.span
    if held.in_flow or (span.flow and isinstance(value, list | dict)):
        return _inline(page, held, Written(flow(value, span.kind)))
    return replace_with(page, held, written(value, page.unit, span.kind))


def replace_with(page: Page, held: Held, new: Written) -> list[Cut]:
    span = held.span
    if span.kind == "block":
        return _block_scalar(page, held, new)
    if span.kind in ("map", "list") and not span.flow:
        return _collection(page, held, new)
    return _inline(page, held, new)


def _inline(page: Page, held: Held, new: Written) -> list[Cut]:
    """In place of a scalar, an alias or a flow collection."""
    span = held.span
    start = span.start
    inline, below = _parts(held, new)
    if not inline:
        start = len(page.text[:start].rstrip(" "))
    elif page.text[start - 1] in ":-" and start == span.end:
        inline = f" {inline}"
    cuts = [Cut(start, span.end, inline)]
    if below:
        place, indent = next_line(page.text, span.end), _indent(page, held)
        if not new.literal and held.key is not None:
            place, indent = _below_comments(page, held, place, indent)
        cuts.append(page.lines(place, place, indented(below, indent)))
    return cuts


def _below_comments(page: Page, held: Held, place: int, indent: int) -> tuple[int, int]:
    """Under the comments below an empty key, and as far in as the first of them."""
    assert held.key is not None
    least = column(page.text, held.key.start) + 1
    behind = page.after_comments(place, least)
    if behind == place:
        return place, indent
    first = next(line for line in page.text[place:behind].splitlines() if line.strip())
    return behind, len(first) - len(first.lstrip(" "))


def _block_scalar(page: Page, held: Held, new: Written) -> list[Cut]:
    """The header (|) goes and what stands behind it stays; the lines go."""
    header = content(page.text, held.span.start)
    found = HEADER.match(page.text, header)
    assert found is not None
    inline, below = _parts(held, new)
    lines = indented(below, _indent(page, held))
    start = next_line(page.text, found.end())
    return [Cut(held.span.start, found.end(), inline), page.lines(start, max(start, held.span.end), lines)]


def _collection(page: Page, held: Held, new: Written) -> list[Cut]:
    """In place of the lines of a mapping or list."""
    span, text = held.span, page.text
    inline, below = _parts(held, new)
    lines = indented(below, _indent(page, held))
    separator = page.separator(held)
    if line_end(text, separator) < span.start:
        cuts = [Cut(separator, separator, f" {inline}")] if inline else []
        return [*cuts, page.lines(next_line(text, separator), next_line(text, span.end), lines)]
    end = line_end(text, max(span.end - 1, span.start))
    below_it = next_line(text, span.end)
    return [Cut(span.start, end, inline), page.lines(below_it, below_it, lines)]


def _parts(held: Held, new: Written) -> tuple[str, tuple[str, ...]]:
    """With the anchor that stood there; behind a dash, a mapping begins on the same line."""
    span = held.span
    anchor = f"&{span.anchor}" if span.anchor and span.kind != "alias" else ""
    if anchor:
        return f"{anchor} {new.inline}".strip(), new.below
    if not new.inline and held.key is None:
        return new.below[0], new.below[1:]
    return new.inline, new.below


def _indent(page: Page, held: Held) -> int:
    """Of the lines below the one with the key or the dash."""
    span = held.span
    if held.key is None:
        assert held.holder is not None
        return held.holder.column + 2
    key = column(page.text, held.key.start)
    return span.column if _is_deeper(span, key) else key + page.unit


def _is_deeper(span: Span, key: int) -> bool:
    return span.kind in ("map", "list") and not span.flow and span.column > key

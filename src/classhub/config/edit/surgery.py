"""One change of a file's text. Whether it came out right is for the caller to check: nothing here is certain."""

from __future__ import annotations

from typing import Any

from classhub.config.document import Where
from classhub.config.edit import render
from classhub.config.edit.outcome import way
from classhub.config.edit.page import Cut, Held, Page
from classhub.config.edit.replace import replace, replace_with
from classhub.config.edit.spans import Span, column, content, line_end, next_line
from classhub.errors import Edit, Refused


def operate(text: str, change: Edit, value: Any) -> str:
    """The new text. value: what stands at change.where now. Raises Refused, and PyYAML's errors."""
    page = Page(text)
    if change.do == "set":
        return page.with_cuts(_set(page, change.where, change.new))
    found, rest = page.walk(change.where) if page.root else ([], change.where)
    if rest or not found:
        raise Refused("It is not written in this file itself.")
    if change.do == "rename":
        return page.with_cuts(_rename(found[-1], page, str(change.new)))
    if change.do == "remove":
        return page.with_cuts(_remove(page, found))
    return _move(page, found, way(change.new), value)


def _set(page: Page, where: Where, value: Any) -> list[Cut]:
    if page.root is None or (page.root.kind == "plain" and page.root.name is None):
        return [_at_the_end(page, render.entry(str(where[0]), nested(where[1:], value), page.unit))]
    found, rest = page.walk(where)
    last = found[-1]
    if not rest:
        return replace(page, last, value)
    if last.span.kind == "alias":
        raise Refused("What an alias repeats is written elsewhere.")
    if last.span.kind not in ("map", "list"):
        return replace(page, last, nested(rest, value))
    if last.span.flow:
        return _into_flow(page, last.span, rest[0], nested(rest[1:], value))
    if last.span.kind == "list":
        lines = render.indented(render.item(nested(rest[1:], value), page.unit), last.span.column)
        place = next_line(page.text, last.span.end)
        return [page.lines(place, place, lines)]
    return [_into_mapping(page, last.span, render.entry(str(rest[0]), nested(rest[1:], value), page.unit))]


def nested(rest: Where, value: Any) -> Any:
    """The value within the parents that it lacks."""
    for part in reversed(rest):
        value = [value] if isinstance(part, int) else {part: value}
    return value


def _at_the_end(page: Page, lines: list[str]) -> Cut:
    return page.lines(len(page.text), len(page.text), lines)


def _into_mapping(page: Page, span: Span, lines: list[str]) -> Cut:
    """Below its last key, and below the comments there that are as far in."""
    place = page.after_comments(next_line(page.text, span.end), span.column)
    return page.lines(place, place, render.indented(lines, span.column))


def _into_flow(page: Page, span: Span, part: str | int, value: Any) -> list[Cut]:
    new = render.flow(value)
    children = [inner for _, inner in span.entries] or span.items
    if span.kind == "map":
        quoted = bool(span.entries) and all(key.kind == "double" for key, _ in span.entries)
        new = f"{render.text(str(part), 'double' if quoted else '', in_flow=True)}: {new}"
    if not children:
        return [Cut(span.end - 1, span.end - 1, new)]
    last = max(children[-1].end, span.entries[-1][0].end if span.entries else 0)
    first = span.entries[-1][0].start if span.entries else children[-1].start
    if not page.is_first(first):
        return [Cut(last, last, f", {new}")]
    place = next_line(page.text, last)
    line = " " * column(page.text, first) + new
    if page.text[last:].lstrip().startswith(","):
        return [page.lines(place, place, [f"{line},"])]
    return [Cut(last, last, ","), page.lines(place, place, [line])]


def _rename(held: Held, page: Page, name: str) -> list[Cut]:
    if held.key is None:
        raise Refused("An item of a list has no name.")
    start = content(page.text, held.key.start)
    return [Cut(start, held.key.end, render.text(name, held.key.kind, in_flow=held.in_flow))]


def _remove(page: Page, found: list[Held], comments_too: bool = False) -> list[Cut]:
    """Lines of comment above it stay unless they are to go too."""
    held, above = found[-1], found[-2]
    span = above.span
    starts = [key.start for key, _ in span.entries] or [_start(page, span, item) for item in span.items]
    start = held.key.start if held.key is not None else _start(page, span, held.span)
    number = starts.index(start)
    end = max(held.span.end, held.key.end if held.key is not None else 0)
    first = above_comments(page, start) if comments_too else page.line_start(start)
    own_lines = not span.flow and page.is_first(start)
    below = behind(page, held) if comments_too else next_line(page.text, end)
    if len(starts) == 1 and above.holder is not None:
        empty = "[]" if span.kind == "list" else "{}"
        separator = page.separator(above)
        if own_lines and above.key is not None and line_end(page.text, separator) < span.start:
            return [Cut(separator, separator, f" {empty}"), Cut(first, below)]
        return replace(page, above, [] if span.kind == "list" else {})
    if own_lines:
        return [Cut(first, below)]
    if number + 1 < len(starts):
        return [Cut(start, starts[number + 1])]
    if not span.flow:
        return [Cut(page.line_start(start), next_line(page.text, end))]
    children = [inner for _, inner in span.entries] or span.items
    return [Cut(children[number - 1].end if number else start, end)]


def _start(page: Page, span: Span, item: Span) -> int:
    """Of a list's item: its dash, in block style."""
    return item.start if span.flow else page.separator(Held(item, span)) - 1


def behind(page: Page, held: Held) -> int:
    """Where the line below a key begins, and below the comments that are further in than it."""
    assert held.key is not None
    end = max(held.span.end, held.key.end)
    return page.after_comments(next_line(page.text, end), column(page.text, held.key.start) + 1)


def above_comments(page: Page, start: int) -> int:
    """Where the comment directly above a key begins that is as far in as the key; else where its line begins."""
    first = page.line_start(start)
    while first:
        line = page.line_start(first - 1)
        if page.indent(line) != column(page.text, start) or page.text[line + page.indent(line)] != "#":
            break
        first = line
    return first


def _move(page: Page, found: list[Held], target: Where, value: Any) -> str:
    """Its lines as they are where that can be, comments included; else its value."""
    held = found[-1]
    way_there, rest = page.walk(target)
    last = way_there[-1]
    is_block = not held.in_flow and held.key is not None and page.is_first(held.key.start)
    if is_block and rest and not last.span.flow and not last.in_flow and last.span.kind in ("map", "plain"):
        lines = _own_lines(page, held, str(target[-1]))
        for part in reversed(rest[:-1]):
            lines = [f"{render.text(str(part))}:", *render.indented(lines, page.unit)]
        if last.span.kind == "map":
            there = [_into_mapping(page, last.span, lines)]
        else:
            there = replace_with(page, last, render.Written("", tuple(lines)))
    else:
        there = _set(page, target, value)
    moved = Page(page.with_cuts(there))
    where = _where(found, page)
    return moved.with_cuts(_remove(moved, moved.walk(where)[0], comments_too=is_block))


def _where(found: list[Held], page: Page) -> Where:
    return tuple(
        held.key.name or "" if held.key is not None else held.holder.items.index(held.span)
        for held in found[1:]
        if held.holder is not None
    )


def _own_lines(page: Page, held: Held, name: str) -> list[str]:
    """The lines of a key in block style under its new name, not indented."""
    key = held.key
    assert key is not None
    by = column(page.text, key.start)
    new = render.text(name, key.kind)
    start = above_comments(page, key.start)
    end = line_end(page.text, behind(page, held) - 1)
    text = page.text[start : key.start] + new + page.text[key.end : end]
    return [line[min(by, len(line) - len(line.lstrip(" "))) :] for line in text.replace("\r\n", "\n").split("\n")]

"""Take a key out, and with it the sections that held nothing else."""

from classhub.config.document import Where
from classhub.config.edit import BOM, edit
from classhub.config.edit.outcome import has
from classhub.config.edit.page import Page
from classhub.config.edit.spans import column, line_end, next_line
from classhub.config.reading import parse
from classhub.errors import Edit, Refused


def taken_out(text: str, where: Where) -> str:
    """A section that a comment stands in, or one that an alias repeats, stays as {}. Raises Refused."""
    made = edit(text, Edit("remove", where))
    for depth in range(len(where) - 1, 0, -1):
        above = where[:depth]
        if not _is_empty(made, above) or _has_comments(text, where, above):
            break
        try:
            made = edit(text, Edit("remove", above))
        except Refused:
            break
    return made


def _is_empty(text: str, where: Where) -> bool:
    """An empty list has a meaning: it replaces the default's. So has the place of an item."""
    document = parse(text.encode(), "", [])
    value = document.values if document else None
    if isinstance(where[-1], int) or not has(value, where):
        return False
    for part in where:
        value = value[part]  # type: ignore[index]
    return value == {}


def _has_comments(text: str, where: Where, above: Where) -> bool:
    """Besides one behind the key itself."""
    page = Page(text.removeprefix(BOM))
    own, section = page.walk(where)[0][-1], page.walk(above)[0][-1]
    if own.key is None or section.key is None:
        return True
    end = page.after_comments(next_line(page.text, section.span.end), column(page.text, section.key.start) + 1)
    line = page.text[own.key.start : line_end(page.text, max(own.span.end - 1, own.key.end))]
    return page.text[section.key.start : end].count("#") > line.count("#")

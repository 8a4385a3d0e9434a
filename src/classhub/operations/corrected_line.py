"""The lines that a certain fix makes, for people: secrets that stand in them are masked."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.edit import BOM, edit
from classhub.config.edit.lines import changed
from classhub.config.edit.page import Cut, Page
from classhub.config.edit.spans import Span
from classhub.config.secret import MASK, is_secret
from classhub.errors import Edit


def corrected_line(text: str, change: Edit) -> str:
    """ "" when the fix only takes lines out, or leads too far. Raises Refused as edit does."""
    return "\n".join(changed(_masked(text), _masked(edit(text, change))))


def _masked(text: str) -> str:
    page = Page(text.removeprefix(BOM))
    secrets = _secrets(page.root, ()) if page.root else ()
    cuts = [Cut(span.start, span.end, MASK + "\n" * (page.text[span.end - 1] == "\n")) for span in secrets]
    return page.with_cuts(cuts).replace("\r\n", "\n")


def _secrets(span: Span, where: Where) -> Iterator[Span]:
    for key, value in span.entries:
        yield from _secrets(value, (*where, key.name or ""))
    for number, item in enumerate(span.items):
        yield from _secrets(item, (*where, number))
    if span.kind not in ("map", "list") and span.start < span.end and is_secret(where):
        yield span

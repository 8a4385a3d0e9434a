"""The lines that a certain fix makes, for people: secrets that stand in them are masked."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.edit import BOM, edit
from classhub.config.edit.lines import changed
from classhub.config.edit.page import Cut, Page
from classhub.config.edit.spans import Span
from classhub.config.secret_names import MASK, is_free, is_secret
from classhub.config.secret_texts import clean
from classhub.errors import Edit


def corrected_line(text: str, change: Edit) -> str:
    """ "" when the fix only takes lines out, or leads too far. Raises Refused as edit does."""
    return masked_lines(text, edit(text, change), change.where)


def masked_lines(old: str, new: str, where: Where) -> str:
    """The lines of `new` that are not in `old`. where: the way to what was changed."""
    return "\n".join(changed(_masked(old, where), _masked(new, where)))


def _masked(text: str, changed: Where) -> str:
    page = Page(text.removeprefix(BOM))
    secrets = _secrets(page, page.root, (), changed) if page.root else ()
    cuts = [Cut(span.start, span.end, MASK + "\n" * (page.text[span.end - 1] == "\n")) for span in secrets]
    return page.with_cuts(cuts).replace("\r\n", "\n")


def _secrets(page: Page, span: Span, where: Where, changed: Where) -> Iterator[Span]:
    """changed: what is shown there, if it is no secret by its name or form, is what somebody typed."""
    for key, value in span.entries:
        yield from _secrets(page, value, (*where, key.name or ""), changed)
    for number, item in enumerate(span.items):
        yield from _secrets(page, item, (*where, number), changed)
    if span.kind not in ("map", "list") and span.start < span.end:
        written = page.text[span.start : span.end]
        is_free_place = is_free(where) and where[: len(changed)] != changed
        if is_secret(where) or is_free_place or clean(written) != written:
            yield span

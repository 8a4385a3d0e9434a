"""The lines that a certain fix makes, for people: secrets that stand in them are masked."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.edit import BOM, edit
from classhub.config.edit.lines import changed
from classhub.config.edit.outcome import gathered, way
from classhub.config.edit.page import Cut, Page
from classhub.config.edit.spans import Span, line_end
from classhub.config.secret_names import MASK, is_free, is_secret
from classhub.config.secret_texts import clean
from classhub.errors import Edit


def corrected_line(text: str, change: Edit) -> str:
    """ "" when the fix only takes lines out, or leads too far. Raises Refused as edit does."""
    new = edit(text, change)
    return _moved(new, change) if change.do in ("move", "gather") else masked_lines(text, new, change.where)


def _moved(text: str, change: Edit) -> str:
    """The whole of what was moved, where it stands now, below the names of what it stands in."""
    page = Page(text.removeprefix(BOM))
    keys = [held.key for held in page.walk(_target(change))[0] if held.key is not None]
    last = page.walk(_target(change))[0][-1]
    if not keys or last.in_flow:
        return masked_lines("", text, change.where) if not keys else _lines(page, keys[0].start, last.span.end, change)
    first = [_lines(page, key.start, key.end, change) for key in keys[:-1]]
    return "\n".join([*first, _lines(page, keys[-1].start, max(last.span.end, keys[-1].end), change)])


def _target(change: Edit) -> Where:
    return gathered(change)[0] if change.do == "gather" else way(change.new)


def _lines(page: Page, start: int, end: int, change: Edit) -> str:
    """Whole lines, from the one of start to the one of end, masked."""
    first, behind = page.line_start(start), line_end(page.text, max(end - 1, start))
    secrets = _secrets(page, page.root, (), change.where) if page.root else ()
    cuts = [Cut(span.start, span.end, _mask(page, span)) for span in secrets if first <= span.start < behind]
    cuts += [Cut(0, first), Cut(behind, len(page.text))]
    return page.with_cuts(cuts).replace("\r\n", "\n").rstrip("\n")


def masked_lines(old: str, new: str, where: Where) -> str:
    """The lines of `new` that are not in `old`. where: the way to what was changed."""
    return "\n".join(changed(_masked(old, where), _masked(new, where)))


def _masked(text: str, changed: Where) -> str:
    page = Page(text.removeprefix(BOM))
    secrets = _secrets(page, page.root, (), changed) if page.root else ()
    cuts = [Cut(span.start, span.end, _mask(page, span)) for span in secrets]
    return page.with_cuts(cuts).replace("\r\n", "\n")


def _mask(page: Page, span: Span) -> str:
    return MASK + "\n" * (page.text[span.end - 1] == "\n")


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

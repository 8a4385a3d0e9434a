"""The lines that a certain fix makes, for people: secrets that stand in them are masked."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from classhub.config.document import Where
from classhub.config.edit import BOM, edit
from classhub.config.edit.page import Cut, Page
from classhub.config.edit.spans import Span
from classhub.config.secret import MASK, is_secret
from classhub.errors import Edit

MOST_COMPARED = 1_000_000
"""Pairs of lines between the first that a change alters and the last; a move may lead far."""


def corrected_line(text: str, change: Edit) -> str:
    """ "" when the fix only takes lines out. Raises Refused as edit does."""
    old, new = _masked(text).split("\n"), _masked(edit(text, change)).split("\n")
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) * len(new) > MOST_COMPARED:
        return ""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return "\n".join(line for kind, _, _, start, end in blocks if kind != "equal" for line in new[start:end])


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Lines from the first on that are the same; comparing all of them, if many are equal, costs their square."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


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

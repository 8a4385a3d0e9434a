"""Move a block one level out where it stands: the last of its section, whose lines lose their indentation."""

from classhub.config.edit.outcome import gathered, way
from classhub.config.edit.page import Cut, Page
from classhub.config.edit.spans import column, next_line
from classhub.config.edit.surgery import above_comments, behind
from classhub.errors import Edit


def outdented(text: str, change: Edit) -> str | None:
    """The new text, whether it came out right or not; None for what is no such change."""
    target = gathered(change)[0] if change.do == "gather" else way(change.new)
    page = Page(text)
    if page.root is None or target != (*change.where[:-2], change.where[-1]):
        return None
    found, rest = page.walk(change.where)
    held, above = found[-1], found[-2]
    if rest or held.key is None or above.key is None or above.span.flow:
        return None
    start = above_comments(page, held.key.start)
    # what a head is to hold stands far enough in already
    end = next_line(text, held.key.end) if change.do == "gather" else behind(page, held)
    by = column(text, held.key.start) - column(text, above.key.start)
    lines = text[start:end].splitlines(keepends=True)
    if any(line.strip() and not line.startswith(" " * by) for line in lines):
        return None
    return page.with_cuts([Cut(start, end, "".join(line[by:] if line.strip() else line for line in lines))])

"""Why an edit could not be made for certain, in words."""

import re

from classhub.config.edit.page import Page
from classhub.config.spelling import dotted
from classhub.errors import Edit, Refused


def why_not(text: str, change: Edit) -> Refused:
    """text: a file that can be read."""
    what = f"{dotted(change.where)} cannot be changed here without changing something else."
    return Refused(what, _cause(text, change), "Change it in your editor.")


def _cause(text: str, change: Edit) -> str:
    page = Page(text)
    if page.root is None:
        return "the file begins or ends with something other than keys"
    for held in page.walk(change.where)[0]:
        line = text.count("\n", 0, held.span.start) + 1
        anchor = held.span.anchor
        if held.span.kind == "alias":
            return f"line {line} repeats with *{anchor} what is written elsewhere"
        if anchor and re.search(rf"\*{re.escape(anchor)}(?![^\s,\]}}:])", text):
            return f"*{anchor} repeats elsewhere what stands in line {line}"
        if any(key.name is None for key, _ in held.span.entries):
            return f"the mapping in line {line} takes keys from elsewhere with <<"
    return "it is laid out in an unusual way"

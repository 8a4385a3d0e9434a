"""The lines that a change of a text makes or alters."""

from collections.abc import Sequence
from difflib import SequenceMatcher

MOST_COMPARED = 40_000
"""Pairs of lines between the first that a change alters and the last. Of lines that are alike each pair may be looked at
once for each line: 0.1 s."""


def changed(old: str, new: str) -> list[str]:
    """Of the new text. None where too much lies between the first and the last."""
    before, after = (text.replace("\r\n", "\n").split("\n") for text in (old, new))
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > MOST_COMPARED:
        return []
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [line for kind, _, _, first, last in blocks if kind != "equal" for line in after[first:last]]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Lines from the first on that are the same; comparing all of them, if many are equal, costs their square."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))

"""Merge a text of which the student and the instructor each changed something, line by line.

Line ends do not count, and what is written has the student's. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classhub.materials.line_diff import Hunk, TooDifferent, differences
from classhub.materials.merge import MERGEABLE_BYTES, is_text

MOST_LINES = 200_000


def merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """The student's text with the instructor's changes; None where both changed the same or neighbouring lines.

    Also None for what is no text in UTF-8, too long or too different. Merging the outcome again changes nothing.
    """
    if not all(map(_is_mergeable, (base, mine, theirs))):
        return None
    try:
        merged = _once(base, mine, theirs)
        # Where lines repeat, a second look may take one for another; and after a kill there is a second look.
        return merged if merged is None or _once(base, merged, theirs) == merged else None
    except TooDifferent:
        return None


@dataclass(frozen=True)
class Text:
    """Lines without their ends, and the ends; the last may be empty."""

    lines: list[bytes]
    ends: list[bytes]

    @property
    def style(self) -> bytes:
        """The end that most lines have; empty for a text of one line without any."""
        crlf, lf = self.ends.count(b"\r\n"), self.ends.count(b"\n")
        return b"\r\n" if crlf > lf else b"\n" if lf else b""


def _is_mergeable(text: bytes) -> bool:
    return len(text) < MERGEABLE_BYTES and text.count(b"\n") <= MOST_LINES and is_text(text)


def _read(text: bytes) -> Text:
    """A lone carriage return is a part of its line."""
    whole = [line + b"\n" for line in text.split(b"\n")]
    whole[-1] = whole[-1][:-1]
    if not whole[-1]:
        whole.pop()
    lines = [line[:-2] if line.endswith(b"\r\n") else line[:-1] if line.endswith(b"\n") else line for line in whole]
    return Text(lines, [line[len(bare) :] for line, bare in zip(whole, lines)])  # noqa: B905 (3.9 has no strict)


def _once(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    was, now, new = _read(base), _read(mine), _read(theirs)
    news = _news(differences(was.lines, now.lines), differences(was.lines, new.lines), now.lines, new.lines)
    return None if news is None else _written(news, now, new)


def _news(ours: list[Hunk], others: list[Hunk], now: Sequence[bytes], new: Sequence[bytes]) -> list[Hunk] | None:
    """The instructor's hunks with places in the student's text in place of the base's; None: they clash."""
    found = []
    passed = shift = 0
    for hunk in others:
        while passed < len(ours) and ours[passed].stop < hunk.start:
            shift = ours[passed].until - ours[passed].stop
            passed += 1
        if passed < len(ours) and ours[passed].start <= hunk.stop:
            if not _is_same(ours[passed], hunk, now, new):
                return None
        else:
            found.append(Hunk(hunk.start + shift, hunk.stop + shift, hunk.to, hunk.until))
    return found


def _is_same(our: Hunk, other: Hunk, now: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Whether both made the same change at the same place."""
    same_place = (our.start, our.stop) == (other.start, other.stop)
    return same_place and now[our.to : our.until] == new[other.to : other.until]


def _written(news: list[Hunk], now: Text, new: Text) -> bytes:
    style = now.style or new.style
    lines: list[tuple[bytes, bytes]] = []
    at = 0
    for hunk in [*news, Hunk(len(now.lines), len(now.lines), 0, 0)]:
        lines += [(now.lines[number], now.ends[number] or style) for number in range(at, hunk.start)]
        lines += [(line, style) for line in new.lines[hunk.to : hunk.until]]
        at = hunk.stop
    if lines and lines[-1][0] and not (now.ends or new.ends)[-1]:
        lines[-1] = (lines[-1][0], b"")
    return b"".join(line + end for line, end in lines)

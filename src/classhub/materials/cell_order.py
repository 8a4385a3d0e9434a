"""In which order the cells of a merged notebook stand. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def arranged(old: Sequence[str], ours: Sequence[str], theirs: Sequence[str], kept: Collection[str]) -> list[str]:
    """The kept ids in the student's order, or in the instructor's where only he changed it; new ones after their neighbours."""
    common = set(old) & set(ours) & set(theirs)
    before, our_order, their_order = ([name for name in names if name in common] for names in (old, ours, theirs))
    ours, theirs = ([name for name in names if name in kept] for names in (ours, theirs))
    if our_order == before != their_order:
        return _woven(theirs, ours, own_first=False)
    return _woven(ours, theirs, own_first=True)


def _woven(order: Sequence[str], others: Sequence[str], own_first: bool) -> list[str]:
    """`order`, and what only `others` has behind its former neighbour.

    own_first: what only `order` has behind that neighbour stays there. So it is the student's cells either way.
    """
    known, shared = set(order), set(others)
    waiting = _following(others, known)
    found: list[str] = []
    due = waiting.get("", [])
    for name in order:
        if name in shared or not own_first:
            found += due
            due = waiting.get(name, [])
        found.append(name)
    return found + due


def _following(others: Sequence[str], known: Collection[str]) -> dict[str, list[str]]:
    """Ids unknown to the order, by the known one before them; "" for those at the top. No id is empty."""
    found: dict[str, list[str]] = {}
    neighbour = ""
    for name in others:
        if name in known:
            neighbour = name
        else:
            found.setdefault(neighbour, []).append(name)
    return found

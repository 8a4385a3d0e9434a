"""Read logs and events of a user or a part."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError
from classhub.plan.records import Kind, Record

if TYPE_CHECKING:
    from classhub.targets.interface import Target


def last(target: Target, who: str, kind: Kind, count: int, previous: bool = False) -> list[Record]:
    """The newest `count` records, oldest first; 0 means all."""
    return list(deque(target.records(who, kind, previous, follow=False), maxlen=count or None))


def follow(target: Target, who: str, kind: Kind, count: int, previous: bool = False) -> Iterator[Record]:
    """The newest `count` records, then whatever comes; never ends by itself."""
    known = sum(1 for _ in target.records(who, kind, previous, follow=False)) if count else 0
    return islice(target.records(who, kind, previous, follow=True), max(known - count, 0), None)


def last_event(target: Target, who: str) -> Record | None:
    """What happened last to this user or part, in words: the plain cause above a log. None when nothing is known."""
    try:
        return next(iter(last(target, who, Kind.EVENTS, 1)), None)
    except ClasshubError:
        return None

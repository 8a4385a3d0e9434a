"""Where two sequences of lines differ, with a bound on the work (Myers 1986, "An O(ND) Difference Algorithm").

difflib is no choice here: without its heuristics some thousand equal lines keep it busy for minutes, and with them it
takes equal lines for different ones. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

MOST_STEPS = 1_000_000
"""About half a second. Steps, not seconds: the same texts must always give the same answer."""


class TooDifferent(Exception):
    """Finding out would take longer than it is worth."""


@dataclass(frozen=True)
class Hunk:
    """Lines start:stop of the first are lines to:until of the second. Between two hunks there is an equal line."""

    start: int
    stop: int
    to: int
    until: int


def differences(first: Sequence[bytes], second: Sequence[bytes]) -> list[Hunk]:
    """In order. Raises TooDifferent."""
    head = _same_at_start(first, second)
    tail = _same_at_start(first[head:][::-1], second[head:][::-1])
    numbers: dict[bytes, int] = {}
    one = [numbers.setdefault(line, len(numbers)) for line in first[head : len(first) - tail]]
    two = [numbers.setdefault(line, len(numbers)) for line in second[head : len(second) - tail]]
    return _joined(_changes(one, two), head)


def _same_at_start(first: Sequence[bytes], second: Sequence[bytes]) -> int:
    count = 0
    for one, two in zip(first, second):  # noqa: B905 (3.9 has no strict)
        if one != two:
            break
        count += 1
    return count


def _changes(one: list[int], two: list[int]) -> list[Hunk]:
    """Single lines inserted or removed, on one of the shortest ways; found from the end backwards."""
    rounds = _rounds(one, two)
    x, y = len(one), len(two)
    found = []
    for depth in range(len(rounds) - 1, 0, -1):
        diagonal = x - y
        after = _entered(rounds, depth, diagonal)
        if _is_insertion(rounds[depth - 1], depth, diagonal):
            x, y = after, after - diagonal - 1
            found.append(Hunk(x, x, y, y + 1))
        else:
            x, y = after - 1, after - diagonal
            found.append(Hunk(x, x + 1, y, y))
    return found[::-1]


def _rounds(one: list[int], two: list[int]) -> list[array[int]]:
    """rounds[d][k + d]: how many lines of the first are behind us on diagonal k (first less second) after d changes."""
    rounds: list[array[int]] = []
    steps = 0
    while steps <= MOST_STEPS:
        depth = len(rounds)
        rounds.append(array("i", bytes(4 * (2 * depth + 1))))
        for diagonal in range(-depth, depth + 1, 2):
            x = begin = _entered(rounds, depth, diagonal)
            while x < len(one) and x - diagonal < len(two) and one[x] == two[x - diagonal]:
                x += 1
            rounds[depth][diagonal + depth] = x
            steps += 1 + x - begin
            if x >= len(one) and x - diagonal >= len(two):
                return rounds
    raise TooDifferent


def _entered(rounds: list[array[int]], depth: int, diagonal: int) -> int:
    """Where the change number `depth` lands on this diagonal, before the equal lines that follow it."""
    if not depth:
        return 0
    before = rounds[depth - 1]
    if _is_insertion(before, depth, diagonal):
        return before[diagonal + depth]
    return before[diagonal + depth - 2] + 1


def _is_insertion(before: array[int], depth: int, diagonal: int) -> bool:
    """Whether the better way onto this diagonal takes a line of the second, rather than drops one of the first."""
    if abs(diagonal) == depth:
        return diagonal < 0
    return before[diagonal + depth - 2] < before[diagonal + depth]


def _joined(changes: list[Hunk], head: int) -> list[Hunk]:
    found: list[Hunk] = []
    for change in changes:
        hunk = Hunk(change.start + head, change.stop + head, change.to + head, change.until + head)
        if found and (found[-1].stop, found[-1].until) == (hunk.start, hunk.to):
            hunk = Hunk(found[-1].start, hunk.stop, found[-1].to, hunk.until)
            found.pop()
        found.append(hunk)
    return found

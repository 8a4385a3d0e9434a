"""From one chart to another: which keys of these values are concerned, and what else changes."""

import re
from collections.abc import Mapping
from typing import Any

from classhub.config.chart.moves import Change, Moved, history, moved
from classhub.config.traits.lookup import get

Values = Mapping[str, Any]


def moves_between(values: Values, old: str, new: str) -> list[Moved]:
    """Keys of `values`, the college's own, that have moved after chart `old` and up to chart `new`."""
    return [found for found in moved(values) if is_between(found.move.version, old, new)]


def changes_between(values: Values, old: str, new: str) -> list[Change]:
    """What no key shows, oldest first; `values` over the defaults, to leave out what does not concern them."""
    return [
        change
        for change in history().changes
        if is_between(change.version, old, new) and _concerns(change.condition, values)
    ]


def is_between(version: str, old: str, new: str) -> bool:
    """After old and not after new."""
    return order(old) < order(version) <= order(new)


def order(version: str) -> tuple[int, ...]:
    """For comparing: "0.11" is 0.11.0, and a development version counts as what it leads to."""
    numbers = [int(number) for number in re.findall(r"\d+", version.partition("-")[0])]
    return tuple([*numbers, 0, 0, 0][:3])


def _concerns(condition: str, values: Values) -> bool:
    name, _, word = condition.partition(" is ")
    found = get(values, name)
    return found == word if word else bool(found) or not name

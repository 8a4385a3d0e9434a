"""What the values mean: settings that the chart takes and that do something else than their author wanted.

One module for each group of rules; all are pure. What must be asked outside comes in as an argument.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from classhub.config.meaning import (
    address,
    cancel,
    choices,
    culling,
    domains,
    google_lists,
    groups,
    homes,
    images,
    limits,
    network,
    people,
    placeholders,
    pods,
    profiles,
    provider,
    pullers,
    secret,
    several,
)
from classhub.config.meaning.found import Values
from classhub.config.meaning.secret import Tracked
from classhub.config.problem import Problem


class Files(NamedTuple):
    """Where the values stand, as far as the caller knows."""

    kept: Mapping[str, Values] = {}
    """What stands in config.yaml and the like, by their names."""
    hidden: Mapping[str, Values] = {}
    """What stands in files of secrets alone, by their names."""
    tracked: Tracked | None = None
    """None if nobody has asked git."""


def problems(values: Values, own: Values, chart: str = "4.4.0", files: Files | None = None) -> Iterator[Problem]:
    """Warnings and notes for the most part; errors where something is certainly wrong.

    values: merged over the defaults. own: what the college wrote; of an empty file only who gets in is said. chart: its version.
    """
    yield from people.problems(values, chart)
    if not own:
        return
    yield from several.problems(values)
    yield from domains.problems(values)
    yield from google_lists.problems(values, chart)
    yield from groups.problems(values, chart)
    yield from profiles.problems(values, chart)
    yield from choices.problems(values, chart)
    for group in (provider, address, culling, images, limits, network, placeholders, pods):
        yield from group.problems(values)
    yield from homes.problems(values, own)
    yield from cancel.problems(values, own)
    yield from pullers.problems(values, own)
    yield from secret.problems(values, *(files or Files()))

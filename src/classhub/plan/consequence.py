"""One sentence about what a change means for people, and what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from classhub.plan.masking import is_masked

NAMED = 5
"""People that a sentence names; of more it gives the number."""


class About(Enum):
    """In the order in which they are told.

    refused is of one machine alone; conflict, chart, nodes, address, rights and disks are of a cluster alone.
    """

    REFUSED = "refused"
    CONFLICT = "conflict"
    CHART = "chart"
    NODES = "nodes"
    RESTART = "restart"
    SERVERS = "servers"
    ADDRESS = "address"
    ACCESS = "access"
    RIGHTS = "rights"
    DISKS = "disks"
    HOMES = "homes"
    COST = "cost"
    ELSEWHERE = "elsewhere"
    SETTING = "setting"


@dataclass(frozen=True)
class Consequence:
    kind: About
    sentence: str
    names: tuple[str, ...] = ()
    """Everybody whom it concerns, also those whom the sentence only counts."""


def people(names: Sequence[str]) -> str:
    """ "alice, jane.doe and 2 more"; who is named in secrets.yaml alone is only counted."""
    seen = [name for name in names if not is_masked(name)]
    unnamed = len(names) - len(seen)
    parts = [", ".join(seen[:NAMED])] if seen else []
    if len(seen) > NAMED:
        unnamed += len(seen) - NAMED
    if unnamed:
        parts.append(f"{unnamed} more" if parts else f"{unnamed} {'person' if unnamed == 1 else 'people'}")
    return " and ".join(parts)

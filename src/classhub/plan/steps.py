"""A Plan: the steps that lead from what runs to what is wanted, each with a sentence about its consequence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing to do. Running it again does no harm."""

    do: str
    """The step's name for the target, as "write settings", "start proxy", "restart hub", "mark failed"."""
    sentence: str
    """What it means for people: "The hub restarts, about 5 s; 14 running servers go on."."""


@dataclass(frozen=True)
class Revision:
    """One applied configuration."""

    number: int
    when: float
    """Seconds since the epoch."""
    who: str
    what: str
    """One line: why it was applied."""
    digest: str
    digests: Mapping[str, str] = field(default_factory=dict)
    """`changes.digests` of its settings: says which parts a way back touches."""
    outcome: str = ""
    """"failed" or "interrupted" when its hub never ran and it was taken back; else empty."""


@dataclass(frozen=True)
class Plan:
    """Steps in order, and the settings that they put in force."""

    steps: tuple[Step, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the hub will be given; the target knows its shape. Holds secrets: never print it."""
    what: str = ""
    """The history's line."""
    revision: int | None = None
    """A way back: take the settings of this revision in place of `settings`."""

    @property
    def empty(self) -> bool:
        return not self.steps

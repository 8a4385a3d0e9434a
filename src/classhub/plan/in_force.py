"""What a hub was started with and what it would be started with, in one shape for every target, to be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from classhub.config.document import Where
from classhub.config.model import Login


@dataclass(frozen=True)
class InForce:
    """Holds secrets: only plan/told.py compares two of them, and takes the secrets out first."""

    values: Mapping[str, Any] = field(repr=False)
    """Merged over the chart's defaults."""
    login: Login
    own: Mapping[str, Any] = field(default_factory=dict)
    """What of classhub.yaml and courses/ holds on this target, by key: {"local.port": 8000}."""
    hidden: tuple[Where, ...] | None = None
    """The ways to what stood in secrets.yaml; None: not known, so that every value is hidden."""


@dataclass(frozen=True)
class DryRun:
    """What `inspect(wanted)` finds without changing anything."""

    settings: Mapping[str, Any] = field(repr=False)
    """What `apply` would write. Holds secrets: never print it."""
    wanted: InForce
    before: InForce | None = None
    """What the hub was started with that runs, or ran last; None where nobody knows."""
    unfinished: bool = False
    """True when the settings were written, but the hub that runs was not started with them: an `up` that was cut short."""

"""What a hub was started with and what it would be started with, in one shape for every target, to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classhub.config.document import Where
from classhub.config.model import Login, Settings

if TYPE_CHECKING:
    from classhub.plan.conflict import Conflict
    from classhub.plan.objects import ObjectChange

DEFAULT_CHART = Settings().chart_version


@dataclass(frozen=True)
class InForce:
    """Holds secrets: only plan/told.py and told_release.py compare two of them, and take the secrets out first."""

    values: Mapping[str, Any] = field(repr=False)
    """Merged over the chart's defaults."""
    login: Login = field(repr=False)
    own: Mapping[str, Any] = field(default_factory=dict)
    """What of classhub.yaml and courses/ holds on this target, by key: {"local.port": 8000}."""
    hidden: tuple[Where, ...] | None = field(default=None, repr=False)
    """The ways to what stood in secrets.yaml; None: not known, so that every value is hidden."""
    chart: str = DEFAULT_CHART
    """Its version: before 4.0 other rules decide who can log in."""


@dataclass(frozen=True)
class Release:
    """What a cluster holds under one name, or would."""

    context: str
    """Of the kubeconfig."""
    namespace: str
    name: str
    chart: str
    """The wanted chart's version."""
    installed: str = ""
    """The version of the chart that is there; empty: nothing is installed."""


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
    release: Release | None = None
    """Of a cluster; None on this machine, and the two below are empty."""
    objects: tuple[ObjectChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    """What other tools own of the release's objects, and would be overwritten."""

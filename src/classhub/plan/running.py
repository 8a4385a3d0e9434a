"""What a target says is there now. Frozen: a photograph, not a handle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from classhub.plan.in_force import DryRun


class State(Enum):
    """Of a hub or of a part."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    FAILING = "failing"  # keeps dying; `reason` says why


@dataclass(frozen=True)
class Part:
    """hub, proxy, culler, ...: what `logs WHO` and `restart PART` may name."""

    name: str
    state: State
    pid: int | None = None
    since: float | None = None
    """Start, seconds since the epoch."""
    restarts: int = 0
    reason: str = ""
    """Why it is failing, in words; empty otherwise."""
    pod_uid: str = ""
    """On a cluster: which pod `since` speaks of. Another uid is another pod, whatever the clocks say."""


@dataclass(frozen=True)
class Server:
    """One student's running server. `name` is empty for the default server."""

    user: str
    name: str = ""
    ready: bool = True
    pid: int | None = None
    since: float | None = None


@dataclass(frozen=True)
class Running:
    """A hub as it is now."""

    state: State
    address: str
    """What a person types into a browser, with trailing slash; empty while stopped."""
    parts: tuple[Part, ...] = ()
    servers: tuple[Server, ...] = ()
    revision: int = 0
    """Number of the applied configuration in `history()`; 0 before the first."""
    settings_digest: str = ""
    """sha256 of the applied settings: equal digests mean that nothing changed."""
    launched: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By part that lives: the `changes.digests` of the settings that it was started with. They differ from the applied
    ones after an `up` that was cut short; a part that is missing here was started with settings nobody knows."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """The `changes.digests` of the applied settings; empty where nobody asked for them."""
    supervised: bool = True
    """False when parts live on but nobody watches them (the supervisor was killed)."""
    written: float | None = None
    """When the applied settings were written, seconds since the epoch."""
    dry: DryRun | None = field(default=None, repr=False)
    """Only after `inspect(wanted)`: what would be put in force, and what is, to be compared by plan/told.py."""
    notes: tuple[str, ...] = field(default=())
    """Sentences an admin should read: last good configuration kept, who signs in how, ..."""

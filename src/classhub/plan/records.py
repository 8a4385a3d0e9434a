"""What operations bring back: lines of logs and events, results of programs, usage, homes."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    LOGS = "logs"
    EVENTS = "events"


@dataclass(frozen=True)
class Record:
    """One line of a log, or one event."""

    text: str
    when: float | None = None
    """Seconds since the epoch, where the source tells."""
    source: str = ""
    """The part or user it comes from."""


@dataclass(frozen=True)
class Finished:
    """A program run for an admin. Streams are empty when they went to the terminal.

    Bytes that are no UTF-8 are lone surrogates (PEP 383): `exec ... tar c . > work.tar` gives the archive.
    """

    code: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True)
class UsageRow:
    """name: a part, a user, a node, or "machine". Bytes and seconds; None where the machine cannot tell.

    kind: "part", "server", "node", "machine".
    """

    name: str
    kind: str
    cpu_seconds: float | None
    memory_bytes: int | None
    memory_limit_bytes: int | None = None
    cores: float | None = None
    """Where the source tells a rate in place of a sum."""


@dataclass(frozen=True)
class Usage:
    """Disks: of this machine's homes; on a cluster those of all claims, and free what the nodes say of mounted ones."""

    rows: tuple[UsageRow, ...]
    disk_free_bytes: int | None
    disk_total_bytes: int | None
    notes: tuple[str, ...] = ()
    """Sentences on what could not be told, and why."""


@dataclass(frozen=True)
class Home:
    """A student's home. size_bytes counts blocks, not lengths; None when it was not asked for.

    On a cluster a home is a claim: path is its name, and the fields after uid hold.
    """

    owner: str
    """Empty for a claim without a mark of its owner: several students may share it."""
    path: str
    size_bytes: int | None
    changed: float | None
    """Newest change, seconds since the epoch."""
    uid: int | None = None
    server: str = ""
    """The named server it belongs to; empty for the default one."""
    capacity_bytes: int | None = None
    created: float | None = None
    last_used: float | None = None
    """As the hub knows it."""
    phase: str = ""
    """"Bound", "Pending", "Lost"."""
    volume: str = ""
    in_use: bool = False
    """A pod mounts it, perhaps one that is about to end."""
    orphaned: bool | None = None
    """The hub knows no such user (any more). None: the hub could not be asked, or there is no owner to look for."""
    shared: bool = False
    """No mark says whose it is."""
    instead: str = ""
    """The claim that the hub mounts for this server now, where it is another one: this home may look lost to its owner."""
    legacy: bool = False
    """Made by KubeSpawner before 7, which made names in another way."""

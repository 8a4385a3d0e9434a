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
    """name: a part, a user, or "machine". Bytes and seconds; None where the machine cannot tell."""

    name: str
    kind: str
    cpu_seconds: float | None
    memory_bytes: int | None
    memory_limit_bytes: int | None = None


@dataclass(frozen=True)
class Usage:
    rows: tuple[UsageRow, ...]
    disk_free_bytes: int
    disk_total_bytes: int


@dataclass(frozen=True)
class Home:
    """A student's home. size_bytes counts blocks, not lengths; None when it was not asked for."""

    owner: str
    path: str
    size_bytes: int | None
    changed: float | None
    """Newest change, seconds since the epoch."""
    uid: int | None = None

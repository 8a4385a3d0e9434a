"""Who uses how much of the machine."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classhub.plan.records import Usage, UsageRow

if TYPE_CHECKING:
    from classhub.targets.interface import Target


@dataclass(frozen=True)
class Load:
    """One part, server, or the machine. cores: over the sample, 1.0 is one core busy; None when unknown."""

    name: str
    kind: str
    cores: float | None
    memory_bytes: int | None
    memory_limit_bytes: int | None
    cpu_seconds: float | None


def sample(target: Target, seconds: float = 1.0) -> tuple[list[Load], Usage]:
    """Look twice, unless the target tells how busy things are by itself; most memory first."""
    first = target.usage()
    if any(row.cores is not None for row in first.rows):
        return _by_memory(_load(row, None, 0) for row in first.rows), first
    before = {(row.kind, row.name): row.cpu_seconds for row in first.rows}
    start = time.monotonic()
    time.sleep(seconds)
    usage = target.usage()
    took = time.monotonic() - start
    return _by_memory(_load(row, before.get((row.kind, row.name)), took) for row in usage.rows), usage


def _by_memory(loads: Iterable[Load]) -> list[Load]:
    return sorted(loads, key=lambda load: -(load.memory_bytes or 0))


def _load(row: UsageRow, before: float | None, took: float) -> Load:
    cores = row.cores
    if row.cpu_seconds is not None and before is not None and took > 0:
        cores = max(row.cpu_seconds - before, 0.0) / took
    return Load(row.name, row.kind, cores, row.memory_bytes, row.memory_limit_bytes, row.cpu_seconds)

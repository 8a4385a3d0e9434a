"""When to look again: evenly, never all servers at once, and ever more rarely where looking fails. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable

RAREST_S = 300.0
FULL_EVERY_S = 600.0
"""A course is synced that often without a reason: a release may have changed for this student alone."""


def pause_s(every_s: float, failures: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds until the next look; a fifth more or less by chance. failures: looks in a row that brought nothing."""
    longer = every_s * 2 ** min(failures, 10)
    return float(min(longer, max(RAREST_S, every_s)) * (0.8 + 0.4 * chance()))

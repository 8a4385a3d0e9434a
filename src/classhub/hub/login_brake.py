"""A brake on guessing passwords: token buckets per user name and per address, in bounded memory.

The numbers are facts/local-hub.md, section 2: 10 failures in 5 minutes, then 429 with Retry-After.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable


class Brake:
    """`burst` takes at once, refilled evenly over `per_s` seconds, for each key. `limit` keys are remembered."""

    def __init__(
        self, burst: int = 10, per_s: float = 300, limit: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = burst / per_s
        self._limit = limit
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: str) -> int:
        """Take one token; 0 when there was one, else the whole seconds to wait for the next."""
        level = self._level(key)
        taken = level >= 1
        self._put(key, level - 1 if taken else level)
        return 0 if taken else max(1, math.ceil((1 - level) / self._per_second))

    def give_back(self, key: str) -> None:
        """Undo one take: what was tried succeeded, and only failures count."""
        self._put(key, min(self._burst, self._level(key) + 1))

    def _level(self, key: str) -> float:
        level, since = self._levels.get(key, (float(self._burst), 0.0))
        return min(self._burst, level + (self._clock() - since) * self._per_second)

    def _put(self, key: str, level: float) -> None:
        self._levels[key] = (level, self._clock())
        self._levels.move_to_end(key)
        while len(self._levels) > self._limit:
            self._levels.popitem(last=False)


def address_key(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that an IPv6 subscriber owns."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))

"""A brake on guessing passwords: token buckets in bounded memory. Guessing is slow, and locks nobody out for good.

A try counts in several buckets; the figures say how many may fail at once, and how fast a try comes back.

- PAIR, a name tried from one address: 10, then one a minute. What a person who forgot a password needs, and no more.
- ADDRESS, all names tried from one address: 240, then four a minute. A lab of thirty behind one address who type their
  password wrong twice are 60; that may happen four times within an hour. Guessing common passwords over many names ends here.
- NAME, a name from everywhere: 300, then five a minute. One address alone gives one a minute and never empties it; who
  guesses from everywhere gets 7,200 a day.
- BROWSER, in place of all three: 10, then one a minute, for a browser that signed in as this name before (login_known.py).
  So whatever strangers try, also from the same room, the person at the usual browser can sign in.

Who sits behind the same address as the guesser, at a new browser, waits too: the two look alike from here. With PAIR for that
name; with ADDRESS for any name, as long as somebody there goes on guessing. An invitation's link asks no brake, and lets in.
A pause before the answer in place of a refusal would do no better: without a limit of pauses at a time guessing is as
fast as one opens connections, and with one the guesser holds all the places.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

Clock = Callable[[], float]


class Brake:
    """`burst` takes at once, refilled evenly over `per_s` seconds, for each key. `limit` keys are remembered."""

    def __init__(self, burst: int, per_s: float, limit: int = 10_000, clock: Clock = time.monotonic) -> None:
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


Taken = Sequence[tuple[Brake, str]]
"""What one try took from where."""


class SignInBrake:
    """All buckets of signing in, as the module says."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._pair = Brake(burst=10, per_s=600, clock=clock)
        self._address = Brake(burst=240, per_s=3600, clock=clock)
        self._name = Brake(burst=300, per_s=3600, clock=clock)
        self._browser = Brake(burst=10, per_s=600, clock=clock)

    def take(self, name: str, address: str, browser: str = "") -> tuple[int, Taken]:
        """(0, what was taken), or the seconds to wait. A try that has to wait takes nothing from any bucket.

        browser: of one that signed in as this name before, else empty.
        """
        taken: list[tuple[Brake, str]] = []
        for brake, key in self._buckets(name, address_key(address), browser):
            wait_s = brake.take(key)
            if wait_s:
                self.give_back(taken)
                return wait_s, ()
            taken.append((brake, key))
        return 0, taken

    def give_back(self, taken: Taken) -> None:
        """The password was right."""
        for brake, key in taken:
            brake.give_back(key)

    def _buckets(self, name: str, address: str, browser: str) -> Taken:
        """The address first: one that has to wait makes no new keys for the names it tries."""
        if browser:
            return [(self._browser, f"{browser} {name}")]
        return [(self._address, address), (self._pair, f"{address} {name}"), (self._name, name)]


def address_key(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that an IPv6 subscriber owns."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))

"""A container's log, line by line."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.silence import BrokenOff, Unreachable

AWAY_S = 60
"""How long the API server may be away while a log is followed."""
PAUSE_S = 0.5
QUIET_S = 300
"""A followed log that is silent for this long is asked for anew: the connection may be dead."""


@dataclass(frozen=True)
class Wanted:
    previous: bool = False
    tail: int | None = None
    since_s: float | None = None
    timestamps: bool = False


def lines(calls: Calls, call: Call, wanted: Wanted) -> Iterator[str]:
    with calls.answer(replace(_asking(call, wanted, wanted.timestamps), is_whole=False)) as answer:
        yield from _split(answer.iter_bytes())


def followed(calls: Calls, call: Call, wanted: Wanted) -> Iterator[str]:
    """Every line comes with its time from the server, so that it goes on where it was cut, without a gap or a repetition."""
    asked = replace(_asking(call, wanted, True).asking(follow="true"), is_whole=False, quiet_s=QUIET_S)
    last, count, away_since = "", 0, None
    while True:
        skip = count
        try:
            with calls.answer(_from(asked, last)) as answer:
                for line in _split(answer.iter_bytes()):
                    away_since = None
                    stamp, _, words = line.partition(" ")
                    if stamp < last or (stamp == last and skip > 0):
                        skip -= stamp == last
                        continue
                    last, count = stamp, count + 1 if stamp == last else 1
                    yield line if wanted.timestamps else words
            return
        except (BrokenOff, Unreachable):
            now = time.monotonic()
            away_since = away_since or now
            if now - away_since > AWAY_S:
                raise
            time.sleep(PAUSE_S)


def _asking(call: Call, wanted: Wanted, stamps: bool) -> Call:
    flags = {"timestamps": stamps, "previous": wanted.previous}
    numbers = {
        "tailLines": wanted.tail,
        "sinceSeconds": None if wanted.since_s is None else max(1, round(wanted.since_s)),
    }
    call = call.asking(**{name: "true" for name, is_set in flags.items() if is_set})
    return call.asking(**{name: number for name, number in numbers.items() if number is not None})


def _from(asked: Call, last: str) -> Call:
    """From the second of the last line on: the API counts in whole ones."""
    if not last:
        return asked
    query = {key: value for key, value in asked.query.items() if key not in ("tailLines", "sinceSeconds")}
    zone = re.search(r"(Z|[+-]\d\d:\d\d)$", last)
    return replace(asked, query={**query, "sinceTime": last[:19] + (zone[1] if zone else "Z")})


def _split(pieces: Iterator[bytes]) -> Iterator[str]:
    """At line feeds alone: a progress bar's carriage return is part of its line."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
    if rest:
        yield rest.decode(errors="replace")

"""Sizes, times and names as people read them."""

import re
import time
from datetime import UTC, datetime

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# Control and direction characters: a user name or a log line must not steer the terminal that shows it.
HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def clean(text: str) -> str:
    """Without colours, other control characters spelt out as \\x1b; newline and tab stay."""
    return HOSTILE.sub(lambda match: match.group().encode("unicode_escape").decode(), COLOUR.sub("", text))


def cell(text: str) -> str:
    """Clean, and on one line."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def seconds(text: str) -> int:
    """ "90s", "15m", "1h", "7d" in seconds. ValueError for anything else."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text.strip())
    if not match or int(match[1]) == 0:
        raise ValueError(text)
    return int(match[1]) * UNIT_SECONDS[match[2]]


def size(count: int | None) -> str:
    """Bytes as "1.5 GiB"; "-" when unknown."""
    if count is None:
        return "-"
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def span(length_s: float) -> str:
    """A length of time in its largest unit: "3 min"."""
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if length_s >= unit:
            return f"{int(length_s // unit)} {name}"
    return f"{max(int(length_s), 0)} s"


def ago(when: float | None) -> str:
    """How long since then; "-" when unknown."""
    return "-" if when is None else span(time.time() - when)


def moment(when: float | None) -> str:
    """A local date and time to the second; "-" when unknown."""
    return "-" if when is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def minute(when: float | None) -> str:
    """A local date and time to the minute; "-" when unknown."""
    return "-" if when is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(when))


def since_epoch(iso: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 time, UTC where it names no zone; None for anything else."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def servers_after(number: int, kept: bool) -> str:
    """What a stop did to students' servers, as a clause to go on with: "; 2 servers stopped too"."""
    return f"; {count(number, 'server')} {'left running' if kept else 'stopped too'}" if number else ""


def count(number: int, noun: str) -> str:
    """ "1 server", "2 servers"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"

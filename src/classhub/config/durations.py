"""Settings that count seconds, and what people write for them: 90m, 1h 30min, 2 days."""

import re

_COUNTS_SECONDS = re.compile(r"(timeout|interval|every|maxage|waitduration|delayseconds|periodseconds|timeoutseconds)$")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_WORDS = r"s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"
_PART = re.compile(rf"(\d{{1,9}})\s*({_WORDS})(?![a-z])", re.IGNORECASE)
_WHOLE = re.compile(rf"\s*(\d{{1,9}}\s*({_WORDS})(?![a-z])(\s+|,\s*)?)+", re.IGNORECASE)


def counts_seconds(name: str | int) -> bool:
    return bool(_COUNTS_SECONDS.search(str(name).lower().replace("_", "")))


def seconds(name: str | int, value: object) -> int | None:
    """What a text says for a setting that counts seconds; None if it is none, or says no time."""
    if not isinstance(value, str) or not counts_seconds(name) or not _WHOLE.fullmatch(value):
        return None
    return sum(int(count) * _UNITS[unit[0].lower()] for count, unit in _PART.findall(value))

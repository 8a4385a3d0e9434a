"""Times as people write them, "2027-01-11 09:00" in the course's time zone, as moments."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


def zone(name: str) -> ZoneInfo | None:
    """None for a name that is no zone's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment(text: str, where: tzinfo | None) -> str:
    """ISO 8601 with offset. where: None for this machine's zone. Raises ValueError with the reason in half a sentence."""
    if not _WRITTEN.fullmatch(text.strip()):
        raise ValueError("it is no date with a time")
    try:
        read = datetime.fromisoformat(text.strip())
        if read.tzinfo is not None:
            return read.isoformat()
        then = read.replace(tzinfo=where) if where else read.astimezone()
        there = then.astimezone(UTC).astimezone(where).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        raise ValueError("there is no such day or hour") from None
    if there != read:
        raise ValueError("the clock is put forward over it")
    return then.isoformat()

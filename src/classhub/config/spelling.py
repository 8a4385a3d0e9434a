"""What somebody probably meant to write, and what they wrote."""

from collections.abc import Iterable
from typing import Any


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is meant, or "". Case, dashes and underscores count for nothing."""
    candidates = list(known)
    plain = {_plain(candidate): candidate for candidate in candidates}
    if _plain(word) in plain:
        return plain[_plain(word)]
    from difflib import get_close_matches  # late: only mistakes need it

    close = get_close_matches(_plain(word), plain, n=1, cutoff=0.7)
    return plain[close[0]] if close else ""


def is_slip(word: str, meant: str) -> bool:
    """One letter too many, too few, another one, or two swapped: certainly the same word."""
    one, other = _plain(word), _plain(meant)
    if not other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    swapped = one[1::-1] + one[2:]
    return one == other or other in (one[1:], swapped) or one == other[1:] or one[1:] == other[1:]


_AS_WRITTEN = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}


def written(value: Any, as_bool: bool, as_number: bool) -> bool | int | None:
    """The value that a text says in so many words, as "true" or "600"; None if it says none of that kind."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if as_bool and text in _AS_WRITTEN:
        return _AS_WRITTEN[text]
    return int(text) if as_number and text.isascii() and text.isdigit() and len(text) < 20 else None


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def kind(value: Any) -> str:
    """What a value is, without showing it: it may be a secret."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"


def dotted(path: Iterable[str | int]) -> str:
    """("hub", "services", 0) -> "hub.services[0]"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text

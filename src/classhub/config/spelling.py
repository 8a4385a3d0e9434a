"""What somebody probably meant to write, and what they wrote."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

MOST_GUESSES = 300
"""Words that are compared with all known ones in one look: half a second. Nobody mends more before the next look."""
LONGEST_GUESSED = 100
"""Characters of a word; no known one has half of that."""
LONGEST_SHOWN = 400
"""Characters of a path, as it is shown; a hundred levels of long keys make a hundred kB, in each of many sentences."""
_guesses_left: ContextVar[list[int] | None] = ContextVar("guesses_left", default=None)
"""None: without a bound."""


@contextmanager
def few_guesses(most: int = MOST_GUESSES) -> Iterator[None]:
    """Within it nearest() only knows exact names once so many words were compared."""
    before = _guesses_left.set([most])
    try:
        yield
    finally:
        _guesses_left.reset(before)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is meant, or "". Case, dashes and underscores count for nothing."""
    names, plain = _plain_names(tuple(known)), _plain(word)
    if plain in names:
        return names[plain]
    if len(plain) > LONGEST_GUESSED or not _may_guess():
        return ""
    from difflib import get_close_matches  # late: only mistakes need it

    close = get_close_matches(plain, names, n=1, cutoff=0.7)
    return names[close[0]] if close else ""


def _may_guess() -> bool:
    left = _guesses_left.get()
    if left is None:
        return True
    left[0] -= 1
    return left[0] >= 0


@lru_cache(maxsize=64)
def _plain_names(known: tuple[str, ...]) -> dict[str, str]:
    return {_plain(name): name for name in known}


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
    """("hub", "services", 0) -> "hub.services[0]". What is too long to be read is cut in the middle."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{_cut(part, LONGEST_GUESSED)}" for part in path]
    return _cut("".join(parts).removeprefix("."), LONGEST_SHOWN)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]}...{text[-most // 2 :]}"

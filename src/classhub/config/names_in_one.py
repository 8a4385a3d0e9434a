"""Several names that became one: a text with commas, or two lines of a list of which the second lacks its dash."""

import re

_BETWEEN = re.compile(r"\s*[,;]\s*|\s+")


def names_in_one(text: str, *, may_have_spaces: bool) -> list[str] | None:
    """The names that were certainly meant; empty where they cannot be told apart; None where it may be one name.

    may_have_spaces: whether this login has names such as "Doe, Jane"; addresses are told apart all the same.
    """
    words = [word for word in _BETWEEN.split(text.strip()) if word]
    if text.strip() in ("", *words):
        return None
    if words and all("@" in word.strip("@") for word in words):
        return words
    if may_have_spaces:
        return None
    names = [name.strip() for name in re.split("[,;]", text) if name.strip()]
    return [] if any(re.search(r"\s", name) for name in names) else names

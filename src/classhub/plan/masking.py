"""Values without their secrets, in such a way that a change of a secret still shows.

Each secret becomes a token, the same for the same secret: ********1, ********2. `bare` takes the numbers away, for people.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.secret import is_masked_whole, replaced
from classhub.config.secret_names import MASK, is_database, is_free, is_secret

_ADDRESS_WITH_MORE = re.compile(r"://\S*[@?]")
_TOKEN = re.compile(re.escape(MASK) + r"[0-9]+")


class Masking:
    """One for all that is compared. hidden: ways to what secrets.yaml holds; None hides everything."""

    def __init__(self, hidden: Iterable[Where] | None) -> None:
        self._hidden = None if hidden is None else frozenset(hidden)
        self._numbers: dict[str, int] = {}

    def over(self, value: Any, where: Where = ()) -> Any:
        """A copy. true, false and what is empty stay: they decide who gets in, and tell nobody anything."""
        return replaced(value, where, self._is_whole, self._token, self._of_text)

    def _is_whole(self, value: Any, where: Where) -> bool:
        """Of mappings where any name may stand the keys are shown."""
        is_shown = isinstance(value, Mapping) and _is_free(where)
        return not is_shown and is_masked_whole(value, where, self._is_hidden)

    def _is_hidden(self, where: Where) -> bool:
        if self._hidden is None or is_secret(where) or is_database(where) or _is_free(where):
            return True
        return any(where[:length] in self._hidden for length in range(1, len(where) + 1))

    def _of_text(self, text: str) -> str:
        return self._token(text) if _ADDRESS_WITH_MORE.search(text) else text

    def _token(self, value: Any) -> str:
        number = self._numbers.setdefault(json.dumps(value, sort_keys=True, default=str), len(self._numbers) + 1)
        return f"{MASK}{number}"


def _is_free(where: Where) -> bool:
    """Files too: of two contents it is enough to know that they differ."""
    return is_free(where) or "extraFiles" in where


def is_masked(value: Any) -> bool:
    """True if nothing of it may be seen."""
    return isinstance(value, str) and bool(_TOKEN.fullmatch(value))


def bare(value: Any) -> Any:
    """As people may see it: tokens without their numbers."""
    if isinstance(value, Mapping):
        return {key: bare(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return _TOKEN.sub(MASK, value) if isinstance(value, str) else value

"""Which settings differ, key by key. Works on values without secrets (masking.py)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from classhub.config.document import Where
from classhub.config.spelling import dotted
from classhub.plan.masking import bare

LONGEST = 60
"""Characters of a value that the list shows."""
_NOTHING = object()


@dataclass(frozen=True)
class Change:
    """old, new: None where the key is not set. Lists are one value, as Helm replaces them whole."""

    where: Where
    old: Any
    new: Any

    @property
    def path(self) -> str:
        return dotted(self.where)

    def is_below(self, path: str) -> bool:
        """True at this dotted path and for all within."""
        return self.path == path or self.path.startswith((f"{path}.", f"{path}["))

    @property
    def sentence(self) -> str:
        """ "cull.timeout: 3600 -> 1800"."""
        old, new = short(self.old), short(self.new)
        if self.old is not None and type(self.old) is type(self.new) and bare(self.old) == bare(self.new):
            return f"{self.path}: changed (masked)"
        if old == new and len(old) < LONGEST:  # 1 and "1"
            old, new = json.dumps(self.old), json.dumps(self.new)
        return f"{self.path}: {old} -> {new}"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """In the order of `new`, then what is gone."""
    return tuple(_changes(old, new, ()))


def _changes(old: Any, new: Any, where: Where) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(old.get(key, _NOTHING), new.get(key, _NOTHING), (*where, key))
    elif isinstance(new, Mapping) and new and old in (_NOTHING, None):
        yield from _changes({}, new, where)
    elif isinstance(old, Mapping) and old and new in (_NOTHING, None):
        yield from _changes(old, {}, where)
    elif not _same(old, new):
        yield Change(where, _known(old), _known(new))


def _same(old: Any, new: Any) -> bool:
    """1 is not true."""
    return old is new or (type(old) is type(new) and bool(old == new)) or (_known(old) is None and _known(new) is None)


def _known(value: Any) -> Any:
    """A missing key, null and an empty mapping say the same."""
    return None if value is _NOTHING or value == {} else value


def short(value: Any) -> str:
    """On one line, not too long."""
    if value is None:
        return "(not set)"
    value = bare(value)
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4].rstrip()} ..."

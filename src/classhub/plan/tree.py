"""Which leaves of two manifests differ. Lists are compared by the names of their items, so that an insertion is one change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from classhub.config.document import Where
from classhub.plan.difference import Change
from classhub.plan.manifest import is_checksum

_NOTHING = object()
_KEYS: tuple[tuple[str, ...], ...] = (
    ("name",),
    ("mountPath",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("apiGroups", "resources", "resourceNames"),
    ("key", "operator", "value", "effect"),
    ("ip",),
    ("host",),
)
"""What tells items of a list apart, the best first. Each may be missing in an item, but not all of them."""
_OWN_KEY = {
    "subjects": ("kind", "name", "namespace"),
    "volumeMounts": ("mountPath", "subPath"),
    "tolerations": ("key", "operator", "value", "effect"),
    "parentRefs": ("name", "namespace", "sectionName"),
}
"""Lists in which a name does not tell items apart."""


def leaves(old: Any, new: Any, where: Where = ()) -> Iterator[Change]:
    """In the order of `new`. What comes or goes is one change, however much it holds; checksums are none."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _within(old, new, where)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, where)
    elif isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        yield from _texts(old, new, where)
    elif not _same(old, new):
        yield Change(where, None if old is _NOTHING else old, None if new is _NOTHING else new)


def _within(old: Mapping[Any, Any], new: Mapping[Any, Any], where: Where) -> Iterator[Change]:
    holds_checksums = where[-1:] in (("annotations",), ("data",))
    for key in dict.fromkeys((*new, *old)):
        if not (holds_checksums and is_checksum(key)):
            yield from leaves(old.get(key, _NOTHING), new.get(key, _NOTHING), (*where, key))


def _same(old: Any, new: Any) -> bool:
    """1 is not true, and neither is "1". A missing key and null say the same, an empty mapping something else."""
    nothing = (None, _NOTHING)
    if any(one is old for one in nothing) or any(one is new for one in nothing):
        return any(one is old for one in nothing) and any(one is new for one in nothing)
    return type(old) is type(new) and bool(old == new)


def _lists(old: list[Any], new: list[Any], where: Where) -> Iterator[Change]:
    key = _key(old, new, str(where[-1]) if where else "")
    if key is None:
        yield from _unnamed(old, new, where)
        return
    before, after = ({key(item): item for item in items} for items in (old, new))
    yield from _within(before, after, where)
    kept = [[name for name in names if name in others] for names, others in ((before, after), (after, before))]
    if kept[0] != kept[1]:  # the order of init containers and of variables counts
        yield Change(where, *kept)


def _key(old: list[Any], new: list[Any], of: str) -> Callable[[Any], str] | None:
    """How the items of both are told apart; None where nothing does."""
    if not all(isinstance(item, Mapping) for item in (*old, *new)):
        return None
    for names in [_OWN_KEY[of]] if of in _OWN_KEY else _KEYS:
        key = _named(names)
        if all(len(found := [key(item) for item in items]) == len(set(found)) and all(found) for items in (old, new)):
            return key
    return None


def _named(names: Sequence[str]) -> Callable[[Any], str]:
    return lambda item: "/".join(_word(item[name]) for name in names if item.get(name) not in (None, [], ""))


def _word(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _unnamed(old: list[Any], new: list[Any], where: Where) -> Iterator[Change]:
    """What both have counts for nothing; the others are taken for each other in their order."""
    gone, come = _apart(old, new), _apart(new, old)
    if not gone and not come and not all(map(_equal, old, new)):
        yield Change(where, old, new)
    for place in range(max(len(gone), len(come))):
        number = come[place] if place < len(come) else gone[place]
        yield from leaves(
            old[gone[place]] if place < len(gone) else _NOTHING,
            new[come[place]] if place < len(come) else _NOTHING,
            (*where, number),
        )


def _apart(items: list[Any], others: list[Any]) -> list[int]:
    """The numbers of the items that have no equal among the others, each of which serves once."""
    left = list(others)
    found = []
    for number, item in enumerate(items):
        equal = next((place for place, other in enumerate(left) if _equal(item, other)), None)
        if equal is None:
            found.append(number)
        else:
            del left[equal]
    return found


def _equal(old: Any, new: Any) -> bool:
    return next(leaves(old, new), None) is None


def _texts(old: str, new: str, where: Where) -> Iterator[Change]:
    """Only the lines that differ."""
    from difflib import SequenceMatcher  # late: most plans need none

    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    gone: list[str] = []
    come: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            gone += before[a:b]
            come += after[c:d]
    if gone or come:
        yield Change(where, "".join(gone) or None, "".join(come) or None)

"""Change one value in a YAML file and nothing else: comments, order, quotes and layout stay as they are.

Text surgery at the places that PyYAML's events give. Every result is read again before it is given out: where it does
not hold exactly the old values with that one change, the edit is refused.
"""

from collections.abc import Iterator
from typing import Any

from classhub.config.document import Document, Where
from classhub.config.edit.outcome import gathered, has, outcome, plain, same, way
from classhub.config.edit.outdent import outdented
from classhub.config.edit.surgery import operate
from classhub.config.edit.why import why_not
from classhub.config.reading import parse
from classhub.errors import Edit, Finding, Refused

BOM = "\ufeff"


def edit(text: str, change: Edit) -> str:
    """The file's new text. Raises Refused, in words, where the change cannot be made for certain."""
    bare = text.removeprefix(BOM)
    before, troubles = _read(bare)
    if not change.where:
        raise Refused("A key must be named.")
    expected = outcome(before.values, change)
    if change.do == "set":
        change = Edit("set", change.where, plain(change.new))
    if same(before.values, expected) and has(before.values, change.where):
        return text
    for made in _attempts(bare, before.values, change):
        if made is not None and _is_right(made, expected, troubles):
            return text[: len(text) - len(bare)] + made
    raise why_not(bare, change)


def _attempts(text: str, values: Any, change: Edit) -> Iterator[str | None]:
    if change.do in ("move", "gather"):
        yield outdented(text, change)
    yield from (_after(text, steps) for steps in _ways(values, change))


def _ways(values: Any, change: Edit) -> list[list[Edit]]:
    """Steps that lead to the change; the first that come out right are taken."""
    if change.do == "gather":
        target, names = gathered(change)
        above, head = change.where[:-1], change.where[-1]
        moves = [Edit("move", (*above, name), (*target, name)) for name in names]
        if head in names or change.where == target:
            return [moves]
        return [[Edit("move", change.where, target), *moves], [*moves, Edit("remove", change.where)]]
    if change.do == "move" and has(values, target := way(change.new)) and _value(values, target):
        moves = [Edit("move", (*change.where, name), (*target, name)) for name in _value(values, change.where)]
        return [[*moves, Edit("remove", change.where)]]
    return [_smaller(values, change), [change]]


def _read(text: str) -> tuple[Document, set[str]]:
    found: list[Finding] = []
    document = parse(text.encode("utf-8", "surrogatepass"), "", found)
    if document is None:
        first = found[0]
        raise Refused(f"The file cannot be edited: line {first.line}: {first.message}", first.why, first.fix)
    return document, {finding.message for finding in found}


def _is_right(text: str, expected: Any, troubles: set[str]) -> bool:
    """It reads as it must, and has no mistake that it had not before."""
    try:
        document, now = _read(text)
    except Refused:
        return False
    return len(now) <= len(troubles) and same(document.values, expected)


def _after(text: str, steps: list[Edit]) -> str | None:
    import yaml

    try:
        for step in steps:
            text = operate(text, step, _value(_read(text)[0].values, step.where) if step.do == "move" else None)
    except (Refused, yaml.YAMLError, LookupError, ValueError):
        return None
    return text


def _value(values: Any, where: Where) -> Any:
    for part in where:
        values = values[part]
    return values


def _smaller(values: Any, change: Edit) -> list[Edit]:
    """A mapping or list over another, key by key and item by item: what stays the same keeps its comments."""
    if change.do != "set" or not has(values, change.where):
        return [change]
    old, new = _value(values, change.where), change.new
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        gone = [Edit("remove", (*change.where, name)) for name in old if name not in new]
        kept = [Edit("set", (*change.where, name), value) for name, value in new.items() if not _has(old, name, value)]
        return [step for one in kept for step in _smaller(values, one)] + gone
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _items(old, new, change)
    return [change]


def _has(old: dict[str, Any], name: str, value: Any) -> bool:
    return name in old and same(old[name], value)


def _items(old: list[Any], new: list[Any], change: Edit) -> list[Edit]:
    """Items put behind the last and one other, items taken out, or others in place of some; anything else is a new list."""
    pairs = enumerate(zip(old, new, strict=False))
    others = [Edit("set", (*change.where, number), two) for number, (one, two) in pairs if not same(one, two)]
    if len(new) == len(old) or (len(new) > len(old) and len(others) < 2):
        return others + [Edit("set", (*change.where, number), new[number]) for number in range(len(old), len(new))]
    left = list(new)
    gone = []
    for number, value in enumerate(old):
        if left and same(left[0], value):
            left.pop(0)
        else:
            gone.append(Edit("remove", (*change.where, number)))
    return [change] if left else gone[::-1]


__all__ = ["edit"]

"""What an edit means for the values: what the changed file must read as."""

import json
from collections.abc import Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.merge import copy
from classhub.config.spelling import dotted, kind
from classhub.errors import Edit, Refused


def outcome(values: Mapping[str, Any], change: Edit) -> dict[str, Any]:
    """A copy of the values with the change made. Raises Refused when that has no meaning."""
    made = {"": copy(values)}
    where = ("", *change.where)
    if change.do == "set":
        _put(made, where, plain(change.new))
    elif change.do == "remove":
        _take(made, where)
    elif change.do == "rename":
        name = str(change.new)
        above = _at(made, where[:-1])
        if not isinstance(above, dict) or name in above:
            raise Refused(f"{dotted(change.where)} cannot be named {name}.", "there is a key of that name already")
        above[name] = _take(made, where)
    elif change.do == "gather":
        _gather(made, where, *gathered(change))
    else:
        target, moved = way(change.new), _take(made, where)
        there = _at(made[""], target) if has(made[""], target) else None
        if there is not None and not are_apart(there, moved):
            raise Refused(f"{dotted(change.where)} cannot become {dotted(target)}.", "that has a value already")
        _put(made, ("", *target), moved if there is None else {**there, **moved})
    result = made[""]
    return result if isinstance(result, dict) else {}


def _gather(made: dict[str, Any], where: Where, target: Where, names: tuple[str, ...]) -> None:
    block = {name: _take(made, (*where[:-1], name)) for name in names}
    if where[-1] not in names and _take(made, where) is not None:
        raise Refused(f"{dotted(where[1:])} has a value of its own.")
    there = _at(made[""], target) if has(made[""], target) else None
    if there is not None and not are_apart(there, block):
        raise Refused(f"{', '.join(names)} cannot become part of {dotted(target)}.", "that has a value already")
    _put(made, ("", *target), {**(there or {}), **block})


def are_apart(one: Any, other: Any) -> bool:
    """Two mappings without a common key, so that they can become one."""
    return isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys().isdisjoint(other)


def gathered(change: Edit) -> tuple[Where, tuple[str, ...]]:
    """Where a gathered block goes, and the names of its keys."""
    assert isinstance(change.new, tuple)
    target, names = change.new
    return tuple(target), tuple(names)


def way(new: object) -> Where:
    """The path that a move leads to."""
    assert isinstance(new, list | tuple)
    return tuple(new)


def has(values: Any, where: Where) -> bool:
    try:
        _at(values, where)
    except Refused:
        return False
    return True


def plain(value: Any) -> Any:
    """As it comes back from a file: whole floats are integers. Raises Refused for what YAML and JSON cannot both hold."""
    try:
        return json.loads(json.dumps(value, allow_nan=False), parse_float=_number)
    except (TypeError, ValueError) as error:
        raise Refused("This value cannot stand in a file of values.", str(error)) from error


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def same(one: Any, other: Any) -> bool:
    """true is not 1; the order of keys has no meaning."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _at(values: Any, where: Where) -> Any:
    for part in where:
        values = _step(values, part, where)
    return values


def _step(values: Any, part: str | int, where: Where) -> Any:
    if isinstance(values, dict) and str(part) in values:
        return values[str(part)]
    if isinstance(values, list) and isinstance(part, int) and 0 <= part < len(values):
        return values[part]
    raise Refused(f"There is no {dotted(where).lstrip('.')} in this file.")


def _put(values: Any, where: Where, new: Any) -> None:
    """Missing and empty parents become mappings; the place behind a list's last item can be set too."""
    for depth, part in enumerate(where):
        last = depth == len(where) - 1
        if isinstance(values, list):
            if not isinstance(part, int) or not 0 <= part <= len(values):
                raise Refused(f"{dotted(where[1:depth])} is a list without a place {part}.")
            if part == len(values):
                values.append(None)
        elif isinstance(values, dict):
            part = str(part)  # noqa: PLW2901
            values.setdefault(part, None)
        else:
            raise Refused(f"{dotted(where[1:depth])} is {kind(values)}, so nothing can stand below it.")
        if last:
            values[part] = new
        elif values[part] is None:
            values[part] = [] if isinstance(where[depth + 1], int) else {}
        values = values[part]


def _take(values: Any, where: Where) -> Any:
    if len(where) == 1:
        raise Refused("The whole file cannot be taken out.")
    above = _at(values, where[:-1])
    taken = _step(above, where[-1], where)
    del above[where[-1] if isinstance(above, list) else str(where[-1])]
    return taken

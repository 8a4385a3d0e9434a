"""Would the chart's schema accept these values? Its verdict by our table, with better sentences and all at once.

Helm validates the values merged over the defaults, so that is what comes in (facts/z2jh.md section 2).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from classhub.config.belongs import belongs
from classhub.config.chart.elsewhere import Elsewhere, fits, takes
from classhub.config.chart.moved import moved_problem
from classhub.config.chart.moves import came, moved
from classhub.config.chart.table import Key
from classhub.config.document import Where
from classhub.config.durations import seconds
from classhub.config.edit.render import flow
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip, kind, nearest, written
from classhub.errors import Edit

_WHY = "Helm refuses the whole file for it."


def problems(values: Mapping[str, Any], table: Key) -> list[Problem]:
    """Everything that makes Helm refuse these values, in their order."""
    return list(_check(values, table, (), Elsewhere(table)))


def _check(value: Any, key: Key, where: Where, elsewhere: Elsewhere) -> Iterator[Problem]:
    if not fits(value, key):
        yield _wrong_type(key, value, where)
    elif isinstance(value, Mapping):
        yield from _check_mapping(value, key, where, elsewhere)
    elif isinstance(value, list) and key.each is not None:
        for index, item in enumerate(value):
            yield from _check(item, key.each, (*where, index), elsewhere)


class _Around:
    """Of the unknown keys of a mapping: the whole table, and what stands beside them."""

    def __init__(self, elsewhere: Elsewhere, value: Mapping[str, Any], key: Key) -> None:
        self.elsewhere = elsewhere
        self._value, self._key = value, key

    @cached_property
    def beside(self) -> dict[str, Any]:
        """The unknown ones that are known elsewhere: never many, whatever the file holds."""
        found = (name for name in self._value if name not in self._key.keys and self.elsewhere.has(name))
        return {name: self._value[name] for name in found}


def _check_mapping(value: Mapping[str, Any], key: Key, where: Where, elsewhere: Elsewhere) -> Iterator[Problem]:
    if key.strict_if and value.get(key.strict_if) is not True:
        if key.strict_if not in value:
            yield _missing(where, key.strict_if, key.keys[key.strict_if])
        return
    around = _Around(elsewhere, value, key)
    for name, inner in value.items():
        here = (*where, name)
        if name in key.keys:
            yield from _check(inner, key.keys[name], here, elsewhere)
        elif key.each is not None:
            yield from _check(inner, key.each, here, elsewhere)
        elif key.others == "no" or (key.others == "classes" and not "A" <= name[:1] <= "Z"):
            yield from _unknown(here, inner, key, around)
        elif key.others == "classes" and not isinstance(inner, Mapping):
            yield _wrong_type(Key(), inner, here)
    for name, inner_key in key.keys.items():
        if inner_key.must and name not in value:
            yield _missing(where, name, inner_key)
    if key.one_of and sum(name in value for name in key.one_of) != 1:
        names = ", ".join(key.one_of)
        fix = "Keep one, remove the others." if any(name in value for name in key.one_of) else "Add one of them."
        yield Problem(where, f"{dotted(where)} needs exactly one of {names}.", _WHY, fix, code="CH1204")


_NAMES = {
    "bool": "true or false",
    "int": "a whole number",
    "count": "a whole number from 0",
    "num": "a number",
    "str": "text",
    "list": "a list",
    "map": "a mapping",
    "null": "null",
}


def _wrong_type(key: Key, value: Any, where: Where) -> Problem:
    if key.words:
        wanted = "one of " + ", ".join(word or '""' for word in key.words)
        found = "another word" if isinstance(value, str) else kind(value)
    else:
        wanted = " or ".join(name for type_, name in _NAMES.items() if type_ in key.types)
        found = kind(value)
    message = f"{dotted(where)} must be {wanted}; here it is {found}."
    fix = _word_fix(key, value, where) if key.words and value is not None else _type_fix(key, value, where)
    return Problem(where, message, _WHY, fix, code="CH1202", edit=_type_edit(key, value, where))


def _type_edit(key: Key, value: Any, where: Where) -> Edit | None:
    """Certain only where the text says the very value that is wanted."""
    if not where:
        return None
    if key.words:
        word = _word(key, value)
        return Edit("set", where, word) if word and is_slip(value, word) else None
    is_number = bool(key.types & {"int", "count", "num"})
    meant = written(value, "bool" in key.types, is_number)
    if meant is None and is_number:
        meant = seconds(where[-1], value)
    return None if meant is None else Edit("set", where, meant)


def _type_fix(key: Key, value: Any, where: Where) -> str:
    name = where[-1] if where else "key"
    if value is None and where:
        return f"Give it a value, or remove the line: then the chart's default holds ({name}: null deletes it)."
    if "str" in key.types and not isinstance(value, Mapping | list):
        return f'Put the value in quotes: {name}: "..."'
    if key.types & {"bool", "int", "num", "count"} and not key.types & {"str", "list", "map"}:
        meant = seconds(name, value)
        return f"{name}: {flow(_meant(key, value) if meant is None else meant)}"
    if "list" in key.types:
        return "Write each item on a line of its own, below the key, after a dash."
    if "map" in key.types:
        return "Write its keys below it, indented."
    return f"Write one value after the colon: {name}: ..."


def _meant(key: Key, found: Any) -> Any:
    """The number that a text begins with, as in "120 servers", or a share, as "5%"; else the chart's default, or one of the
    type."""
    number = re.match(r"\s*(\d{1,18})(?![\w.,])\s*(%?)", found) if isinstance(found, str) else None
    read = (int(number[1]) / 100 if number[2] else int(number[1])) if number else None
    for value in (read, key.default):
        if value is not None and fits(value, key):
            return value
    return True if "bool" in key.types else 1


def _word_fix(key: Key, value: Any, where: Where) -> str:
    return f"{where[-1]}: {word}" if (word := _word(key, value)) else "Write one of them."


def _word(key: Key, value: Any) -> str:
    """The allowed one that is meant."""
    return nearest(value, key.words) if isinstance(value, str) else ""


def _missing(where: Where, name: str, key: Key) -> Problem:
    here = (*where, name)
    value = _default(key)
    why = "null deletes the chart's default." if where and key.has_default else ""
    message = f"{dotted(here)} is missing, and the chart needs it."
    return Problem(here, message, why, f"{name}: {flow(value)}", code="CH1203", edit=Edit("set", here, value))


_EMPTY: dict[str, Any] = {"bool": True, "list": [], "str": "...", "any": True}


def _default(key: Key) -> Any:
    """The chart's own; for a key without one the least that it takes. Over an empty mapping Helm lays the defaults."""
    if "map" in key.types:
        return {}
    return key.default if fits(key.default, key) else next((_EMPTY[name] for name in _EMPTY if name in key.types), 0)


def _unknown(here: Where, value: Any, key: Key, around: _Around) -> Iterator[Problem]:
    gone = [found for found in moved(value, tuple(map(str, here))) if found.move.kind == "unknown"]
    yield from (moved_problem(found, _WHY) for found in gone)
    if not gone:
        yield _misspelt(here, value, key, around)


def _misspelt(here: Where, value: Any, key: Key, around: _Around) -> Problem:
    name = str(here[-1])
    parent = dotted(here[:-1])
    place = f"in {parent}" if parent else "at the top level"
    if key.others == "classes":
        return _small_letter(here, place, key)
    message = f"The chart knows no key {name} {place}."
    since = came(tuple(map(str, here)))
    if since:
        fix = f"Remove it, or use chart {since} or newer."
        return Problem(here, f"{message} It came with chart {since}.", _WHY, fix, code="CH1208")
    if file := "" if parent else belongs(name, "config.yaml"):
        message = f"{name} is no key of the chart's values; it is one of {file}."
        return Problem(here, message, _WHY, f"Move it to {file}, with all below it.", code="CH1201")
    meant, places = nearest(name, key.keys), around.elsewhere.of(name, value)
    is_there = len(places) == 1 and isinstance(value, Mapping) and takes(value, places[0][1])
    if meant and (is_slip(name, meant) or not is_there):
        # nearest is a guess; and what does not fit there was hardly meant for there
        certain = is_slip(name, meant) and fits(value, key.keys[meant])
        edit = Edit("rename", here, meant) if certain else None
        fix = f"Write {meant}: in place of {name}:"
        return Problem(here, f"{message} Did you mean {meant}?", _WHY, fix, code="CH1201", edit=edit)
    if not places:
        return Problem(here, message, _WHY, _advice(here, key), code="CH1201")
    return _misplaced(here, value, message, places, around)


def _small_letter(here: Where, place: str, key: Key) -> Problem:
    name = str(here[-1])
    capital = nearest(name, key.keys) or name[:1].upper() + name[1:]
    message = f"{name} {place} does not start with a capital letter."
    fix = f"Write {capital}: sections of hub.config are names of classes."
    return Problem(here, message, _WHY, fix, code="CH1207", edit=Edit("rename", here, capital))


_MOST_PLACES = 4
"""Of a key, to be listed."""


def _misplaced(here: Where, value: Any, message: str, places: list[tuple[Where, Key]], around: _Around) -> Problem:
    if len(places) > 1:
        ways = [dotted(where) for where, _ in places]
        more = f" and {len(ways) - _MOST_PLACES} more" if len(ways) > _MOST_PLACES else ""
        said = f"{message} There are {', '.join(ways[:_MOST_PLACES])}{more}."
        return Problem(here, said, _WHY, "Move it to the one that is meant.", code="CH1201")
    ((right, there),) = places
    certain = takes(value, there) and not _leaves_some(here, right, around)
    edit = Edit("move", here, right) if certain else None
    fix = f"Move it there ({dotted(right)}), with all below it."
    return Problem(here, f"{message} There is {dotted(right)}.", _WHY, fix, code="CH1201", edit=edit)


def _leaves_some(here: Where, right: Where, around: _Around) -> bool:
    """Keys beside it may belong to the same mapping, and would not go along: half a block is worse than none."""
    return len(right) > 1 and any(
        name != here[-1]
        and right[:-1] in around.elsewhere.holders(name, value)
        and len(around.elsewhere.of(name, value)) > 1
        for name, value in around.beside.items()
    )


def _advice(here: Where, key: Key) -> str:
    if len(here) == 1:
        return f"Remove it, or move it below custom:, which is free for own use; known are {', '.join(key.keys)}."
    return f"Remove it; known here are {', '.join(sorted(key.keys))}." if len(key.keys) < 12 else "Remove it."

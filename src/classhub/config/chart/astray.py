"""Keys that stand together in the wrong place: a block is moved as a whole, or not at all.

Looked for in what the college wrote, since the order of its lines says what belongs together; the merged values have
the chart's order.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config.chart.elsewhere import Elsewhere, takes
from classhub.config.chart.moves import moved
from classhub.config.chart.table import Key
from classhub.config.document import Where
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip, nearest
from classhub.config.traits.lookup import at
from classhub.errors import Edit

_WHY = "Helm refuses the whole file for it."
Values = Mapping[str, Any]


class Block(NamedTuple):
    """Keys that belong into one mapping somewhere else."""

    above: Where
    """What they stand in."""
    names: tuple[str, ...]
    to: Where
    head: str = ""
    """The empty key before them whose content they are: it alone is indented as it should be, or it alone is not."""
    is_certain: bool = True

    @property
    def first(self) -> Where:
        return (*self.above, self.head or self.names[0])

    @property
    def places(self) -> set[Where]:
        """Where nothing more needs to be said."""
        return {(*self.above, name) for name in (self.head, *self.names) if name}


def blocks(own: Values, table: Key) -> list[Block]:
    elsewhere = Elsewhere(table)
    return [block for above, value, key in _mappings(own, table, ()) for block in _blocks(value, key, above, elsewhere)]


def problem(block: Block, own: Values) -> Problem:
    there = at(own, block.to) if block.first != block.to else None
    free = there is None or (isinstance(there, Mapping) and there.keys().isdisjoint(block.names))
    edit = Edit("gather", block.first, (block.to, block.names)) if block.is_certain and free else None
    names, to = ", ".join(block.names), dotted(block.to)
    place = f"in {dotted(block.above)}" if block.above else "at the top level"
    if block.head:
        column = "in the same column as its own keys" if block.first == block.to else "in the column of its own keys"
        message = f"{block.head} is empty, and {names} after it stand {place}, {column}. They belong to {to}."
    else:
        message = f"The chart knows no {names} {place}. They are keys of {to}."
    fix = f"Move them together, so that they stand below {to}:, indented."
    return Problem(block.first, message, _WHY, fix, code="CH1201", edit=edit)


def _mappings(value: Values, key: Key, where: Where) -> Iterator[tuple[Where, Values, Key]]:
    """Every mapping that the table knows the keys of."""
    if key.strict_if and value.get(key.strict_if) is not True:
        return
    yield where, value, key
    for name, inner in value.items():
        below = key.keys.get(name) or key.each
        if below is not None and isinstance(inner, Mapping):
            yield from _mappings(inner, below, (*where, name))


def is_unknown(name: str, key: Key) -> bool:
    return key.others == "no" and key.each is None and name not in key.keys


def _blocks(value: Values, key: Key, above: Where, elsewhere: Elsewhere) -> Iterator[Block]:
    unknown = {
        name
        for name in value
        if is_unknown(name, key) and elsewhere.has(name) and not _is_named_otherwise(name, value, key, above)
    }
    if not any(is_unknown(name, key) for name in value):
        return
    headed = list(_below_heads(value, key, above, elsewhere))
    yield from headed
    taken = {where[-1] for block in headed for where in block.places}
    left = [name if name in unknown and name not in taken else "" for name in value]
    yield from _together(left, value, above, elsewhere)


def _is_named_otherwise(name: str, value: Values, key: Key, above: Where) -> bool:
    """It has moved with a newer chart, or is a slip for a key of this very place."""
    return is_slip(name, nearest(name, key.keys)) or any(moved(value[name], (*map(str, above), name)))


def _below_heads(value: Values, key: Key, above: Where, elsewhere: Elsewhere) -> Iterator[Block]:
    """`cull:` alone was indented, or left as it was when the lines below it were taken further out."""
    names = list(value)
    for number, head in enumerate(names):
        found = _place_of(head, key, above, elsewhere) if value[head] is None else None
        if found is None:
            continue
        to, shape = found
        after = names[number + 1 :]
        run = after[: next((index for index, name in enumerate(after) if name not in shape.keys), len(after))]
        last = max((index for index, name in enumerate(run) if is_unknown(name, key)), default=-1)
        if last >= 0:
            mine = tuple(run[: last + 1])
            # what follows and is known here too may be meant for here
            certain = last == len(run) - 1 and all(takes(value[name], shape.keys[name]) for name in mine)
            yield Block(above, mine, to, head, certain)


def _place_of(head: str, key: Key, above: Where, elsewhere: Elsewhere) -> tuple[Where, Key] | None:
    """Where this key, a mapping, is right: here, else in the one other place."""
    if head in key.keys:
        return ((*above, head), key.keys[head]) if key.keys[head].keys else None
    places = [(where, shape) for where, shape in elsewhere.of(head, {}) if shape.keys] if is_unknown(head, key) else []
    return places[0] if len(places) == 1 else None


def _together(left: list[str], value: Values, above: Where, elsewhere: Elsewhere) -> Iterator[Block]:
    """Two or more in a row that one other mapping has, and only one."""
    number = 0
    while number < len(left):
        run, holders = _run(left, number, value, elsewhere)
        if len(run) > 1 and len(holders) == 1:
            yield Block(above, tuple(run), holders.pop())
        number += max(len(run), 1)


def _run(left: list[str], start: int, value: Values, elsewhere: Elsewhere) -> tuple[list[str], set[Where]]:
    """The longest row from there on that fits into a mapping, and all that it fits into."""
    run: list[str] = []
    holders: set[Where] = set()
    for number in range(start, len(left)):
        name = left[number]
        more = elsewhere.holders(name, value[name]) if name else set()
        more = more & holders if run else more
        if not more:
            break
        run.append(name)
        holders = more
    return run, holders


def sections(own: Values, table: Key, chart: str) -> Iterator[Problem]:
    """Sections of hub.config, by their names, that stand elsewhere."""
    for above, value, key in _mappings(own, table, ()):
        for name, inner in value.items():
            if is_unknown(name, key):
                yield from _section((*above, name), inner, own, chart)
    for above in _ALSO:
        there = at(own, above)
        for name, inner in there.items() if isinstance(there, Mapping) else ():
            yield from _section((*above, name), inner, own, chart)


_CONFIG: Where = ("hub", "config")
_ALSO: tuple[Where, ...] = (("auth",), ("hub", "extraConfig"))
"""Where the table does not look: old charts had the login in auth."""


def _section(where: Where, value: Any, own: Values, chart: str) -> Iterator[Problem]:
    name = str(where[-1])
    if not "A" <= name[:1] <= "Z" or not isinstance(value, Mapping) or not _is_class(name, chart):
        return
    to = (*_CONFIG, name)
    there = at(own, to)
    message = f"{dotted(where)} is a section of hub.config, and nobody reads it here."
    if there is None:
        fix, edit = f"Move it, with all below it, to {dotted(to)}.", Edit("move", where, to)
        yield Problem(where, message, _WHY, fix, code="CH1201", edit=edit)
        return
    certain = isinstance(there, Mapping) and there.keys().isdisjoint(value)
    fix = f"Move what stands below it to {dotted(to)}, which is there already."
    yield Problem(where, message, _WHY, fix, code="CH1201", edit=Edit("move", where, to) if certain else None)


def _is_class(name: str, chart: str) -> bool:
    from classhub.config.catalogue.read import catalogue  # late: only mistakes need it

    return bool(nearest(name, catalogue(chart).classes))

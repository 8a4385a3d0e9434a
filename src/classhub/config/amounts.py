"""Amounts in the values that would stop every start, or every new home, once the hub runs: found before it does.

Schema and Helm let them pass (facts/z2jh.md section 2); the hub or Kubernetes refuses them later, one start at a time.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config import quantities
from classhub.config.document import Where
from classhub.config.meaning.profiles import overrides
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import at, get
from classhub.errors import Edit

LEAST_MEMORY_BYTES = 32 * 2**20
"""A server without a kernel takes three times as much (facts: speed.md, 1)."""
_LEAST_BYTES = 2**20
FREE = (("custom",), ("global",), ("hub", "config"), ("hub", "services"))
"""Where a key `resources` is no container's."""


class _Reader(NamedTuple):
    read: Callable[[Any], Any]
    meant: Callable[[Any], str]
    words: str


_MEMORY = _Reader(quantities.memory, quantities.memory_meant, "It is a number with K, M, G or T right after it.")
_CPU = _Reader(quantities.processors, quantities.processors_meant, "It is a number of processors, without a unit.")
_BYTES = _Reader(
    quantities.quantity,
    lambda value: quantities.quantity_meant(value, "10Gi"),
    "Kubernetes takes a number with a unit as Mi or Gi right after it.",
)
_COUNT = _Reader(
    quantities.quantity,
    lambda value: quantities.quantity_meant(value, "1"),
    "Kubernetes takes a number, or thousandths as 500m.",
)


class _Bounds(NamedTuple):
    """A limit and the guarantee that must not be above it; either may be absent, and most of the time is."""

    limit: Where
    guarantee: Where
    reader: _Reader
    zero_is_none: bool = False


def problems(values: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[Problem]:
    """values: merged over the defaults. own: what the college wrote; over a default it is only warned."""
    for bounds in _all_bounds(values):
        found = {where: value for where in bounds[:2] if (value := at(values, where)) is not None}
        wrong = [problem for where, value in found.items() if (problem := _unfit(where, value, bounds))]
        yield from wrong
        if len(found) == 2 and not wrong and _crossed(found, bounds):
            yield _crossing(found, bounds, written=at(own, bounds.guarantee) is not None)
    for where in (("singleuser", "storage", "capacity"), ("hub", "db", "pvc", "storage")):
        value = at(values, where)
        is_read = where[0] == "hub" or get(values, "singleuser.storage.type") == "dynamic"
        if (
            value is not None
            and is_read
            and (problem := _unfit(where, value, _Bounds(where, where, _BYTES)) or _nothing(where, value))
        ):
            yield problem


def _all_bounds(values: Mapping[str, Any]) -> Iterator[_Bounds]:
    for name, reader in (("memory", _MEMORY), ("cpu", _CPU)):
        yield _Bounds(("singleuser", name, "limit"), ("singleuser", name, "guarantee"), reader, zero_is_none=True)
    extra = ("singleuser", "extraResource")
    yield from _resources((*extra, "limits"), (*extra, "guarantees"), values)
    for where in _overrides(values):
        for name, reader in (("mem", _MEMORY), ("cpu", _CPU)):
            yield _Bounds((*where, f"{name}_limit"), (*where, f"{name}_guarantee"), reader, zero_is_none=True)
        yield from _resources((*where, "extra_resource_limits"), (*where, "extra_resource_guarantees"), values)
    for where in _containers((), values):
        yield from _resources((*where, "limits"), (*where, "requests"), values)


def _resources(limits: Where, requests: Where, values: Mapping[str, Any]) -> Iterator[_Bounds]:
    """One for each resource that either names."""
    for name in dict.fromkeys([*_keys(at(values, limits)), *_keys(at(values, requests))]):
        reader = _BYTES if any(word in name for word in ("memory", "storage", "hugepages")) else _COUNT
        yield _Bounds((*limits, name), (*requests, name), reader)


def _overrides(values: Mapping[str, Any]) -> Iterator[Where]:
    """Every mapping of a spawner's traits: sections of hub.config, and what profiles and their choices change."""
    yield from (("hub", "config", name) for name in _keys(get(values, "hub.config")) if name.endswith("Spawner"))
    # what somebody types in at an unlisted choice is put in for {value}
    yield from (where for where in overrides(values) if where[-2] != "unlisted_choice")


def _containers(where: Where, value: Any) -> Iterator[Where]:
    """Every `resources` of a container, however deep."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inner:
        here = (*where, name)
        if name == "resources" and isinstance(below, Mapping):
            yield here
        elif here not in FREE:
            yield from _containers(here, below)


def _unfit(where: Where, value: Any, bounds: _Bounds) -> Problem | None:
    """An amount that its reader refuses, or that no server could live with."""
    name, reader = where[-1], bounds.reader
    fix = f"{name}: {reader.meant(value)}"
    try:
        read = reader.read(value)
    except ValueError:
        return Problem(
            where,
            f"{dotted(where)} cannot be read: {_shown(value)}.",
            reader.words,
            fix,
            code="CH1501",
            edit=_edit(where, value, reader),
        )
    if read < 0:
        return Problem(
            where, f"{dotted(where)} is below zero: {_shown(value)}.", "No server would start.", fix, code="CH1502"
        )
    return _too_little(where, value, bounds)


def _too_little(where: Where, value: Any, bounds: _Bounds) -> Problem | None:
    """Bytes, where more was certainly meant: 512 and 0.5 are none of a server's."""
    if bounds.reader not in (_MEMORY, _BYTES) or not value:
        return None
    read, is_limit = bounds.reader.read(value), where == bounds.limit
    of_a_server = bounds.reader is _MEMORY
    is_below_a_byte = isinstance(value, float) and 0 < value < 1
    if of_a_server and is_limit and (0 < read < LEAST_MEMORY_BYTES or is_below_a_byte):
        fix = f"{where[-1]}: {quantities.memory_meant(str(value)) if read < 1024 else '512M'}"
        why = "No server can start in that; a number alone counts bytes."
        why = "KubeSpawner takes it for no limit; a number alone counts bytes." if is_below_a_byte else why
        return Problem(where, f"{dotted(where)} is less than 32 MiB: {_shown(value)}.", why, fix, code="CH1503")
    if 0 < read < _LEAST_BYTES or (of_a_server and is_below_a_byte):
        meant = quantities.memory_meant(str(value)) if of_a_server else quantities.quantity_meant(value, "1Gi")
        shown = f"{dotted(where)} is less than 1 MiB: {_shown(value)}."
        why = "A number alone counts bytes, so it comes to nothing."
        return Problem(where, shown, why, f"{where[-1]}: {meant}", "warning", "CH1503")
    return None


def _edit(where: Where, value: Any, reader: _Reader) -> Edit | None:
    """2GB and 2Gi mean 2G for certain: the spawner's G is 2^30."""
    if reader is _MEMORY and re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B?", str(value), re.IGNORECASE):
        return Edit("set", where, reader.meant(value))
    return None


def _nothing(where: Where, value: Any) -> Problem | None:
    if quantities.quantity(value) > 0:
        return None
    return Problem(
        where, f"{dotted(where)} is no space at all.", "Kubernetes refuses it.", f"{where[-1]}: 10Gi", code="CH1502"
    )


def _crossed(found: Mapping[Where, Any], bounds: _Bounds) -> bool:
    limit, guarantee = (bounds.reader.read(found[where]) for where in bounds[:2])
    return bool(guarantee > limit and not (limit == 0 and bounds.zero_is_none))


def _crossing(found: Mapping[Where, Any], bounds: _Bounds, written: bool) -> Problem:
    least, most = found[bounds.guarantee], found[bounds.limit]
    default = "" if written else ", the chart's default,"
    message = f"{dotted(bounds.guarantee)} ({_shown(least)}){default} is above {dotted(bounds.limit)} ({_shown(most)})."
    fix = f"{bounds.guarantee[-1]}: {most}"
    return Problem(
        bounds.guarantee,
        message,
        "Kubernetes refuses such a pod.",
        fix,
        severity="error" if written else "warning",
        code="CH1504",
    )


def _shown(value: Any) -> str:
    """An amount is no secret; what is long, or none at all, is named by its kind."""
    text = str(value)
    return text if isinstance(value, str | int | float) and 0 < len(text) <= 20 else kind(value)


def _keys(value: Any) -> list[str]:
    return [str(key) for key in value] if isinstance(value, Mapping) else []

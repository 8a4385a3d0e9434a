"""Profiles, their options and choices: keys that are misspelt, and overrides that their traits do not take.

Keys are KubeSpawner's, and those that own pages for choosing read besides; of others nothing is said, unless they are
nearly one of KubeSpawner's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.catalogue.kinds import Kind, accepts, found, parse, wanted
from classhub.config.catalogue.read import catalogue
from classhub.config.document import Where
from classhub.config.durations import seconds
from classhub.config.meaning.found import Values, is_stock
from classhub.config.meaning.profiles import lists, overrides, profiles
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip, nearest, written
from classhub.config.traits.lookup import at, get
from classhub.errors import Edit

_PROFILE = ("display_name", "description", "slug", "default", "kubespawner_override", "profile_options")
_OPTION = ("display_name", "choices", "unlisted_choice")
_CHOICE = ("display_name", "default", "kubespawner_override")
_UNLISTED = (
    "enabled",
    "display_name",
    "display_name_in_choices",
    "validation_regex",
    "validation_message",
    "kubespawner_override",
)
_OF_PAGES = ("allowed_groups", "description", "description_in_choices", "slug", "icon", "dynamic_image_building")
_DO_MORE = ("kubespawner_override", "profile_options", "choices", "unlisted_choice")
"""Without these a choice is another one; without the rest it looks another way."""
_AMOUNTS = ("mem_limit", "mem_guarantee", "cpu_limit", "cpu_guarantee", "storage_capacity")
"""Told by amounts.py."""


def problems(values: Values, chart: str = "4.4.0") -> Iterator[Problem]:
    certain = is_stock(values) and not get(values, "hub.config.JupyterHub.spawner_class")
    severity = "error" if certain else "warning"
    for where, known in _places(values):
        yield from _keys(values, where, known, severity)
    traits = catalogue(chart).traits("KubeSpawner")
    kinds = {name: parse(trait.kind) for name, trait in traits.items() if trait.kind != "gone"}
    for where in overrides(values):
        yield from _types(values, where, kinds, severity)


def _places(values: Values) -> Iterator[tuple[Where, tuple[str, ...]]]:
    """Every mapping of a list of profiles, and the keys that it may have."""
    for listed in lists(values):
        for where, profile in profiles(values, listed):
            yield where, _PROFILE
            options = profile.get("profile_options")
            for name, option in options.items() if isinstance(options, Mapping) else ():
                here = (*where, "profile_options", name)
                yield here, _OPTION
                yield (*here, "unlisted_choice"), _UNLISTED
                choices = at(option, ("choices",))
                for choice in choices if isinstance(choices, Mapping) else ():
                    yield (*here, "choices", choice), _CHOICE


def _keys(values: Values, where: Where, known: tuple[str, ...], severity: str) -> Iterator[Problem]:
    there = at(values, where)
    for name in there if isinstance(there, Mapping) else ():
        meant = "" if name in known or name in _OF_PAGES else nearest(str(name), known)
        if meant and meant not in there:
            here = (*where, name)
            message = f"{dotted(here)} is no setting that KubeSpawner knows. Did you mean {meant}?"
            edit = Edit("rename", here, meant) if is_slip(str(name), meant) else None
            kind = severity if meant in _DO_MORE else "warning"
            fix = f"Write {meant}: in place of {name}:"
            yield Problem(here, message, "It would have no effect.", fix, kind, "CH1835", edit)


def _types(values: Values, where: Where, kinds: Mapping[str, Kind], severity: str) -> Iterator[Problem]:
    there = at(values, where)
    for name, value in there.items() if isinstance(there, Mapping) else ():
        kind = kinds.get(name)
        if kind is None or name in _AMOUNTS or _is_taken(kind, value):
            continue
        here, names = (*where, name), _names(kind)
        is_number = bool({"int", "float"} & names)
        meant = written(value, "bool" in names, is_number)
        if meant is None and is_number:
            meant = seconds(name, value)
        fix = f"Write {wanted(kind)}." if meant is None else f"{name}: {str(meant).lower()}"
        edit = Edit("set", here, meant) if meant is not None and accepts(kind, meant) else None
        message = f"{dotted(here)} must be {wanted(kind)}; here it is {found(kind, value)}."
        yield Problem(here, message, "No server starts with this choice.", fix, severity, "CH1836", edit)


def _is_taken(kind: Kind, value: Any) -> bool:
    """A mapping is laid over the one that is there, whatever is in it."""
    return accepts(kind, value) or (isinstance(value, Mapping) and "dict" in _names(kind))


def _names(kind: Kind) -> set[str]:
    return {kind.name, *(inner.name for inner in kind.arguments if kind.name == "one")}

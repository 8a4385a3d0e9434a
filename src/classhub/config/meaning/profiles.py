"""The list people choose their server from: what a choice overrides, and whether every choice can be chosen."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from classhub.config.catalogue.read import catalogue
from classhub.config.document import Where
from classhub.config.meaning.found import Values, is_stock
from classhub.config.problem import Problem
from classhub.config.spelling import dotted, is_slip, nearest
from classhub.config.traits.lookup import at, get, mapping
from classhub.errors import Edit

_OF_A_CHOICE = ("default", "display_name", "description", "slug", "allowed_groups")
"""What stands beside kubespawner_override, not in it."""


def problems(values: Values, chart: str = "4.4.0") -> Iterator[Problem]:
    """chart: its version, one that has a catalogue."""
    certain = is_stock(values) and not get(values, "hub.config.JupyterHub.spawner_class")
    severity = "error" if certain else "warning"
    for where in overrides(values):
        yield from _override(values, where, severity, _traits(chart))
    for listed in lists(values):
        offered = dict(profiles(values, listed))
        yield from _names(offered, severity)
        yield from _defaults(offered, listed)
        for where, profile in offered.items():
            for option in _mapping(profile.get("profile_options")):
                here = (*where, "profile_options", option, "choices")
                choices = {(*here, name): choice for name, choice in _mapping(at(values, here)).items()}
                yield from _defaults({at_: one for at_, one in choices.items() if isinstance(one, Mapping)}, here)


def overrides(values: Values) -> Iterator[Where]:
    """Every mapping of a spawner's traits that a profile, one of its choices or an unlisted choice sets."""
    for listed in lists(values):
        for where, profile in profiles(values, listed):
            yield (*where, "kubespawner_override")
            for name, option in _mapping(profile.get("profile_options")).items():
                here = (*where, "profile_options", name)
                for choice in _mapping(at(option, ("choices",))):
                    yield (*here, "choices", choice, "kubespawner_override")
                yield (*here, "unlisted_choice", "kubespawner_override")


def lists(values: Values) -> Iterator[Where]:
    yield ("singleuser", "profileList")
    for section in mapping(values, "hub.config"):
        if section.endswith("Spawner"):
            yield ("hub", "config", section, "profile_list")


def profiles(values: Values, listed: Where) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    found = at(values, listed)
    for index, profile in enumerate(found if isinstance(found, list) else ()):
        if isinstance(profile, Mapping):
            yield (*listed, index), profile


def _override(values: Values, where: Where, severity: str, traits: frozenset[str]) -> Iterator[Problem]:
    for name in _mapping(at(values, where)):
        here = (*where, name)
        if name in traits:
            continue
        why = "It would have no effect."
        if name in _OF_A_CHOICE:
            free = at(values, (*where[:-1], name)) is None
            message = f"{dotted(here)} belongs one level up, beside kubespawner_override."
            edit = Edit("move", here, (*where[:-1], name)) if free else None
            fix = f"Indent {name}: as kubespawner_override: is." if free else f"Remove {name}: it is there already."
            # only what is offered differs, and not even that where the first choice is the default anyway
            yield Problem(here, message, why, fix, "warning", "CH1831", edit)
        else:
            meant = nearest(name, traits)
            message = f"{dotted(here)} is no setting of KubeSpawner." + (f" Did you mean {meant}?" if meant else "")
            certain = is_slip(name, meant) and at(values, (*where, meant)) is None
            edit = Edit("rename", here, meant) if certain else None
            fix = f"Write {meant}: in place of {name}:" if meant else f"Remove {name}."
            yield Problem(here, message, why, fix, severity, "CH1831", edit)


@cache
def _traits(chart: str) -> frozenset[str]:
    """What can be set on a KubeSpawner: its traits, old ones that still exist too, and the id that JupyterHub sets."""
    found = catalogue(chart).traits("KubeSpawner")
    return frozenset(name for name, trait in found.items() if trait.kind != "gone") | {"oauth_client_id"}


def _names(profiles: Mapping[Where, Mapping[str, Any]], severity: str) -> Iterator[Problem]:
    first: dict[str, Where] = {}
    for where, profile in profiles.items():
        name, slug = profile.get("display_name"), profile.get("slug")
        if not name:
            why = "People see an empty line." if slug else "No server can be started: the list cannot be shown."
            message = f"{dotted(where)} has no display_name."
            yield Problem(where, message, why, "display_name: Small", "warning" if slug else severity, "CH1833")
        key = str(slug) if slug else _slug(str(name or ""))
        if key and key in first:
            groups = profile.get("allowed_groups") or profiles[first[key]].get("allowed_groups")
            message = f"{dotted(where)} has the same {'slug' if slug else 'name'} as {dotted(first[key])}."
            why = "Whoever chooses it gets the first one."
            fix = f"slug: {key}-2"
            yield Problem(where, message, why, fix, "warning" if groups else severity, "CH1834")
        first.setdefault(key, where)


def _defaults(choices: Mapping[Where, Mapping[str, Any]], listed: Where) -> Iterator[Problem]:
    """More than one default; those for some groups only may have one each."""
    chosen = [where for where, one in choices.items() if one.get("default") is True and not one.get("allowed_groups")]
    for where in chosen[1:]:
        here = (*where, "default")
        message = f"{dotted(here)}: {dotted(chosen[0])} is the default already."
        fix = "Remove the line from all but one."
        why = f"{dotted(listed)} has one default: the first."
        yield Problem(here, message, why, fix, "warning", "CH1832", Edit("remove", here))


def _slug(name: str) -> str:
    """As python-slugify makes it of plain letters; other alphabets are not compared."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") if name.isascii() else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

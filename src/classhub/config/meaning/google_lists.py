"""Google's login: names on a list that nobody can come by, as the class writes names otherwise or turns them away."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from classhub.config.catalogue.read import catalogue
from classhub.config.chart.table import known as known_chart
from classhub.config.document import Where
from classhub.config.meaning.access import chosen
from classhub.config.meaning.accounts import hosted_domains
from classhub.config.meaning.domains import are_domains
from classhub.config.meaning.found import Values, trait
from classhub.config.meaning.google_names import CLASS, are_addresses, cut_domains
from classhub.config.meaning.several import LISTS
from classhub.config.names_in_one import names_in_one
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import mapping
from classhub.errors import Edit


class _Rule(NamedTuple):
    limit: tuple[str, ...]
    """hosted_domain."""
    cut: tuple[str, ...]
    """Domains that are cut off."""
    is_told: bool
    """strip_domain is set."""


def problems(values: Values, chart: str = "4.4.0") -> Iterator[Problem]:
    _, sections, _ = chosen(values)
    told = trait(values, sections, "strip_domain")[1]
    if (
        not are_addresses(values, sections)
        or not isinstance(told, bool | None)
        or not _is_sound(values, sections, chart)
    ):
        return
    rule = _Rule(hosted_domains(values, sections), cut_domains(values, sections, chart), told is not None)
    mapped = trait(values, sections, "username_map")[1]
    named = {str(name) for pair in mapped.items() for name in pair} if isinstance(mapped, Mapping) else set()
    for name in LISTS:
        if name == "allowed_users" and trait(values, sections, "allow_all")[1]:
            continue  # it limits nobody then, which is said elsewhere
        where, listed = trait(values, sections, name)
        names = [
            str(one).strip().lower() for one in (listed if isinstance(listed, list) else [listed] if listed else ())
        ]
        for index, one in enumerate(names):
            if one and one not in named and names_in_one(one, may_have_spaces=False) is None:
                here = (*where, index) if isinstance(listed, list) else where
                yield from _name(here, one, rule, names, turned_away=name != "blocked_users")


def _is_sound(values: Values, sections: tuple[str, ...], chart: str) -> bool:
    """Once a misspelt trait, or a domain that is none, is mended, other names may be right."""
    known = catalogue(known_chart(chart)).traits(CLASS)
    written = {name for section in sections for name in mapping(values, f"hub.config.{section}")}
    return written <= known.keys() and are_domains(values)


def _name(where: Where, name: str, rule: _Rule, names: list[str], turned_away: bool) -> Iterator[Problem]:
    plain, at, domain = name.rpartition("@")
    if at and rule.limit and domain not in rule.limit:
        if turned_away:
            yield _outside(where, domain, rule)
    elif at and domain in rule.cut:
        message = f"{dotted(where)} is nobody's name: the hub knows people by what stands before the @."
        why = "A domain in hosted_domain is cut off where it is the only one, or with strip_domain: true."
        edit = Edit("remove", where) if plain in names else Edit("set", where, plain)
        yield Problem(
            where, message, why, _line(where, plain), "warning", "CH1416", edit if len(rule.cut) == 1 else None
        )
    elif not at and not rule.cut:
        message = f"{dotted(where)} is nobody's name: people are known by their whole address."
        fix = _line(where, f"{name}@{rule.limit[0] if rule.limit else 'college.edu'}")
        yield Problem(where, message, _why_whole(rule), fix, "warning", "CH1416")


def _line(where: Where, name: str) -> str:
    return f"- {name}" if isinstance(where[-1], int) else f"{where[-1]}: [{name}]"


def _why_whole(rule: _Rule) -> str:
    if not rule.limit:
        return "Only a domain in hosted_domain is cut off."
    return (
        "With strip_domain: false nothing is cut off." if rule.is_told else "With several domains nothing is cut off."
    )


def _outside(where: Where, domain: str, rule: _Rule) -> Problem:
    message = f"{dotted(where)} is outside of hosted_domain ({', '.join(rule.limit)}), so this person cannot log in."
    why = "Google's login turns away whoever is of no organization listed there, admins too; a further domain of one may pass."
    stay = " and strip_domain: true, so that no name changes" if len(rule.limit) == 1 and not rule.is_told else ""
    fix = f"Write hosted_domain: [{', '.join([*rule.limit, domain])}]{stay}; or remove the name."
    return Problem(where, message, why, fix, "warning", "CH1416")

"""Lists that limit nobody beside allow_all, and LDAP groups that cannot be looked up."""

from collections.abc import Iterator

from classhub.config.meaning.access import access, chosen, group_lists
from classhub.config.meaning.found import Values, trait
from classhub.config.problem import Problem
from classhub.config.spelling import dotted


def problems(values: Values, chart: str = "4.4.0") -> Iterator[Problem]:
    """chart: its version. Where everybody gets in, people.py says so of the lists too."""
    known, sections, _ = chosen(values)
    if known and trait(values, sections, "allow_all")[1] is True and access(values, chart).kind == "these":
        yield from _limit_nobody(values, sections, chart)
    if known and known.name == "ldap":
        yield from _ldap(values, sections)


def _limit_nobody(values: Values, sections: tuple[str, ...], chart: str) -> Iterator[Problem]:
    for name in ("allowed_users", "allowed_scopes", *group_lists(sections[0], chart)):
        where, listed = trait(values, sections, name)
        if listed:
            message = f"{dotted(where)} limits nobody, as allow_all is true."
            why = "Each rule lets people in; allow_all lets in everyone whom the login lets through."
            fix = "Remove allow_all, if the list is meant to limit; else remove the list."
            yield Problem(where, message, why, fix, "warning", "CH1412")


def _ldap(values: Values, sections: tuple[str, ...]) -> Iterator[Problem]:
    """ldapauthenticator searches each group by its name in the directory."""
    where, listed = trait(values, sections, "allowed_groups")
    for index, group in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(group, str) and "=" not in group:
            here = (*where, index)
            message = f"{dotted(here)} is not the whole name of a group in the directory (its DN)."
            why = "The group cannot be looked up, so nobody gets in by it."
            fix = f'"cn={group},ou=groups,dc=college,dc=edu"'
            yield Problem(here, message, why, fix, "warning", "CH1413")
    for name in ("group_search_filter", "group_attributes"):
        place, value = trait(values, sections, name)
        if listed and value in ("", []):
            message = f"{dotted(place)} is empty, and allowed_groups needs it."
            yield Problem(
                place, message, "The hub does not start.", "Remove the line: its default fits.", "error", "CH1413"
            )

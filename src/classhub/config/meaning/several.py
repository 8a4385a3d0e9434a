"""Lists of people in which one entry is several names: JupyterHub takes it for one, that nobody has."""

from collections.abc import Iterator
from typing import Any

from classhub.config.authenticators import Authenticator
from classhub.config.document import Where
from classhub.config.meaning.access import chosen
from classhub.config.meaning.accounts import plain_name
from classhub.config.meaning.found import Values, is_stock, trait
from classhub.config.names_in_one import names_in_one
from classhub.config.problem import Problem
from classhub.config.roles_given import roles
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import mapping
from classhub.errors import Edit

LISTS = ("admin_users", "allowed_users", "blocked_users")
_WITHOUT_SPACES = ("bitbucket", "github", "gitlab", "google", "native", "pam")
"""Logins whose names hold no space and no comma, as long as username_claim is what it is by itself."""


def problems(values: Values) -> Iterator[Problem]:
    known, sections, _ = chosen(values)
    severity = "error" if is_stock(values) else "warning"
    free = _may_have_spaces(values, known, sections)
    for where, listed in _lists(values, sections):
        entries = enumerate(listed) if isinstance(listed, list) else [(None, listed)]
        for index, entry in entries:
            meant = names_in_one(entry, may_have_spaces=free) if isinstance(entry, str) else None
            if meant is not None:
                yield _problem(where, listed, index, meant)._replace(severity=severity if meant else "warning")


def _may_have_spaces(values: Values, known: Authenticator | None, sections: tuple[str, ...]) -> bool:
    if known is None or plain_name(known) not in _WITHOUT_SPACES:
        return True
    return trait(values, sections, "username_claim")[1] is not None


def _lists(values: Values, sections: tuple[str, ...]) -> Iterator[tuple[Where, Any]]:
    for name in LISTS:
        yield trait(values, sections, name)
    for role in roles(values):
        yield (*role.where, "users"), role.spec.get("users")
    for name, group in mapping(values, "hub.config.JupyterHub.load_groups").items():
        where = ("hub", "config", "JupyterHub", "load_groups", name)
        yield ((*where, "users"), group.get("users")) if isinstance(group, dict) else (where, group)


def _problem(where: Where, listed: Any, index: int | None, meant: list[str]) -> Problem:
    """index: in the list; None of a text, which JupyterHub takes for a list of one."""
    here = where if index is None else (*where, index)
    new = meant if index is None else [*listed[:index], meant[0], *listed[index + 1 :], *meant[1:]] if meant else []
    what = "several names in one" if meant else "no name that anybody has here: there is a space in it"
    why = "JupyterHub takes it for the name of one person, and nobody comes by that name."
    fix = f"Write each name on a line of its own, below {where[-1]}:, after a dash."
    return Problem(
        here, f"{dotted(here)} is {what}.", why, fix, "error", "CH1414", Edit("set", where, new) if meant else None
    )

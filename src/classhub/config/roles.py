"""Roles, of hub.loadRoles or JupyterHub.load_roles: names, scopes and keys that JupyterHub of the chart takes."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from classhub.config.catalogue.read import catalogue
from classhub.config.document import Where
from classhub.config.meaning.found import is_stock
from classhub.config.problem import Problem
from classhub.config.roles_given import OF_HUB, Role, roles
from classhub.config.spelling import dotted, is_slip, kind, nearest
from classhub.config.traits.lookup import at
from classhub.errors import Edit

_WHY = "The hub would not start."
_NAME = re.compile(r"^[a-z][a-z0-9\-_~.]{1,253}[a-z0-9]$")
"""jupyterhub/roles.py."""
_FILTER = re.compile(r"^(user|service|server)$|^(user|service|group|server)=")
_KEYS = ("name", "description", "scopes", "users", "services", "groups")


def problems(values: Mapping[str, Any], chart: str) -> Iterator[Problem]:
    """chart: one that has a table. A role that is no mapping is told by tokens.py."""
    own = at(values, (*OF_HUB, "custom_scopes"))
    scopes = {*catalogue(chart).aliases["scopes"], *(own if isinstance(own, Mapping) else ())}
    stock = is_stock(values)
    for role in roles(values):
        for problem in (*_named(role), *_scopes(role, scopes), *_keys(role)):
            yield problem if stock else problem._replace(severity="warning")


def _named(role: Role) -> Iterator[Problem]:
    if not isinstance(role.name, str) or not _NAME.match(role.name):
        message = f"{dotted(role.where)}: JupyterHub takes no role of that name."
        fix = "Small letters, digits and -.~_, three at least; a letter first, a letter or digit last, as in teaching-assistant"
        yield Problem(role.where, message, _WHY, fix, code="CH1605")
    elif role.name == "admin" and {"scopes", "description"} & role.spec.keys():
        message = (
            f"{dotted(role.where)}: JupyterHub's own role admin may get users, and no other scopes or description."
        )
        yield Problem(role.where, message, _WHY, "Give the role another name.", code="CH1605")


def _scopes(role: Role, known: Collection[str]) -> Iterator[Problem]:
    here, scopes = (*role.where, "scopes"), role.spec.get("scopes")
    if scopes and not isinstance(scopes, list):
        message = f"{dotted(here)} must be a list; here it is {kind(scopes)}."
        yield Problem(here, message, _WHY, "Write each scope on a line of its own, after a dash.", code="CH1605")
    for index, scope in enumerate(scopes if isinstance(scopes, list) else ()):
        if isinstance(scope, str):
            yield from _scope((*here, index), scope, known)
        else:
            message = f"{dotted((*here, index))} must be text; here it is {kind(scope)}."
            yield Problem((*here, index), message, _WHY, "- read:users:name", code="CH1605")


def _scope(where: Where, scope: str, known: Collection[str]) -> Iterator[Problem]:
    name, mark, rest = scope.partition("!")
    if name not in known:
        meant = "inherit" if name == "all" else nearest(name, known)
        message = f"{dotted(where)}: JupyterHub has no scope {name}." + (f" Did you mean {meant}?" if meant else "")
        fix = (
            f"- {meant}{mark}{rest}"
            if meant
            else "Write one of https://jupyterhub.readthedocs.io/en/stable/rbac/scopes.html"
        )
        edit = Edit("set", where, f"{meant}{mark}{rest}") if meant and is_slip(name, meant) else None
        yield Problem(where, message, _WHY, fix, code="CH1605", edit=edit)
    elif mark and not _FILTER.match(rest):
        message = f"{dotted(where)}: what stands after the ! is no filter that JupyterHub knows."
        yield Problem(where, message, _WHY, f"- {name}!user=alice@college.edu", code="CH1605")


def _keys(role: Role) -> Iterator[Problem]:
    for key in role.spec:
        if key not in _KEYS and key != "managed_by_auth":
            meant = nearest(str(key), _KEYS)
            message = f"{dotted((*role.where, key))} is no setting of a role." + (
                f" Did you mean {meant}?" if meant else ""
            )
            fix = f"Write {meant}: in place of {key}:" if meant else f"Remove it; known are {', '.join(_KEYS)}."
            certain = is_slip(str(key), meant) and meant not in role.spec
            edit = Edit("rename", (*role.where, key), meant) if certain else None
            yield Problem((*role.where, key), message, "JupyterHub passes over it.", fix, "warning", "CH1606", edit)

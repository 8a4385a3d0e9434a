"""Mint a token of the hub's API for a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError, NotFound
from classhub.operations import users

if TYPE_CHECKING:
    from classhub.targets.interface import Target

NOTE = "classhub token"


def mint(target: Target, name: str, expires_in_s: int, scopes: Sequence[str]) -> str:
    """A token of that user; with no scopes named it holds all that the user may do. NotFound names the near ones."""
    with target.api() as api:
        name = users.named(api, name)
        return api.mint_token(name, expires_in_s=expires_in_s, scopes=tuple(scopes), note=NOTE)


def first_admin(target: Target, folder: Path, environ: Mapping[str, str]) -> str:
    """The first admin that config.yaml names; the hub's own list where the folder has mistakes."""
    from classhub.config.load import load

    try:
        admins = load(folder, environ).login.admins
    except ClasshubError:
        with target.api() as api:
            admins = tuple(str(user["name"]) for user in api.users() if user["admin"])
    if not admins:
        raise NotFound("There is no admin.", "config.yaml names none.", "Name a user: `classhub token --for NAME`.")
    return admins[0]

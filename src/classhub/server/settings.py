"""Where a student's server gets course material from, and where in the home it goes: read from the environment."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WHERE = "CLASSHUB_MATERIAL"
FILES = "CLASSHUB_MATERIAL_FILES"
EVERY = "CLASSHUB_MATERIAL_EVERY_S"
TOKEN = "JUPYTERHUB_API_TOKEN"
USUAL_S = 20.0


@dataclass(frozen=True)
class Settings:
    """What the admin's side gave this server."""

    where: str
    """Address of a mirror (http or https), or path of a mirror's store."""
    files: str = ""
    """Path of the socket on which a mirror of this machine hands over files; empty: none."""
    every_s: float = USUAL_S
    """Seconds between two looks for a new release."""

    @property
    def is_address(self) -> bool:
        return self.where.startswith(("http://", "https://"))


def from_environment(environment: Mapping[str, str]) -> Settings | None:
    """None: this server has no course material, and nothing of it runs or is shown."""
    where = environment.get(WHERE, "").strip()
    return Settings(where, environment.get(FILES, ""), _seconds(environment.get(EVERY, ""))) if where else None


def _seconds(text: str) -> float:
    """A slip of the admin's must not make a hundred servers ask without a pause."""
    try:
        every = float(text)
    except ValueError:
        return USUAL_S
    return every if math.isfinite(every) and every >= 0.1 else USUAL_S


def token() -> str:
    """Asked anew for each request: a hub may give a running server another one."""
    return os.environ.get(TOKEN, "")


def home_of(root: str, user_home: str) -> Path:
    """The folder that material goes to. root: what the server shows; user_home: $HOME.

    Where an image shows one folder only (as ~/work), that is the one that a student sees and that is kept. A server that
    shows more than the home (as /) still delivers into the home.
    """
    shown, own = Path(root), Path(user_home)
    return own if shown != own and shown in own.parents else shown

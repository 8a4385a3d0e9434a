"""What an admin is told once the hub is up: where it is, who gets in how, and the way in for the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError
from classhub.operations import parity

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.machine import OnOneMachine
    from classhub.plan.running import Running


@dataclass(frozen=True)
class Welcome:
    address: str
    sign_in: str
    admin: str
    """The first admin of config.yaml; empty when it names none."""
    link: str
    """Enters the hub as that admin, once, within ten minutes. A secret."""
    trouble: str
    """Why there is no link; empty when there is one."""
    parity: str
    notes: tuple[str, ...]


def welcome(target: OnOneMachine, config: Config, running: Running) -> Welcome:
    """Ask the hub for a single-use link. A hub that cannot give one still runs: `trouble` says why."""
    admin = next(iter(config.login.admins), "")
    link = trouble = ""
    if admin:
        try:
            with target.api() as api:
                link = api.enter_link(admin).url
        except ClasshubError as error:
            trouble = error.what
    else:
        trouble = "config.yaml names no admin: set hub.config.Authenticator.admin_users."
    holds = f"{parity.summary(target, config)}: `classhub parity` lists them"
    sign_in = _sentence(config.login.why)
    notes = tuple(note for note in map(_sentence, running.notes) if note != sign_in)
    return Welcome(running.address, sign_in, admin, link, trouble, holds, notes)


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."

"""Targets by name. Each is imported only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import NotFound

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine


def _local(folder: Path) -> OnOneMachine:
    from classhub.targets.local.target import LocalTarget

    return LocalTarget(folder)


TARGETS: dict[str, Callable[[Path], OnOneMachine]] = {"local": _local}
"""name -> a function that takes the deployment folder."""


def target(name: str, folder: Path) -> OnOneMachine:
    """The target of that name for this deployment folder."""
    if name not in TARGETS:
        raise NotFound(f"There is no target {name!r}.", fix=f"Choose one of: {', '.join(TARGETS)}.")
    return TARGETS[name](folder)

"""What every command needs to know: which deployment folder, which target."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.errors import ClasshubError

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine


@dataclass
class Here:
    """The global options; nothing is looked up before a command asks."""

    given: Path | None = None
    name: str = "local"

    @cached_property
    def folder(self) -> Path:
        """The deployment folder, absolute."""
        from classhub.operations import folder

        return folder.find(self.given, os.environ, Path.cwd())

    @cached_property
    def target(self) -> OnOneMachine:
        from classhub.operations import targets

        return targets.target(self.name, self.folder)

    def state(self) -> Path | None:
        """.classhub beside the folder, if there is one."""
        try:
            state = self.folder.parent / ".classhub"
        except (ClasshubError, OSError):
            return None
        return state if state.is_dir() else None


pass_here = click.make_pass_decorator(Here)

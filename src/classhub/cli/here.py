"""What every command needs to know: which deployment folder, which target."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.errors import ClasshubError, NotHere

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine
    from classhub.operations.on_cluster import OnACluster
    from classhub.targets.interface import Changeable


@dataclass
class Here:
    """The global options; nothing is looked up before a command asks."""

    given: Path | None = None
    asked: str = ""
    """--target; empty: where a hub runs, else what classhub.yaml says."""

    @cached_property
    def folder(self) -> Path:
        """The deployment folder, absolute."""
        from classhub.operations import folder

        return folder.find(self.given, os.environ, Path.cwd())

    @cached_property
    def name(self) -> str:
        """ "local" or "cluster"."""
        from classhub.operations import targets

        return self.asked or targets.default(self.folder)

    @cached_property
    def target(self) -> Changeable:
        """Where the hub is that a command is about."""
        return self.cluster if self.name == "cluster" else self.machine

    @cached_property
    def machine(self) -> OnOneMachine:
        """The hub on this machine: for what only one machine has. Raises NotHere when the cluster was asked for."""
        from classhub.operations import targets

        if self.asked == "cluster":
            raise NotHere("This command is about the hub on this machine.", fix="leave out -t cluster")
        return targets.machine(self.folder)

    @cached_property
    def cluster(self) -> OnACluster:
        """The hub on a cluster: for deploy and rollback. Raises NotHere when this machine was asked for."""
        from classhub.operations import targets

        if self.asked == "local":
            raise NotHere("This command is about the hub on a cluster.", fix="leave out -t local")
        return targets.cluster(self.folder, os.environ)

    def state(self) -> Path | None:
        """.classhub beside the folder, if there is one."""
        try:
            state = self.folder.parent / ".classhub"
        except (ClasshubError, OSError):
            return None
        return state if state.is_dir() else None


pass_here = click.make_pass_decorator(Here)

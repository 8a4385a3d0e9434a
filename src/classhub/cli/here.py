"""What every command needs to know: which deployment folder, which target."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classhub.cli import called
from classhub.errors import ClasshubError, NotFound, NotHere

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
    files: tuple[Path, ...] = ()
    """Files of values that a command was given; then no deployment folder is needed."""
    timeout_s: int | None = None
    """How long a cluster may take to bring a release to run; None: the target's own limit."""

    @cached_property
    def folder(self) -> Path:
        """The deployment folder, absolute; where there is none, the one of the first of the files."""
        from classhub.operations import folder

        try:
            found = folder.find(self.given, os.environ, Path.cwd())
        except NotFound:
            if not self.files:
                raise
            return self.files[0].absolute().parent
        if self.given is not None and not self._is_found_without(found):
            called.OPTIONS.set(f"-C {shlex.quote(str(self.given))} ")
        return found

    def _is_found_without(self, found: Path) -> bool:
        from classhub.operations import folder

        try:
            return folder.find(None, os.environ, Path.cwd()).samefile(found)
        except (ClasshubError, OSError):
            return False

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
        return targets.cluster(self.folder, os.environ, self.timeout_s)

    def state(self) -> Path | None:
        """.classhub beside the folder, if there is one."""
        try:
            state = self.folder.parent / ".classhub"
        except (ClasshubError, OSError):
            return None
        return state if state.is_dir() else None


pass_here = click.make_pass_decorator(Here)

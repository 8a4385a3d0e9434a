"""The two targets. Each is imported only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError
from classhub.operations.status import is_up

if TYPE_CHECKING:
    from classhub.operations.machine import OnOneMachine
    from classhub.operations.on_cluster import OnACluster


def machine(folder: Path) -> OnOneMachine:
    """The hub of this deployment folder on this machine."""
    from classhub.targets.local.target import LocalTarget

    return LocalTarget(folder)


def cluster(folder: Path, environ: Mapping[str, str], timeout_s: float | None = None) -> OnACluster:
    """The hub of this deployment folder on its cluster. timeout_s: for a release to come to run; None: its own limit."""
    from classhub.targets.cluster.target import TIMEOUT_S, ClusterTarget

    return ClusterTarget(folder, environ, timeout_s or TIMEOUT_S)


def default(folder: Path) -> str:
    """Where a hub of this folder runs: "local" while one runs here, else `target:` of classhub.yaml."""
    from classhub.config.load import settings_of

    try:
        wanted = settings_of(folder).target
    except ClasshubError:
        return "local"  # its mistakes are told by whoever needs the file
    return "local" if wanted == "local" or is_up(machine(folder).inspect()) else wanted

"""Limits of a student's server: memory and processors from the values, and how many servers this machine carries."""

import json
from pathlib import Path
from typing import Any

from classhub.hub import registry
from classhub.walls.cgroups import Limits

MOST_PROCESSES = 1024
"""Per student: JupyterLab, kernels and their threads need about 60; a fork bomb stops here."""


def of(spawner: Any) -> Limits:
    """mem_limit in bytes and cpu_limit in cores, as KubeSpawner reads them."""
    return Limits(
        memory_bytes=int(spawner.mem_limit) if spawner.mem_limit else None,
        cpu_cores=float(spawner.cpu_limit) if spawner.cpu_limit else None,
        pids=MOST_PROCESSES,
    )


def no_room(state: Path, servers: Path, configured: int) -> str:
    """Why no server may start now: `classhub scale servers N`, else local.servers, is reached. Empty when one may."""
    try:
        most = int(json.loads((state / "limits.json").read_text())["servers"])
    except (FileNotFoundError, ValueError, KeyError):
        most = configured
    if most and len(registry.read_all(servers)) >= most:
        return f"{most} servers run, and this machine takes no more; try again when somebody has stopped theirs"
    return ""

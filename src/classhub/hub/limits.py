"""Limits of a student's server: memory and processors from the values, and how many servers this machine carries."""

import json
from collections.abc import Iterable, Mapping
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


Start = tuple[str, str]
"""User and server name."""


def no_room(machine: Mapping[str, Any], mine: Start, under_way: Iterable[Start]) -> str:
    """Why `mine` may not start now: `classhub scale servers N`, else local.servers, is reached. Empty when it may.

    under_way: starts that may have no entry in the registry yet, mine among them.
    """
    try:
        most = int(json.loads(Path(machine["folders"]["state"], "limits.json").read_text())["servers"])
    except (FileNotFoundError, ValueError, KeyError):
        most = machine.get("servers", 0)
    if not most:
        return ""
    running = {(entry.user, entry.server) for entry in registry.read_all(Path(machine["folders"]["servers"]))}
    if len((running | set(under_way)) - {mine}) >= most:
        run = "1 server runs" if most == 1 else f"{most} servers run"
        return f"{run}, and this machine takes no more; try again when somebody has stopped theirs"
    return ""

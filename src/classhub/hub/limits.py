"""Limits of a student's server: memory and processors from the values, and how many servers this machine carries."""

import json
from pathlib import Path
from typing import Any

from tornado.web import HTTPError

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


def check(state: Path, servers: Path) -> None:
    """Refuse a start over the limit that `classhub scale servers N` set. Raises HTTPError 429, which JupyterHub shows."""
    try:
        most = int(json.loads((state / "limits.json").read_text())["servers"])
    except (FileNotFoundError, ValueError, KeyError):
        return
    if most and len(registry.read_all(servers)) >= most:
        raise HTTPError(
            429, f"{most} servers run, and this machine takes no more. Try again when somebody has stopped theirs."
        )

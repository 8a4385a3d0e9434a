"""Stop a hub on this machine, with or without a supervisor; and forget everything but homes."""

import shutil
import time

from classhub.errors import NotRunning
from classhub.hub import registry
from classhub.targets.interface import Tell
from classhub.targets.local import control
from classhub.targets.local.inspection import parts_file
from classhub.targets.local.paths import Paths
from classhub.walls import cgroups, identity
from classhub.walls.identity import Identity

STOP_TIMEOUT_S = 90


def stop(paths: Paths, keep_servers: bool) -> None:
    """Fine when nothing runs. Returns when all is down."""
    try:
        supervisor = identity.of(control.ask(paths.control, {"do": "status"})["pid"])
        control.ask(paths.control, {"do": "stop", "keep_servers": keep_servers}, STOP_TIMEOUT_S)
        _wait_for_end(supervisor)
    except NotRunning:
        _stop_orphans(paths, keep_servers)
    if registry.read_all(paths.servers):
        return
    cgroups.remove_slice(f"classhub-{paths.runtime.name}")
    if paths.runtime.is_dir():
        shutil.rmtree(paths.runtime)


def _wait_for_end(supervisor: Identity | None) -> None:
    deadline = time.monotonic() + 5
    while supervisor and identity.is_alive(supervisor) and time.monotonic() < deadline:
        time.sleep(0.01)


def _stop_orphans(paths: Paths, keep_servers: bool) -> None:
    for name in ("culler", "hub", "proxy"):
        process = identity.from_json(parts_file(paths).get(name, {}).get("process") or {})
        if process:
            identity.end([process])
    if not keep_servers:
        registry.end_all(paths.servers)


OURS = (
    "caddy",
    "events",
    "history",
    "hub.json",
    "jupyterhub",
    "limits.json",
    "logs",
    "machine.json",
    "parts.json",
    "routes.json",
    "servers",
)
"""What remove may delete, by the beginning of its name. Never `homes`, never the map of their owners (uids.json)."""


def remove_state(paths: Paths, tell: Tell) -> None:
    """Database, logs, secrets of ours, history. Only names that are ours: whatever else is there may be somebody's homes."""
    if not paths.state.is_dir():
        return
    for entry in sorted(paths.state.iterdir()):
        if not entry.name.startswith(OURS) or paths.homes.is_relative_to(entry):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    tell(f"Removed all but the homes in {paths.homes}.")

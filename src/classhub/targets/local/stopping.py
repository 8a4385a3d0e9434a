"""Stop a hub on this machine, with or without a supervisor; and forget everything but homes."""

import shutil

from classhub.errors import NotRunning, OutsideFailed
from classhub.hub import registry
from classhub.targets.interface import Tell
from classhub.targets.local import control, parts
from classhub.targets.local.alone import in_place_of_a_supervisor
from classhub.targets.local.paths import Paths
from classhub.walls import cgroups, identity
from classhub.walls.identity import Identity
from classhub.walls.removal import remove_tree

STOP_TIMEOUT_S = 90


def stop(paths: Paths, keep_servers: bool, tell: Tell) -> None:
    """Fine when nothing runs. Returns when all is down."""
    if not _supervisor_stopped(paths, keep_servers):
        _stop_orphans(paths, keep_servers)
    with in_place_of_a_supervisor(paths.supervisor_lock) as nobody_starts:
        if not nobody_starts or registry.read_all(paths.servers):
            return
        cgroups.remove_slice(f"classhub-{paths.runtime.name}")
        _remove_runtime(paths, tell)


def _supervisor_stopped(paths: Paths, keep_servers: bool) -> bool:
    """False when there is none, or it ended by itself while it was asked: then what it left is ours to stop."""
    try:
        supervisor = identity.of(control.ask(paths, {"do": "status"})["pid"])
    except NotRunning:
        return False
    try:
        control.ask(paths, {"do": "stop", "keep_servers": keep_servers}, STOP_TIMEOUT_S)
    except (NotRunning, OutsideFailed):
        if _lives_on(supervisor):
            raise
        return False
    _lives_on(supervisor)
    return True


def _lives_on(supervisor: Identity | None) -> bool:
    """After a moment to end in."""
    return supervisor is not None and bool(identity.still_there([supervisor], 5))


def _stop_orphans(paths: Paths, keep_servers: bool) -> None:
    living = parts.living(paths)
    for name in ("culler", "hub", "mirror", "proxy"):
        if name in living:
            identity.end([living[name][0]])
    parts.forget(paths)
    if not keep_servers:
        registry.end_all(paths.servers, f"classhub-{paths.runtime.name}")


def _remove_runtime(paths: Paths, tell: Tell) -> None:
    """Sockets, and what students' programs left beside them: whatever that is, the stop goes on."""
    if not paths.runtime.is_dir():
        return
    try:
        remove_tree(paths.runtime)
    except OSError as error:
        tell(f"Some of {paths.runtime} could not be removed ({error}); that does no harm, the next `up` uses it again.")


OURS = (
    "caddy",
    "events",
    "history",
    "hub.json",
    "jupyterhub",
    "libraries",
    "limits.json",
    "logs",
    "machine.json",
    "material",
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

"""parts.json: what a supervisor started, for whoever comes after it. Where the file does not tell, the machine is looked over."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from classhub.hub.files import write_private
from classhub.plan.running import State
from classhub.targets.local.commands import PARTS
from classhub.targets.local.owners import owner_of
from classhub.targets.local.paths import Paths
from classhub.walls import identity
from classhub.walls.identity import Identity

MODULES = {"hub": "jupyterhub", "mirror": "classhub.materials.mirror", "culler": "jupyterhub_idle_culler"}
"""What each is started as, by `python -m`."""


def write(paths: Paths, parts: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises OSError."""
    write_private(paths.parts_json, json.dumps(parts))


def forget(paths: Paths) -> None:
    """After a stop without a supervisor: nothing lives, and nobody needs to look for it."""
    with suppress(OSError):
        write(paths, {name: {"name": name, "state": State.STOPPED.value} for name in PARTS})


def living(paths: Paths) -> dict[str, tuple[Identity, Mapping[str, Any]]]:
    """Parts that live without a supervisor: each with what is known of it, which may be nothing."""
    known = _read(paths)
    found = {name: (process, raw) for name, raw in known.items() if (process := _alive(raw))}
    lost = [name for name in PARTS if name not in found and _may_live(known.get(name))]
    if lost:
        found.update((name, (process, {})) for name, process in _look_for(lost, paths))
    return {name: found[name] for name in PARTS if name in found}


def _read(paths: Paths) -> dict[str, Mapping[str, Any]]:
    """Empty when it is not there or was cut short."""
    try:
        raw = json.loads(paths.parts_json.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return {name: part for name, part in raw.items() if isinstance(part, dict)} if isinstance(raw, dict) else {}


def _alive(raw: Mapping[str, Any]) -> Identity | None:
    process = identity.from_json(raw.get("process") or {})
    return process if process and identity.is_alive(process) else None


def _may_live(raw: Mapping[str, Any] | None) -> bool:
    """A stop that went well is written down. Anything else, as a full disk or a damaged file, leaves it open."""
    return raw is None or raw.get("state") != State.STOPPED.value


def _look_for(names: Sequence[str], paths: Paths) -> Iterator[tuple[str, Identity]]:
    """By what each part is started as: its program, in the state folder, by the account that owns it."""
    import psutil

    state, owner = os.path.realpath(paths.state), owner_of(paths.state)
    for process in psutil.process_iter():
        try:
            if process.uids().real != owner or process.cwd() != state:
                continue
            argv = process.cmdline()
        except psutil.Error:
            continue
        found = identity.of(process.pid)
        name = next((name for name in names if _is(name, argv, paths)), None)
        if found and name and identity.is_alive(found):
            yield name, found


def _is(part: str, argv: Sequence[str], paths: Paths) -> bool:
    if part == "proxy":
        return list(argv[1:]) == ["run", "--config", str(paths.runtime / "caddy.json")]
    return argv[1:3] == ["-m", MODULES[part]]

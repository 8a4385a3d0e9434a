"""What runs on this machine now: asked of the supervisor, or, without one, read from the files that it left."""

import json
from collections.abc import Mapping
from typing import Any

from classhub.hub import registry
from classhub.plan.changes import digest, part_digests
from classhub.plan.running import Part, Running, Server, State
from classhub.targets.local import logs, reasons
from classhub.targets.local.paths import Paths
from classhub.walls import identity


def running(paths: Paths, applied: Mapping[str, Any], supervisor: Mapping[str, Any] | None, revision: int) -> Running:
    """A photograph. Without a supervisor, parts that live are shown as running and `supervised` is False."""
    parts = _watched(supervisor, paths) if supervisor else orphans(paths)
    servers = tuple(
        Server(entry.user, entry.server, True, entry.process.pid, entry.since)
        for entry in registry.read_all(paths.servers)
    )
    state = _state(parts, bool(supervisor))
    return Running(
        state=state,
        address=applied["proxy"]["url"] if state is not State.STOPPED else "",
        parts=parts,
        servers=servers,
        revision=revision,
        settings_digest=digest(applied),
        part_digests=part_digests(applied),
        supervised=supervisor is not None,
        notes=_notes(applied) if state is not State.STOPPED else (),
    )


def anything_lives(paths: Paths) -> bool:
    """True while a part or a student's server is there, watched or not."""
    return any(part.state is not State.STOPPED for part in orphans(paths)) or bool(registry.read_all(paths.servers))


def _watched(supervisor: Mapping[str, Any], paths: Paths) -> tuple[Part, ...]:
    return tuple(_part(raw, paths) for raw in supervisor["parts"] if raw["state"] != State.STOPPED.value)


def _part(raw: Mapping[str, Any], paths: Paths) -> Part:
    process = identity.from_json(raw["process"] or {})
    state = State(raw["state"])
    reason = last_words(paths, raw["name"]) if state is State.FAILING else ""
    return Part(raw["name"], state, process.pid if process else None, raw["since"] or None, raw["restarts"], reason)


def orphans(paths: Paths) -> tuple[Part, ...]:
    """Parts that an earlier supervisor started and that still live."""
    found = []
    for name, raw in parts_file(paths).items():
        process = identity.from_json(raw.get("process") or {})
        if process and identity.is_alive(process):
            found.append(Part(name, State.RUNNING, process.pid, raw.get("since"), raw.get("restarts", 0)))
    return tuple(found)


def parts_file(paths: Paths) -> dict[str, Any]:
    """parts.json; empty when it is not there or was cut short."""
    try:
        raw: dict[str, Any] = json.loads(paths.parts_json.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return {name: part for name, part in raw.items() if isinstance(part, dict)} if isinstance(raw, dict) else {}


def _state(parts: tuple[Part, ...], supervised: bool) -> State:
    states = {part.state for part in parts if part.name != "culler"}
    if not states:
        return State.STOPPED
    if State.FAILING in states:
        return State.FAILING
    if not supervised or states == {State.RUNNING}:
        return State.RUNNING if {"proxy", "hub"} <= {part.name for part in parts} else State.FAILING
    return State.STARTING


def _notes(applied: Mapping[str, Any]) -> tuple[str, ...]:
    """How people sign in, when that is not as config.yaml says."""
    login = applied["login"]
    return (login["why"],) if login["stand_in"] else ()


def last_words(paths: Paths, part: str) -> str:
    """Why a part ended, as its log tells."""
    return reasons.reason(logs.tail(paths.logs / f"{part}.log", 60))

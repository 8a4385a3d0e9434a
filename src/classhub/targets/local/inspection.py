"""What runs on this machine now: asked of the supervisor, or, without one, read from the files that it left."""

from collections.abc import Mapping
from typing import Any

from classhub.hub import registry
from classhub.plan.changes import digest, digests
from classhub.plan.running import Part, Running, Server, State
from classhub.targets.local import callback, logs, parts, reasons
from classhub.targets.local.owners import foreign_owner, sudo_as
from classhub.targets.local.paths import Paths
from classhub.walls import identity


def running(paths: Paths, applied: Mapping[str, Any], supervisor: Mapping[str, Any] | None, revision: int) -> Running:
    """A photograph. Without a supervisor, parts that live are shown as running and `supervised` is False."""
    known = _watched(supervisor, applied) if supervisor else _orphaned(paths)
    there = tuple(_part(name, raw, paths) for name, raw in known.items())
    servers = tuple(
        Server(entry.user, entry.server, entry.ready, entry.process.pid, entry.since)
        for entry in registry.read_all(paths.servers)
    )
    state = _state(there, bool(supervisor))
    return Running(
        state=state,
        address=applied["proxy"]["url"] if state is not State.STOPPED else "",
        parts=there,
        servers=servers,
        revision=revision,
        settings_digest=digest(applied),
        launched={name: raw["launched"] for name, raw in known.items() if raw.get("launched")},
        applied=digests(applied),
        supervised=supervisor is not None,
        written=paths.hub_json.stat().st_mtime,
        notes=_notes(applied, paths) if state is not State.STOPPED else (),
    )


def anything_lives(paths: Paths) -> bool:
    """True while a part or a student's server is there, watched or not."""
    return bool(parts.living(paths)) or bool(registry.read_all(paths.servers))


def _watched(supervisor: Mapping[str, Any], applied: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """By name. One that is not started yet, or again, will take the settings of now."""
    return {
        raw["name"]: raw if raw["process"] else {**raw, "launched": digests(applied)}
        for raw in supervisor["parts"]
        if raw["state"] != State.STOPPED.value
    }


def _orphaned(paths: Paths) -> dict[str, Mapping[str, Any]]:
    """By name: parts that an earlier supervisor started and that still live."""
    return {
        name: {**raw, "state": State.RUNNING.value, "process": process.to_json()}
        for name, (process, raw) in parts.living(paths).items()
    }


def _part(name: str, raw: Mapping[str, Any], paths: Paths) -> Part:
    process = identity.from_json(raw["process"] or {})
    state = State(raw["state"])
    reason = why(raw, paths) if state is State.FAILING else ""
    return Part(name, state, process.pid if process else None, raw.get("since") or None, raw.get("restarts", 0), reason)


def _state(parts: tuple[Part, ...], supervised: bool) -> State:
    states = {part.state for part in parts if part.name in ("proxy", "hub")}
    if not states:
        return State.STOPPED
    if State.FAILING in states:
        return State.FAILING
    if not supervised or states == {State.RUNNING}:
        return State.RUNNING if {"proxy", "hub"} <= {part.name for part in parts} else State.FAILING
    return State.STARTING


def _notes(applied: Mapping[str, Any], paths: Paths) -> tuple[str, ...]:
    """How people sign in, when that is not as config.yaml says or cannot work; whose hub it is, when root looks at another's."""
    login, owner = applied["login"], foreign_owner(paths.state)
    notes = [login["why"]] if login["stand_in"] else []
    if astray := callback.note(applied):
        notes.append(astray)
    if owner:
        notes.append(f"This hub belongs to {owner}. Change it as {owner}: `{sudo_as(paths.state)} classhub ...`.")
    return tuple(notes)


def why(raw: Mapping[str, Any], paths: Paths) -> str:
    """Why a part could not be started, or why it ended, as its log tells. raw: its entry in the supervisor's answer."""
    return str(raw.get("cannot") or "") or reasons.reason(logs.tail(paths.logs / f"{raw['name']}.log", 60))

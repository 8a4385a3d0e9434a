"""What `up` would change on this machine: the settings that the hub was started with, and those that it would get."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classhub.config.model import Login
from classhub.config.traits.lookup import get
from classhub.errors import OutsideFailed
from classhub.plan.changes import changed_parts, digests
from classhub.plan.in_force import DEFAULT_CHART, DryRun, InForce
from classhub.plan.running import Running, State
from classhub.targets.local import history

_HTTPS = {"https": "mode", "host": "host", "certificate": "certificate", "key": "key"}
USUAL = ("material.kind", "material.every_s")
"""Not the college's words."""
_MACHINE = {"local.servers": "servers", "local.starts_at_once": "starts_at_once"}


def dry_run(running: Running, applied: Mapping[str, Any], wanted: Mapping[str, Any], revisions: Path) -> DryRun:
    """applied: hub.json. wanted: what it would hold. revisions: the history's folder."""
    started = _started_with(running, applied, revisions)
    return DryRun(
        settings=wanted,
        wanted=in_force(wanted),
        before=in_force(started) if started else None,
        unfinished=started not in (None, applied) and digests(wanted) == digests(applied),
    )


def _started_with(running: Running, applied: Mapping[str, Any], revisions: Path) -> Mapping[str, Any] | None:
    """The settings of the hub that runs. After an `up` that was cut short these are in the history only."""
    lives = running.state is not State.STOPPED and "hub" in running.launched
    if not lives or "hub" not in changed_parts(running, digests(applied)):
        return applied if lives or running.state is State.STOPPED else None
    for revision in reversed(history.revisions(revisions)):
        if "hub" not in changed_parts(running, revision.digests):
            try:
                return history.settings_of(revisions, revision.number)
            except OutsideFailed:
                continue
    return None


def in_force(settings: Mapping[str, Any]) -> InForce:
    """Settings as targets/local/settings.py makes them; those of an earlier version may lack what came later."""
    login, hidden = settings["login"], settings.get("hidden")
    return InForce(
        values=get(settings, "hub.values", {}),
        login=Login(
            configured=login.get("configured", ""),
            stand_in=bool(login.get("stand_in")),
            why=login.get("why", ""),
            admins=tuple(login.get("admins", ())),
            allowed=tuple(login.get("allowed", ())),
            sections=tuple(login.get("sections", ("Authenticator",))),
        ),
        own=(own := _own(settings)),
        hidden=None if hidden is None else tuple(map(tuple, hidden)),
        chart=own.get("chart.version", DEFAULT_CHART),
    )


def _own(settings: Mapping[str, Any]) -> dict[str, Any]:
    """By the keys of classhub.yaml and courses/."""
    address, _, port = get(settings, "proxy.listen", "").rpartition(":")
    labels = get(settings, "hub.traits.KubeSpawner.common_labels", {})
    own = {
        "chart.version": labels.get("chart", "").partition("-")[2],
        "release": get(settings, "hub.release"),
        "namespace": get(settings, "hub.traits.KubeSpawner.namespace"),
        "homes.folder": get(settings, "hub.machine.folders.homes"),
        "local.address": address.strip("[]"),
        "local.port": int(port or 0),
    }
    own |= {f"local.{key}": get(settings, f"proxy.https.{name}") for key, name in _HTTPS.items()}
    own |= {key: get(settings, f"hub.machine.{name}") for key, name in _MACHINE.items()}
    for course in get(settings, "mirror.courses", []):
        own |= {f"courses.{course['name']}.{key}": value for key, value in _of_course(course).items()}
    return {key: value for key, value in own.items() if value not in (None, "", [], {})}


def _of_course(course: Mapping[str, Any]) -> dict[str, Any]:
    """By the keys of its file."""
    source = course.get("source") or {}
    of_source = {f"material.{name}": value for name, value in source.items() if value not in (False, None)}
    of_source["material"] = of_source.pop("material.source", "")
    rest = {name: value for name, value in course.items() if name not in ("name", "source")}
    return {**rest, **{name: value for name, value in of_source.items() if name not in USUAL}}

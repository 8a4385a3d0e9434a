"""Change a hub on this machine: the steps of a plan, the restart of one part, the limit of servers."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from classhub.errors import ClasshubError, NotHere, NotRunning, OutsideFailed, WrongUsage
from classhub.hub.files import write_private
from classhub.plan.changes import digest, is_wanted
from classhub.plan.running import State
from classhub.plan.steps import Plan, Step
from classhub.targets.interface import Tell
from classhub.targets.local import control, history, inspection, starting
from classhub.targets.local.alone import whole
from classhub.targets.local.paths import Paths, ensure_folders, paths_of
from classhub.targets.local.state_files import read_json

RESTART_TIMEOUT_S = 60
WITHOUT = {
    "culler": (
        "config.yaml does without it: cull.enabled is false",
        "set cull.enabled: true in config/config.yaml, then classhub up",
    ),
    "mirror": (
        "no course has material",
        "name it in config/courses/NAME.yaml, as material: material/comp141, then classhub up",
    ),
}
"""Why a part is not there, and what brings it."""


def applied(paths: Paths) -> dict[str, Any]:
    """The settings in force. Raises FileNotFoundError before the first."""
    return read_json(paths.hub_json, ("proxy", "hub", "culler", "login"))


def apply(paths: Paths, plan: Plan, tell: Tell) -> None:
    """The steps in order. A way back is not cut in two: the one who interrupts it wants what was before."""
    try:
        starting.look_ahead(paths, plan, applied(paths) if paths.hub_json.exists() else None)
    except ClasshubError:
        starting.leave_nothing(paths)
        raise
    with whole() if plan.revision else nullcontext():
        for step in plan.steps:
            tell(step.sentence)
            _run(paths, step, plan)


def _run(paths: Paths, step: Step, plan: Plan) -> None:
    verb, _, part = step.do.partition(" ")
    if step.do == "write settings":
        _write(paths, plan)
    elif step.do == "start supervisor":
        starting.start_supervisor(paths)
    elif verb == "start":
        control.ask(paths, {"do": "start", "parts": [part]})
    elif verb == "restart":
        control.ask(paths, {"do": "restart", "part": part})
    elif verb == "stop":
        control.ask(paths, {"do": "stop part", "part": part})
    elif verb == "mark":
        history.mark(paths.history, part)
    else:
        raise WrongUsage(f"There is no step {step.do!r}.")


def _write(paths: Paths, plan: Plan) -> None:
    wanted = history.settings_of(paths.history, plan.revision) if plan.revision else dict(plan.settings)
    ensure_folders(paths_of(paths.state, _homes(wanted)))
    unchanged = paths.hub_json.exists() and digest(applied(paths)) == digest(wanted)
    write_private(paths.hub_json, json.dumps(wanted))
    if not unchanged or not history.newest(paths.history):
        history.add(paths.history, wanted, plan.what)


def _homes(settings: Mapping[str, Any]) -> Path:
    return Path(settings["hub"]["machine"]["folders"]["homes"])


def restart(paths: Paths, part: str, tell: Tell) -> None:
    """Returns when it serves again. Raises OutsideFailed when it keeps failing or takes too long, NotRunning for one
    that the settings do without.
    """
    if not is_wanted(part, applied(paths)):
        raise NotRunning(f"There is no {part} to restart.", *WITHOUT[part])
    tell(f"The {part} restarts; students' servers go on.")
    control.ask(paths, {"do": "restart", "part": part})
    wait = {"do": "wait", "parts": [part], "timeout_s": RESTART_TIMEOUT_S}
    answer = control.ask(paths, wait, RESTART_TIMEOUT_S + 10)
    raw = next(raw for raw in answer["parts"] if raw["name"] == part)
    state = raw["state"]
    if state == State.FAILING.value:
        fix = f"Mend that, then `classhub up`. More is in `classhub logs {part}`."
        raise OutsideFailed(f"The {part} was restarted, and keeps failing.", inspection.why(raw, paths), fix)
    if state == State.STARTING.value:
        what = f"The {part} was restarted, and does not answer after {RESTART_TIMEOUT_S} s."
        raise OutsideFailed(
            what, fix=f"See how the parts are: `classhub status`, and read why: `classhub logs {part}`."
        )


def scale(paths: Paths, pool: str, count: int, tell: Tell) -> None:
    """How many servers may run at the same time; 0 is no limit."""
    if pool != "servers":
        raise NotHere(
            f"One machine has no pool named {pool!r}: there are no nodes to add.",
            cause="on one machine, scaling means how many students' servers may run at the same time",
            fix="classhub scale servers 40",
        )
    if count < 0:
        raise WrongUsage("A number of servers is 0 (no limit) or more.", fix="classhub scale servers 40")
    ensure_folders(paths)
    write_private(paths.limits_json, json.dumps({"servers": count}))
    tell(
        f"At most {count} server{'s run' if count > 1 else ' runs'} at the same time from now on; those that run go on."
        if count
        else "No limit of simultaneous servers from now on."
    )

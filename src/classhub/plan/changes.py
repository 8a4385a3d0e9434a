"""Compare what runs with what is wanted, and give the steps between the two.

Settings are a mapping of parts, {"proxy": {...}, "hub": {...}, "culler": {...}}, with JSON values. An empty
or missing culler is not wanted. Further keys are allowed: a change in them restarts the hub. "login" among them says
who may enter, and is named when it changes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from classhub.plan.running import Part, Running, State
from classhub.plan.steps import Plan, Revision, Step

PARTS = ("proxy", "hub", "culler")
"""In the order in which they start."""

STARTS = {
    "proxy": "The proxy starts and takes the address.",
    "hub": "The hub starts, about 5 s",
    "culler": "The culler starts; it stops servers that nobody uses.",
}


def digest(settings: Any) -> str:
    """sha256 of canonical JSON: the order of keys does not count. Raises TypeError for what JSON cannot hold."""
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def part_digests(settings: Mapping[str, Any]) -> dict[str, str]:
    """A digest for each top-level key: what `Running.part_digests` holds."""
    return {name: digest(value) for name, value in settings.items()}


def plan(running: Running | None, wanted: Mapping[str, Any], wanted_digest: str, *, what: str) -> Plan:
    """The steps from what runs to `wanted`; none when nothing differs and every part is well."""
    if running is None or running.state is State.STOPPED:
        return Plan(tuple(_start(running, wanted)), wanted, what)
    return Plan(tuple(_mend(running, wanted, wanted_digest)), wanted, what)


def way_back(running: Running, revision: Revision) -> Plan:
    """The steps that put an earlier revision in force again."""
    number = revision.number
    steps = [Step("write settings", f"Revision {number} is put in force again.")]
    steps += [_restart(part, running) for part in PARTS]
    return Plan(tuple(steps), what=f"back to revision {number}", revision=number)


def is_wanted(part: str, settings: Mapping[str, Any]) -> bool:
    """Only the culler can be left out: its settings are empty when cull.enabled is false in config.yaml."""
    return part != "culler" or bool(settings.get(part))


def _start(running: Running | None, wanted: Mapping[str, Any]) -> Iterator[Step]:
    yield Step("write settings", "The settings are written.")
    yield Step("start supervisor", "The supervisor starts; it watches the parts and starts again what dies.")
    for part in PARTS:
        if is_wanted(part, wanted):
            yield _start_part(part, running)


def _mend(running: Running, wanted: Mapping[str, Any], wanted_digest: str) -> Iterator[Step]:
    differs = running.settings_digest != wanted_digest
    if differs:
        yield Step("write settings", "The new settings are written; the ones before stay in the history.")
    if not running.supervised:
        yield from _adopt(running)
    changed = _changed_parts(running, wanted) if differs else set()
    for part in PARTS:
        step = _mend_part(part, running, is_wanted(part, wanted), part in changed)
        if step:
            yield step if part != "hub" else _with_login(step, running, wanted)


def _adopt(running: Running) -> Iterator[Step]:
    """Starting a part that lives means to watch it again."""
    going_on = _servers(running, ("goes on", "go on"), "no server runs")
    yield Step("start supervisor", f"A new supervisor adopts what still runs; {going_on}.")
    for part in PARTS:
        if _lives(part, running):
            yield Step(f"start {part}", f"The {part} is watched again.")


def _lives(part: str, running: Running) -> bool:
    return any(one.name == part and one.state is not State.STOPPED for one in running.parts)


def _mend_part(part: str, running: Running, wanted: bool, changed: bool) -> Step | None:
    there = next((one for one in running.parts if one.name == part), None)
    lives = _lives(part, running)
    if not wanted:
        return Step(f"stop {part}", f"The {part} stops; idle servers go on.") if lives else None
    if not lives:
        return _start_part(part, running)
    if changed:
        return _restart(part, running)
    if there is not None and there.state is State.FAILING:
        return _afresh(there)
    return None


def _changed_parts(running: Running, wanted: Mapping[str, Any]) -> set[str]:
    """Parts that must be started again. What is neither proxy nor culler is the hub's."""
    new = part_digests(wanted)
    keys = {key for key in {*new, *running.part_digests} if new.get(key) != running.part_digests.get(key)}
    return {key if key in PARTS else "hub" for key in keys} or {"hub"}


def _start_part(part: str, running: Running | None) -> Step:
    sentence = STARTS[part]
    if part == "hub":
        back = _servers(running, ("is taken back", "are taken back"))
        sentence += f"; {back}." if back else "."
    return Step(f"start {part}", sentence)


def _restart(part: str, running: Running) -> Step:
    if part == "proxy":
        return Step("restart proxy", "The proxy restarts, about 1 s; open pages connect again by themselves.")
    if part == "culler":
        return Step("restart culler", "The culler restarts; servers go on.")
    one = "goes on with its old settings until it is started again"
    more = "go on with their old settings until they are started again"
    return Step("restart hub", f"The hub restarts, about 5 s; {_servers(running, (one, more), 'no server runs')}.")


def _afresh(part: Part) -> Step:
    reason = f" ({part.reason})" if part.reason else ""
    return Step(f"restart {part.name}", f"The {part.name} keeps failing{reason}; it is started afresh.")


def _with_login(step: Step, running: Running, wanted: Mapping[str, Any]) -> Step:
    old, new = running.part_digests.get("login"), wanted.get("login")
    if step.do != "restart hub" or old is None or new is None or old == digest(new):
        return step
    return Step(step.do, f"{step.sentence} Who may enter changes.")


def _servers(running: Running | None, verb: tuple[str, str], none: str = "") -> str:
    """A clause on students' servers: "3 running servers go on", or `none` when there are none."""
    count = len(running.servers) if running else 0
    if not count:
        return none
    return f"{count} running server{'s' if count > 1 else ''} {verb[min(count, 2) - 1]}"

"""Compare what runs with what is wanted, and give the steps between the two.

Settings are a mapping of parts, {"proxy": {...}, "hub": {...}, "mirror": {...}, "culler": {...}}, with JSON values. An
empty or missing mirror or culler is not wanted. Further keys are allowed: a change in them restarts the hub. Only "hidden" is kept for
`classhub plan` alone: no part is started with it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from classhub.plan.at_start import settings_at_start
from classhub.plan.running import Part, Running, State
from classhub.plan.steps import Plan, Revision, Step

PARTS = ("proxy", "hub", "mirror", "culler")
"""In the order in which they start."""
MAY_BE_LEFT_OUT = ("mirror", "culler")
"""No course has material, or cull.enabled is false in config.yaml."""
SERVES_WITHOUT = ("mirror",)
"""A hub without these is a hub all the same: students keep the material that they have."""
OF_NO_PART = "hidden"
AT_START = "at start"
"""Among the digests: that of what students' servers took when they started."""

STARTS = {
    "proxy": "The proxy starts and takes the address.",
    "hub": "The hub starts, about 5 s",
    "mirror": "The mirror of course material starts.",
    "culler": "The culler starts; it stops servers that nobody uses.",
}
RESTARTS = {
    "proxy": "The proxy restarts, about 1 s; open pages connect again by themselves.",
    "hub": "The hub restarts, about 5 s.",
    "mirror": "The mirror of course material restarts; servers go on.",
    "culler": "The culler restarts; servers go on.",
}
STOPS = {
    "mirror": "The mirror of course material stops; what students have stays.",
    "culler": "The culler stops; idle servers go on.",
}
MOVES = "The proxy restarts, about 1 s; open pages must be opened anew at {}"
"""The sentence for a new address, which stands at its end so that it can be clicked."""
NAMED = 5
"""Servers that a sentence names; of more it gives the number."""


def digest(settings: Any) -> str:
    """sha256 of canonical JSON: the order of keys does not count. Raises TypeError for what JSON cannot hold."""
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digests(settings: Mapping[str, Any]) -> dict[str, str]:
    """A digest for each top-level key that is not empty; the hub's also when it is. And one of what servers take."""
    found = {name: digest(value) for name, value in settings.items() if value or name == "hub"}
    at_start = settings_at_start(settings)
    return {**found, AT_START: digest(at_start)} if at_start else found


def plan(running: Running | None, wanted: Mapping[str, Any], wanted_digest: str, *, what: str) -> Plan:
    """The steps from what runs to `wanted`; none when nothing differs and every part is well."""
    if running is None or running.state is State.STOPPED:
        return Plan(tuple(_start(running, wanted, wanted_digest)), wanted, what)
    return Plan(tuple(_mend(running, wanted, wanted_digest)), wanted, what)


def steps_ahead(running: Running) -> tuple[Step, ...]:
    """What `up` would do, as `inspect(wanted)` has found it out; nothing without that."""
    return plan(running, running.dry.settings, digest(running.dry.settings), what="").steps if running.dry else ()


def way_back(running: Running, revision: Revision, outcome: str = "") -> Plan:
    """The steps that put an earlier revision in force again. outcome: what becomes of the one before, "failed"."""
    number = revision.number
    steps = [Step("write settings", f"Revision {number} is put in force again.")]
    if outcome:
        steps.insert(0, mark(running.revision, outcome))
    for part in PARTS:
        changed = part in changed_parts(running, revision.digests) or _is_failing(part, running)
        step = _mend_part(part, running, part not in MAY_BE_LEFT_OUT or part in revision.digests, changed)
        if step is not None and step.do == "restart hub":
            step = Step(step.do, f"The hub restarts, about 5 s; {go_on(running)}.")
        steps += [step] if step is not None else []
    return Plan(tuple(steps), what=f"back to revision {number}", revision=number)


def mark(number: int, outcome: str) -> Step:
    """Say in the history what became of the newest revision, "failed" or "interrupted"."""
    return Step(f"mark {outcome}", f"Revision {number} {'has ' if outcome == 'failed' else 'was '}{outcome}.")


def is_wanted(part: str, settings: Mapping[str, Any]) -> bool:
    """Those that can be left out have empty settings then."""
    return part not in MAY_BE_LEFT_OUT or bool(settings.get(part))


def _start(running: Running | None, wanted: Mapping[str, Any], wanted_digest: str) -> Iterator[Step]:
    yield Step("write settings", "The settings are written.")
    yield Step("start supervisor", "The supervisor starts; it watches the parts and starts again what dies.")
    for part in PARTS:
        if is_wanted(part, wanted):
            differs = running is not None and running.settings_digest != wanted_digest
            yield _start_part(part, running, wanted, differs)


def _mend(running: Running, wanted: Mapping[str, Any], wanted_digest: str) -> Iterator[Step]:
    differs = running.settings_digest != wanted_digest
    if differs:
        yield Step("write settings", "The new settings are written; the ones before stay in the history.")
    if not running.supervised:
        yield from _adopt(running)
    changed, address = changed_parts(running, digests(wanted)), moved(running, wanted)
    for part in PARTS:
        step = _mend_part(part, running, is_wanted(part, wanted), part in changed, wanted if differs else None)
        if step is None:
            continue
        if address and step.do == "restart proxy":
            step = Step(step.do, MOVES.format(address))
        yield _with_consequences(step, running, wanted) if step.do == "restart hub" and part in changed else step


def _adopt(running: Running) -> Iterator[Step]:
    """Starting a part that lives means to watch it again."""
    yield Step("start supervisor", f"A new supervisor adopts what still runs; {go_on(running)}.")
    for part in PARTS:
        if _lives(part, running):
            yield Step(f"start {part}", f"The {part} is watched again.")


def _lives(part: str, running: Running) -> bool:
    return any(one.name == part and one.state is not State.STOPPED for one in running.parts)


def _is_failing(part: str, running: Running) -> bool:
    return any(one.name == part and one.state is State.FAILING for one in running.parts)


def _mend_part(
    part: str, running: Running, wanted: bool, changed: bool, new: Mapping[str, Any] | None = None
) -> Step | None:
    """new: the settings, where they differ from those that were applied."""
    there = next((one for one in running.parts if one.name == part), None)
    if there is None or there.state is State.STOPPED:
        return _start_part(part, running, new or {}, new is not None) if wanted else None
    if not wanted:
        return Step(f"stop {part}", STOPS[part])
    if changed:
        return Step(f"restart {part}", RESTARTS[part])
    return _afresh(there) if there.state is State.FAILING else None


def changed_parts(running: Running, wanted: Mapping[str, str]) -> set[str]:
    """Parts that were started with other settings than `wanted` (digests)."""
    return {part for part in PARTS if _needs(part, running.launched.get(part, {})) != _needs(part, wanted)}


def _needs(part: str, settings: Mapping[str, str]) -> dict[str, str]:
    """What of the settings' digests reaches a part.

    The hub knows the address and gives Caddy its routes, so all of the proxy's is the hub's too; of the culler it
    knows whether there is one, of the mirror nothing. A key of no part is the hub's.
    """
    if part != "hub":
        return {key: value for key, value in settings.items() if key == part}
    others = (OF_NO_PART, AT_START, "mirror")
    return {key: value if key != "culler" else "" for key, value in settings.items() if key not in others}


def _start_part(part: str, running: Running | None, wanted: Mapping[str, Any], differs: bool) -> Step:
    sentence = STARTS[part]
    if part == "hub":
        back = _servers(running, ("is taken back", "are taken back"))
        sentence += f"; {back}." if back else "."
        if back and running and differs and _takes_other(running.applied, wanted):
            sentence += f" {_keep('its', 'their', 'old settings', running)}."
    return Step(f"start {part}", sentence)


def _afresh(part: Part) -> Step:
    reason = f" ({part.reason})" if part.reason else ""
    return Step(f"restart {part.name}", f"The {part.name} keeps failing{reason}; it is started afresh.")


def _with_consequences(step: Step, running: Running, wanted: Mapping[str, Any]) -> Step:
    """What a new hub means for the servers that run."""
    return Step(step.do, f"{step.sentence.rstrip('.')}; {kept(running, wanted)}.")


def kept(running: Running, wanted: Mapping[str, Any]) -> str:
    """What running servers keep while the hub restarts with `wanted`: a clause."""
    if moved(running, wanted):
        return _keep("the", "the", "old address", running)
    if not _takes_other(running.launched.get("hub", {}), wanted):
        return go_on(running)
    return keep_settings(running)


def keep_settings(running: Running) -> str:
    return _keep("its", "their", "old settings", running)


def go_on(running: Running) -> str:
    """ "3 running servers go on"."""
    return _servers(running, ("goes on", "go on"), "no server runs")


def _takes_other(before: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    """A server that starts would get something else, as far as is known. before: digests."""
    return before.get(AT_START, "before") != digests(wanted).get(AT_START, "wanted")


def moved(running: Running, wanted: Mapping[str, Any]) -> str:
    """The new address; empty when it stays."""
    new = str((wanted.get("proxy") or {}).get("url", running.address))
    return new if new != running.address else ""


def _keep(its: str, their: str, what: str, running: Running) -> str:
    """ "2 running servers keep the old address until they are restarted: alice, Jane.Doe"."""
    names = [f"{server.user}/{server.name}" if server.name else server.user for server in running.servers]
    if not names:
        return "no server runs"
    shown = some(names, NAMED)
    if len(names) == 1:
        return f"1 running server keeps {its} {what} until it is restarted: {shown}"
    return f"{len(names)} running servers keep {their} {what} until they are restarted: {shown}"


def some(names: Sequence[str], most: int) -> str:
    """ "alice, Jane.Doe and 2 more"."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _servers(running: Running | None, verb: tuple[str, str], none: str = "") -> str:
    """A clause on students' servers: "3 running servers go on", or `none` when there are none."""
    count = len(running.servers) if running else 0
    if not count:
        return none
    return f"{count} running server{'s' if count > 1 else ''} {verb[min(count, 2) - 1]}"

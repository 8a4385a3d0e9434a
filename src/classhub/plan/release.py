"""The steps that bring a Helm release from what runs to what is wanted, and back again. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from classhub.plan.changes import some
from classhub.plan.recovery import Left
from classhub.plan.running import Running, Server, State
from classhub.plan.steps import Plan, Step

BACK_UP, TAKE_OVER, UPGRADE, WAIT, CHECK = "back up", "take over", "upgrade", "wait", "check health"
FIND_COPY, STOP_HUB, RESTORE, ROLL_BACK = "find copy", "stop hub", "restore database", "roll back"
START, TRY = "start parts", "try a server"
TAKEN = "What other tools changed is set back to the release's own."
NAMED = 5
"""Servers that a sentence names; of more it gives the number."""


def plan(
    running: Running | None,
    settings: Mapping[str, Any],
    *,
    what: str,
    left: Left = Left.NOTHING,
    take_over: bool = False,
    trial: bool = False,
) -> Plan:
    """running: of `inspect(wanted)`, None where nothing is installed. settings: what Helm is to be given.

    left: of an earlier command, once it is mended. trial: a server must start, too.
    Empty when the dry run would change nothing and every part is well.
    """
    steps = _steps(running, left, take_over)
    tried = (Step(TRY, "A server of a test user must start; it is taken away again, with its disk."),)
    return Plan((*steps, *(tried if trial else ())), settings, what)


def _steps(running: Running | None, left: Left, take_over: bool) -> tuple[Step, ...]:
    if running is None:
        return (Step(UPGRADE, "The release is installed for the first time."), *_settle())
    conflicts = running.dry.conflicts if running.dry else ()
    seize = take_over and bool(conflicts)
    if running.dry is None or running.dry.objects or seize or left is Left.FAILED:
        upgrade = Step(UPGRADE, f"The release is upgraded; {going_on(running.servers)}.")
        first: tuple[Step, ...] = (Step(BACK_UP, "The hub's database and the values in force are copied."),)
        if seize:
            first += (Step(TAKE_OVER, TAKEN),)
        return (*first, upgrade, *_started(running), *_settle())
    well = running.state is State.RUNNING and left is not Left.UNCHECKED
    return () if well else (*_started(running), *_settle())


def _started(running: Running) -> tuple[Step, ...]:
    """Where `stop` took the pods of hub or proxy away."""
    stopped = [part.name for part in running.parts if part.name in ("hub", "proxy") and part.state is State.STOPPED]
    return (Step(START, f"What was stopped starts again: {' and '.join(stopped)}."),) if stopped else ()


def way_back(
    running: Running,
    revision: int,
    *,
    outcome: str = "",
    database: bool = False,
    hub_runs_on: bool = False,
    back_up: bool = False,
    seize: bool = False,
) -> Plan:
    """The steps to an earlier revision. database: its copy of the hub's database comes back in any case, not only when
    the hub of that revision could not read the one of now. hub_runs_on: the hub of that revision never stopped. seize: what other
    tools changed is set back."""
    asked = (
        *((Step(FIND_COPY, f"The copy of revision {revision} is looked at."),) if database else ()),
        *((Step(BACK_UP, "The hub's database and the values in force are copied."),) if back_up else ()),
    )
    forced = "The copy of the hub's database comes back" if database else "The hub's database comes back if it must"
    stopped = (
        Step(STOP_HUB, f"The hub stops, so that its database rests; {going_on(running.servers)}."),
        Step(RESTORE, f"{forced}; the one of now is kept beside it."),
    )
    steps = (
        *asked,
        *(() if hub_runs_on else stopped),
        *((Step(TAKE_OVER, TAKEN),) if seize else ()),
        Step(ROLL_BACK, f"Revision {revision} is put in force again."),
        *_settle(),
    )
    what = f"back to revision {revision}" + (f": {running.revision} {outcome}" if outcome else "")
    return Plan(steps, {"database": database, "outcome": outcome}, what, revision)


def _settle() -> tuple[Step, ...]:
    return (
        Step(WAIT, "Every part must run."),
        Step(CHECK, "The login page and the hub's API must answer at the public address."),
    )


def going_on(servers: Sequence[Server]) -> str:
    """ "2 running servers go on: alice, Jane.Doe"."""
    names = [f"{server.user}/{server.name}" if server.name else server.user for server in servers]
    if not names:
        return "no server runs"
    verb = "server goes on" if len(names) == 1 else "servers go on"
    return f"{len(names)} running {verb}: {some(names, NAMED)}"

"""Bring a deployment folder's hub up on this machine: load, plan, apply, wait; what fails is undone."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError, Mistakes, OutsideFailed
from classhub.operations.status import is_up
from classhub.plan import changes
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.machine import OnOneMachine
    from classhub.targets.interface import Target, Tell


@dataclass(frozen=True)
class Prepared:
    """What `up` is about to do."""

    config: Config
    before: Running | None
    plan: Plan
    first: tuple[str, ...] = ()
    """Who gains or loses access, and what becomes of homes: told before anything is done."""

    @property
    def starts(self) -> bool:
        """True when this run starts the supervisor: a foreground `up` follows it then."""
        return any(step.do == "start supervisor" for step in self.plan.steps)


def prepare(target: OnOneMachine, folder: Path, environ: Mapping[str, str], what: str = "classhub up") -> Prepared:
    """Load the folder and plan against what runs. Changes nothing; after mistakes a running hub goes on.

    what: the history's line where no setting is known to differ.
    """
    from classhub.operations.loading import load

    try:
        config = load(folder, environ)
        _refuse_what_stops_it_here(config)
        settings = target.settings(config)
    except ClasshubError as error:
        if not isinstance(error, Mistakes):
            _name_the_place(error, folder)
        before = target.inspect()
        if before is not None and is_up(before):
            error.what += f" Nothing was changed: the hub at {before.address} goes on as it is."
        raise
    before = target.inspect(config)
    plan = changes.plan(before, settings, changes.digest(settings), what=what)
    if plan.empty or before is None or before.dry is None:
        return Prepared(config, before, plan)
    from classhub.config.parity import Machine
    from classhub.plan.told import told

    found = told(before, before.dry, (), Machine())
    return Prepared(config, before, replace(plan, what=found.in_short or what), found.first)


def _refuse_what_stops_it_here(config: Config) -> None:
    """Python that the cluster's hub reads and this machine's does not: a warning to `check`, the end of a hub here."""
    here = [replace(one, severity="error") for one in config.findings if one.code == "CH1603"]
    if here:
        raise Mistakes(here)


def carry_out(target: Target, prepared: Prepared, tell: Tell, timeout_s: float) -> Running:
    """Apply the plan and wait until the hub answers. A failure or Ctrl-C leaves things as they were before."""
    told: list[str] = []

    def note(sentence: str) -> None:
        told.append(sentence)
        tell(sentence)

    try:
        target.apply(prepared.plan, note)
        return wait_until_up(target, timeout_s)
    except BaseException as error:
        outcome = "failed" if isinstance(error, Exception) else "interrupted"
        begun = {step.do for step in prepared.plan.steps if step.sentence in told}
        ending = _undo(target, prepared, begun, outcome, tell=tell, timeout_s=timeout_s)
        if isinstance(error, ClasshubError):
            _name_the_place(error, prepared.config.folder)
            error.what = f"{error.what} {ending}".strip()
        raise


def _name_the_place(error: ClasshubError, folder: Path) -> None:
    """file:line before the sentence that speaks of a setting."""
    from classhub.config.blame import place

    if found := place(f"{error.what} {error.fix}", folder):
        error.what = f"{found}: {error.what}"
    elif found := place(error.cause, folder):
        error.cause = f"{found}: {error.cause}"


def wait_until_up(target: Target, timeout_s: float, poll_s: float = 0.1) -> Running:
    """Look until the hub answers; OutsideFailed with the reason when it keeps failing or takes too long."""
    deadline = time.monotonic() + timeout_s
    while True:
        now = target.inspect()
        if now is not None and now.state is State.RUNNING:
            return now
        if now is not None and any(
            part.state is State.FAILING and part.name not in changes.SERVES_WITHOUT for part in now.parts
        ):
            raise _failed(now, "The hub does not start.")
        if time.monotonic() > deadline:
            raise _failed(now, f"The hub did not answer within {timeout_s:g} s.")
        time.sleep(poll_s)


def _failed(now: Running | None, what: str) -> OutsideFailed:
    failing = [part for part in (now.parts if now else ()) if part.reason]
    if not failing:
        return OutsideFailed(what, "", "Read why: `classhub logs hub`, or give it longer: `classhub up --timeout 5m`.")
    reasons = "; ".join(f"{part.name}: {part.reason}" for part in failing)
    return OutsideFailed(what, reasons, f"Mend that, then `classhub up`. More is in `classhub logs {failing[0].name}`.")


def _undo(
    target: Target, prepared: Prepared, begun: Collection[str], outcome: str, *, tell: Tell, timeout_s: float
) -> str:
    """Back to what was before, of what this run began; says how that went. Another run's hub is left alone."""
    before = prepared.before
    try:
        if before is None or not is_up(before):
            return _stop_again(target, before, outcome, tell) if "start supervisor" in begun else "Nothing was started."
        # A hub that was not well before is no place to go back to.
        return _go_back(target, before, outcome, tell, timeout_s) if before.state is State.RUNNING else ""
    except ClasshubError as error:
        return f"Undoing it failed too: {error.what}"


def _stop_again(target: Target, before: Running | None, outcome: str, tell: Tell) -> str:
    now = target.inspect()
    target.stop(True, tell)
    if now is not None and now.revision != (before.revision if before else 0):
        target.apply(Plan((changes.mark(now.revision, outcome),)), tell)
    started = now is not None and (is_up(now) or now.supervised)
    return "What had started was stopped again." if started else "Nothing was started."


def _go_back(target: Target, before: Running, outcome: str, tell: Tell, timeout_s: float) -> str:
    now = target.inspect()
    revision = next((one for one in target.history() if one.number == before.revision), None)
    if now is None or revision is None or now.revision == before.revision:
        goes_on = now is not None and now.state is State.RUNNING
        return f"The hub at {before.address} goes on as it was." if goes_on else ""
    tell(f"Going back to revision {revision.number}.")
    target.apply(changes.way_back(now, revision, outcome), tell)
    wait_until_up(target, timeout_s)
    return f"The hub went back to revision {revision.number} and runs."

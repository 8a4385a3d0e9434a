"""How the hub is, and what needs a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classhub.errors import NotRunning
from classhub.plan.running import Part, Running, State

if TYPE_CHECKING:
    from classhub.targets.interface import Target


def status(target: Target) -> Running:
    """What is there now. Where nothing ever ran: stopped, no address."""
    return target.inspect() or Running(State.STOPPED, "")


def is_up(running: Running | None) -> bool:
    """True while any part of a hub lives, also one that is starting or failing."""
    return running is not None and running.state is not State.STOPPED


def needs_hub(target: Target) -> Running:
    """What runs; NotRunning when nothing does."""
    running = target.inspect()
    if running is None or not is_up(running):
        raise NotRunning("No hub runs here.", fix="classhub up")
    return running


def advice(running: Running) -> list[str]:
    """Sentences on what needs a hand, each with the next command."""
    lines = [_failure(part) for part in running.parts if part.state is State.FAILING]
    if is_up(running) and not running.supervised:
        lines.append("Nobody watches the parts: the supervisor is gone. Next: `classhub up` adopts them.")
    if not is_up(running) and running.servers:
        lines.append("Students' servers still run without a hub. Next: `classhub up`, or `classhub down`.")
    return [*lines, *running.notes]


def _failure(part: Part) -> str:
    reason = (part.reason or "no reason known").rstrip(".")
    return f"The {part.name} keeps failing: {reason}. Next: `classhub logs {part.name}`."

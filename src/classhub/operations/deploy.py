"""Bring a deployment folder to its cluster: load, plan, mend what was left, apply, check; what fails is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError, Refused
from classhub.plan import release
from classhub.plan.recovery import Left, Remains
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan
from classhub.plan.told_release import head, told_release

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.on_cluster import OnACluster
    from classhub.plan.in_force import DryRun
    from classhub.plan.told import Told
    from classhub.targets.interface import Tell

Ask = Callable[[str], bool]
"""Takes a question, and says whether the answer is yes."""


@dataclass(frozen=True)
class Prepared:
    """What `deploy` is about to do. before: None where nothing is installed."""

    config: Config
    before: Running | None
    dry: DryRun
    plan: Plan
    head: str
    told: Told

    @property
    def empty(self) -> bool:
        return not self.plan.steps


def prepare(
    target: OnACluster,
    folder: Path,
    environ: Mapping[str, str],
    files: Sequence[Path] = (),
    what: str = "classhub deploy",
) -> Prepared:
    """Load the folder and plan against the cluster. Changes nothing. Raises Mistakes, Refused, OutsideFailed."""
    from classhub.config.load import load

    config = load(folder, environ, files=files)
    before = target.inspect(config)
    dry = before.dry if before and before.dry else target.dry_run(config)
    plan = release.plan(before, dry.settings, what=what)
    told = told_release(before or Running(State.STOPPED, ""), dry, plan.steps)
    return Prepared(config, before, dry, plan, head(before, dry, not plan.steps), told)


def refuse_conflicts(prepared: Prepared) -> None:
    """Another tool's changes are never overwritten unasked."""
    if prepared.dry.conflicts:
        said = " ".join(one.sentence for one in prepared.dry.conflicts)
        fix = "take the change back there, or write it in config/config.yaml; then classhub deploy"
        raise Refused("Another tool has changed what this deploy would set back; nothing was changed.", said, fix)


def mend(target: OnACluster, left: Remains, tell: Tell, ask: Ask) -> None:
    """What an interrupted command left half-way. Raises Refused where another helm may be at work and the answer is no."""
    if left.left in (Left.NOTHING, Left.UNCHECKED):
        return
    tell(left.sentence)
    if not left.sure and not ask("Another helm may still be at work on it. Mend it now?"):
        raise Refused("The release is being changed, or was left half-way; nothing was done.", left.sentence)
    target.mend(left, tell)


def carry_out(target: OnACluster, prepared: Prepared, tell: Tell) -> Running:
    """Apply the plan, in our turn. A failure or Ctrl-C brings back the revision and the database of before."""
    before = prepared.before.revision if prepared.before else 0
    try:
        target.apply(prepared.plan, tell)
    except BaseException as error:
        outcome = "failed" if isinstance(error, Exception) else "interrupted"
        ending = _go_back(target, before, outcome, tell)
        if isinstance(error, ClasshubError):
            error.what = f"{error.what} {ending}".strip()
        else:
            tell(ending)
        raise
    now = target.inspect()
    if now is None:
        raise Refused("The release was removed by somebody else meanwhile.", fix="classhub deploy")
    return now


def roll_back(target: OnACluster, revision: int, tell: Tell, *, database: bool = False) -> Running:
    """Put a revision in force again; run again after an interruption, it ends there. Raises NotFound."""
    now = target.inspect()
    if now is None:
        raise Refused("Nothing is installed here.", fix="classhub deploy")
    target.apply(release.way_back(now, revision, database=database), tell)
    return target.inspect() or now


def revision_before(target: OnACluster) -> int:
    """The newest one that was in force before the one of now; 0 for none."""
    history = [one for one in target.history() if not one.outcome]
    return history[-2].number if len(history) > 1 else 0


def _go_back(target: OnACluster, before: int, outcome: str, tell: Tell) -> str:
    """Says how it went. Where nothing of the release was touched there is nothing to take back."""
    try:
        now = target.inspect()
        if now is None or now.revision == before:
            return "Nothing was changed." if now is None else f"Revision {before} goes on."
        if before == 0:
            target.remove(tell)
            return "What had been installed was removed again."
        tell(f"Going back to revision {before}.")
        target.apply(release.way_back(now, before, outcome=outcome), tell)
    except ClasshubError as error:
        return f"Going back failed too: {error.what} `classhub deploy` or `classhub rollback` finishes it."
    return f"Revision {before} is in force again, and answers."

"""Bring a deployment folder to its cluster: load, plan, mend what was left, apply, check; what fails is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from classhub.config.secret_names import MASK
from classhub.config.traits.lookup import at
from classhub.errors import ClasshubError, Refused
from classhub.plan import release
from classhub.plan.recovery import HELM_IS_AT_WORK_S, Left, Remains, Turn
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan
from classhub.plan.told_release import head, told_release

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.operations.on_cluster import OnACluster
    from classhub.plan.conflict import Conflict
    from classhub.plan.in_force import DryRun
    from classhub.plan.told import Told
    from classhub.targets.interface import Tell

Ask = Callable[[str], bool]
"""Takes a question, and says whether the answer is yes."""


SHORTEST_SECRET = 5
"""Characters: shorter ones are words of everybody's."""
BACK_TAKE_OVER = "take the change back there, or the same with --take-over, which sets it back"


@dataclass(frozen=True)
class Prepared:
    """What `deploy` is about to do. before: None where nothing is installed. way_back: the revision that a failure leads
    to; 0 for none."""

    config: Config
    before: Running | None
    dry: DryRun
    plan: Plan
    head: str
    told: Told
    way_back: int

    @property
    def empty(self) -> bool:
        return not self.plan.steps


def unfinished(target: OnACluster, turn: Turn | None = None) -> Remains:
    """What an earlier command left. turn: its record, of the turn that was taken; else it is looked up."""
    return target.remains(turn or target.unfinished())


def prepare(
    target: OnACluster,
    folder: Path,
    environ: Mapping[str, str],
    files: Sequence[Path] = (),
    what: str = "classhub deploy",
    *,
    left: Remains = Remains(Left.NOTHING),  # noqa: B008 - frozen
    take_over: bool = False,
    trial: bool = False,
) -> Prepared:
    """Load the folder and plan against the cluster. Changes nothing. Raises Mistakes, Refused, OutsideFailed."""
    from classhub.operations.loading import load

    config = load(folder, environ, files)
    before = target.inspect(config)
    dry = before.dry if before and before.dry else target.dry_run(config)
    plan = release.plan(before, dry.settings, what=what, left=left.left, take_over=take_over, trial=trial)
    told = told_release(before or Running(State.STOPPED, ""), dry, plan.steps)
    known = left.left in (Left.UNCHECKED, Left.FAILED)
    way_back = left.revision if known else before.revision if before else 0
    return Prepared(config, before, dry, plan, head(before, dry, not plan.steps), told, way_back)


def refuse_conflicts(prepared: Prepared, *, take_over: bool = False) -> None:
    """Another tool's changes are never overwritten unasked; where nothing is to be changed they may stay."""
    if prepared.dry.conflicts and not prepared.empty and not take_over:
        fix = "take the change back there, or write it in config/config.yaml, then the same; or: classhub deploy --take-over"
        raise _overwriting("this deploy", prepared.dry.conflicts, fix)


def _overwriting(what: str, conflicts: Iterable[Conflict], fix: str) -> Refused:
    said = " ".join(one.sentence for one in conflicts)
    return Refused(f"Another tool has changed what {what} would set back; nothing was changed.", said, fix)


def mend(target: OnACluster, left: Remains, tell: Tell, ask: Ask) -> None:
    """What an interrupted command left half-way. Raises Refused where another helm may be at work and the answer is no."""
    if not left.is_to_mend:
        return
    tell(left.sentence)
    _refuse_unsure(left, ask)
    target.mend(left, tell)


def refuse_at_work(target: OnACluster, turn: Turn | None, tell: Tell, ask: Ask) -> None:
    """A way back needs no mending before it, as it is one; but it must not cross another helm's work."""
    left = target.remains(turn)
    if left.is_to_mend:
        tell(left.sentence)
        _refuse_unsure(left, ask)
    if left.left in (Left.HALF_INSTALLED, Left.UNINSTALLING):
        raise Refused("There is no revision to go back to.", left.sentence, "classhub deploy")


def _refuse_unsure(left: Remains, ask: Ask) -> None:
    if left.sure or ask("Another helm may still be at work on it. Mend it now?"):
        return
    fix = (
        f"wait until it is done (classhub -t cluster history); after {HELM_IS_AT_WORK_S // 60} minutes it counts as cut"
        " short. If you know that nobody is at work, run the same in a terminal: it asks"
    )
    raise Refused("Another helm may be at work on this release just now; nothing was done.", left.sentence, fix)


def carry_out(target: OnACluster, prepared: Prepared, tell: Tell) -> Running:
    """Apply the plan, in our turn. A failure or Ctrl-C brings back the revision and the database of before."""
    now = _apply(target, prepared, tell)
    return now if prepared.before is not None else _apply_again(target, prepared, now, tell)


def _apply(target: OnACluster, prepared: Prepared, tell: Tell) -> Running:
    fresh = prepared.before is None and not target.holds_database()
    with _hidden(prepared.config):
        try:
            target.apply(prepared.plan, tell)
        except BaseException as error:
            back = _Back(target, prepared.before, prepared.way_back, fresh, tell)
            _end(error, back.go(_outcome(error)), tell)
            raise
    now = target.inspect()
    if now is None:
        raise Refused("The release was removed by somebody else meanwhile.", fix="classhub deploy")
    return now


def _apply_again(target: OnACluster, prepared: Prepared, first: Running, tell: Tell) -> Running:
    """The official chart draws its secrets once for the Secret and anew for the checksum of it, so that only its second
    release is one that a deploy finds nothing to do on: better now than under the first students' hands."""
    now = target.inspect(prepared.config)
    if now is None or now.dry is None or not now.dry.objects:
        return first
    tell("The chart drew secrets of its own: it is applied once more, so that nothing is left to be done.")
    plan = release.plan(now, now.dry.settings, what=prepared.plan.what)
    return _apply(target, replace(prepared, before=now, dry=now.dry, plan=plan, way_back=now.revision), tell)


def roll_back(
    target: OnACluster,
    revision: int,
    tell: Tell,
    *,
    database: bool = False,
    take_over: bool = False,
    config: Config | None = None,
) -> Running:
    """Put a revision in force again; run again after an interruption, it ends there. Raises NotFound, Refused.

    Where it fails, what was well before is in force again. config: whose secrets no error may tell.
    """
    now = target.inspect()
    if now is None:
        raise Refused("Nothing is installed here.", fix="classhub deploy")
    conflicts = target.conflicts(revision)
    if conflicts and not take_over:
        raise _overwriting("this", conflicts, BACK_TAKE_OVER)
    is_well = now.state is State.RUNNING
    plan = release.way_back(now, revision, database=database, back_up=is_well, seize=bool(conflicts))
    with _hidden(config):
        try:
            target.apply(plan, tell)
        except BaseException as error:
            if is_well:
                back = _Back(target, now, now.revision, False, tell, database and _restored(target))
                _end(error, back.go(_outcome(error)), tell)
            raise
    return target.inspect() or now


def _restored(target: OnACluster) -> bool:
    """Whether the command that failed had begun to put a copy of the database back."""
    turn = target.unfinished()
    return turn is not None and turn.step not in (release.FIND_COPY, release.BACK_UP, release.STOP_HUB)


def revision_before(target: OnACluster) -> int:
    """Where something was left half-way or failed, the one that was good; else the newest one that was in force before the
    one of now and is another; 0 for none."""
    if left := unfinished(target).revision:
        return left
    history = [one for one in target.history() if not one.outcome]
    others = [one for one in history if one.digest != history[-1].digest]
    return others[-1].number if others else 0


@contextmanager
def _hidden(config: Config | None) -> Iterator[None]:
    """A pod's last lines may hold what stands in secrets.yaml."""
    try:
        yield
    except ClasshubError as error:
        for secret in _secrets(config) if config else ():
            error.what, error.cause = (text.replace(secret, MASK) for text in (error.what, error.cause))
        raise


def _secrets(config: Config) -> Iterator[str]:
    """A long text line by line: a log indents its lines."""
    for way in config.hidden:
        value = at(config.own_values, way)
        for one in value if isinstance(value, list) else [value]:
            lines = (line.strip() for line in str(one).splitlines()) if isinstance(one, str) else ()
            yield from (line for line in lines if len(line) >= SHORTEST_SECRET)


def _outcome(error: BaseException) -> str:
    return "failed" if isinstance(error, Exception) else "interrupted"


def _end(error: BaseException, ending: str, tell: Tell) -> None:
    """Logs of what was taken back are gone: the next command mends the cause."""
    if isinstance(error, ClasshubError):
        error.what = f"{error.what} {ending}".strip()
        if error.fix.startswith("classhub logs"):
            error.fix = "correct that in config/, then classhub deploy"
    else:
        tell(ending)


@dataclass(frozen=True)
class _Back:
    """To how it was; other tools' changes are no reason to leave students without a hub, and are told.

    before: how it was seen. revision: 0 for none. fresh: nothing of it was there before."""

    target: OnACluster
    before: Running | None
    revision: int
    fresh: bool
    tell: Tell
    database: bool = False

    def go(self, outcome: str) -> str:
        """Says how it went."""
        try:
            self.target.await_cluster(self.tell)
            return self._go(outcome)
        except ClasshubError as error:
            return f"Going back failed too: {error.what} `classhub deploy` or `classhub rollback` finishes it."

    def _go(self, outcome: str) -> str:
        now = self.target.inspect()
        if now is None:
            return self._done("Nothing was changed.")
        if not self.revision:
            return self._away(now)
        same = self.before is not None and now.revision == self.before.revision
        if same and self._hub_runs_on(now):
            ending = f"Revision {now.revision} goes on."
            return self._done(ending) if self.revision == now.revision else ending
        if same and self.revision == now.revision and self.before and self.before.state is not State.RUNNING:
            return f"Revision {now.revision} was not well before either, and stays."
        self.tell(f"Going back to revision {self.revision}.")
        plan = release.way_back(
            now,
            self.revision,
            outcome="" if same else outcome,
            database=self.database,
            hub_runs_on=self._hub_runs_on(now),
            seize=True,
        )
        self.target.apply(plan, self.tell)
        return f"Revision {self.revision} is in force again, and answers."

    def _done(self, ending: str) -> str:
        """Nothing is left that the next command would have to look after."""
        with self.target.alone(self.tell) as turn:
            turn.done()
        return ending

    def _away(self, now: Running) -> str:
        if not self.fresh:
            return (
                "What is installed stays, as there was a hub's database before; `classhub deploy` goes on from there."
            )
        self.tell("What was installed is removed again.")
        self.target.take_away(self.tell)
        return "What had been installed was removed again."

    def _hub_runs_on(self, now: Running) -> bool:
        """Whether the hub that runs is the very one that ran before: nothing new ever wrote to its database."""
        then = _hubs_pod(self.before)
        return bool(then) and _hubs_pod(now) == then


def _hubs_pod(running: Running | None) -> str:
    """Which one it is, if it is well."""
    found = [part for part in running.parts if part.name == "hub"] if running else []
    return found[0].pod_uid if found and found[0].state is State.RUNNING else ""

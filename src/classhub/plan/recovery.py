"""What an interrupted command left of a Helm release, and which steps finish it. Pure: a table over Helm's history.

Helm's statuses: helm.sh/docs/helm/helm_status (deployed, failed, superseded, pending-*, uninstalling, uninstalled).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

HELM_IS_AT_WORK_S = 900
"""A pending release younger than this may still have its helm, when no record of ours says otherwise."""
BEFORE_RESTORED = ("find copy", "back up", "stop hub", "restore database")
"""Steps of a way back after which the database's copy is still to come back."""
BEFORE_HELM = ("", "back up", "take over")
"""Steps of a deploy at which no helm of ours had begun: what is pending then is another's."""


class Left(Enum):
    NOTHING = "nothing"
    HALF_INSTALLED = "half installed"  # no revision ever ran
    PENDING = "pending"  # helm was cut short; it refuses every further upgrade
    HALF_BACK = "half back"  # a way back was cut short, with the hub stopped perhaps
    UNCHECKED = "unchecked"  # helm came to its end, and nobody asked whether the hub is well
    FAILED = "failed"  # by plain helm: the next upgrade goes over it, and leads back to what was good before
    UNINSTALLING = "uninstalling"


@dataclass(frozen=True)
class Applied:
    """A revision of Helm's history. when: of its last change, seconds since the epoch."""

    revision: int
    status: str
    when: float = 0.0


@dataclass(frozen=True)
class Turn:
    """The record that a command keeps on the cluster while it changes the release."""

    operation: str
    """"deploy", "rollback", or what leaves nothing half-way: "restart", "scale"."""
    who: str
    since: float
    """Seconds since the epoch."""
    revision: int
    """deploy: in force when it began, 0 before the first. rollback: the one it leads to."""
    step: str = ""
    """The last one that was begun."""
    place: str = ""
    """Marks machine and folder that it ran in: only there it is known whether its helm still works."""
    database: bool = False
    """rollback: the copy of the hub's database was asked for."""
    outcome: str = ""
    """rollback: of the revision that it leaves, "failed" or "interrupted"; empty when nothing was wrong with it."""


@dataclass(frozen=True)
class Remains:
    """revision: the one to return to, 0 for none. sentence: what happened and what will be done about it."""

    left: Left
    revision: int = 0
    sentence: str = ""
    sure: bool = True
    """False when another helm may still be at work: to be asked, never done unasked."""
    database: bool = False
    """The way back that was begun is to bring the copy of the hub's database, too."""
    outcome: str = ""
    """Of the newest revision, once it is left."""

    @property
    def is_to_mend(self) -> bool:
        """Whether Helm must be helped before it can go on."""
        return self.left in (Left.HALF_INSTALLED, Left.PENDING, Left.HALF_BACK, Left.UNINSTALLING)


def judge(history: Sequence[Applied], turn: Turn | None, now: float, place: str = "") -> Remains:
    """history: oldest first. turn: of a command that ended without giving it back; None when there is none.

    place: ours, where no helm is at work any more.
    """
    over = turn is not None and turn.place == place and turn.step not in BEFORE_HELM
    newest = history[-1] if history else Applied(0, "uninstalled")
    if newest.status == "uninstalled":
        return Remains(Left.NOTHING)
    if newest.status == "uninstalling":
        return Remains(Left.UNINSTALLING, 0, "The release was being removed; that is finished first.")
    if turn is not None and turn.operation == "rollback" and turn.step:
        what = f"The way back to revision {turn.revision} was cut short ({turn.who}); it is finished first."
        sure = not newest.status.startswith("pending-") or _is_over(newest, over, now)
        database = turn.database and turn.step in BEFORE_RESTORED
        return Remains(Left.HALF_BACK, turn.revision, what, sure, database, turn.outcome)
    return _judge_upgrade(newest, last_good(history), turn, _is_over(newest, over, now))


def _judge_upgrade(newest: Applied, good: int, turn: Turn | None, over: bool) -> Remains:
    """over: no helm is at work on it."""
    if not good:
        what = f"The first installation did not come to its end ({newest.status}); what it made is taken over."
        return Remains(Left.HALF_INSTALLED, 0, what, over)
    if newest.status.startswith("pending-"):
        what = f"Revision {newest.revision} is stuck in {newest.status}: its helm was cut short."
        return Remains(Left.PENDING, good, f"{what} Revision {good} comes back first.", over, outcome="interrupted")
    if newest.status == "failed":
        return _failed(newest, good, turn)
    if turn is not None and turn.operation == "deploy" and newest.revision > turn.revision:
        what = f"Revision {newest.revision} was applied, but {turn.who} was cut short before it was checked."
        return Remains(Left.UNCHECKED, turn.revision, what)
    return Remains(Left.NOTHING)


def _failed(newest: Applied, good: int, turn: Turn | None) -> Remains:
    """Of one of ours its hub may have run, and changed the database: the way back is finished. helm's own goes on from there."""
    if turn is not None and turn.operation == "deploy" and newest.revision > turn.revision:
        what = f"Revision {newest.revision} failed, and {turn.who} was cut short. Revision {good} comes back first."
        return Remains(Left.PENDING, good, what, outcome="failed")
    return Remains(Left.FAILED, good, f"Revision {newest.revision} failed; revision {good} was the last one in force.")


def last_good(history: Sequence[Applied]) -> int:
    """The newest revision that was in force; 0 for none."""
    return max((one.revision for one in history if one.status in ("deployed", "superseded")), default=0)


def _is_over(newest: Applied, over: bool, now: float) -> bool:
    return newest.status == "failed" or over or now - newest.when > HELM_IS_AT_WORK_S

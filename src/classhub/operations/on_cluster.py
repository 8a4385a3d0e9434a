"""What a hub on a cluster can tell and do beyond the Target protocol: what `deploy` and `rollback` ask."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from classhub.config.model import Config
from classhub.plan.conflict import Conflict
from classhub.plan.in_force import DryRun
from classhub.plan.overview import Overview
from classhub.plan.records import Finished
from classhub.plan.recovery import Remains, Turn
from classhub.targets.interface import Changeable, Tell


class Taken(Protocol):
    """A turn of ours."""

    @property
    def left(self) -> Turn | None:
        """What a command was doing that was cut short before us."""
        ...

    def done(self) -> None:
        """Nothing is half-way any more, whatever error follows."""
        ...


class OnACluster(Changeable, Protocol):
    def settings(self, config: Config) -> Mapping[str, Any]:
        """What Helm is to be given for this folder. Holds secrets."""
        ...

    def dry_run(self, config: Config) -> DryRun:
        """What a deploy would change; also where nothing is installed yet. Raises what the cluster would refuse."""
        ...

    def overview(self) -> Overview | None:
        """Everything that `status` shows; None where nothing is installed."""
        ...

    def alone(self, tell: Tell, operation: str = "deploy") -> AbstractContextManager[Taken]:
        """One command at a time changes the release."""
        ...

    def remains(self, left: Turn | None) -> Remains:
        """What an interrupted command left of the release."""
        ...

    def mend(self, remains: Remains, tell: Tell) -> None:
        """Finish or undo that."""
        ...

    def is_there(self) -> bool:
        """Whether anything of the release is, if only half of it."""
        ...

    def run_aloud(
        self, who: str, argv: list[str], out: Callable[[bytes], None], err: Callable[[bytes], None]
    ) -> Finished:
        """Target.run without a terminal, for who reads what the program says as it comes: nothing of it is kept."""
        ...

    def unfinished(self) -> Turn | None:
        """The record of a command that is at work, or was cut short; the turn is not taken."""
        ...

    def conflicts(self, revision: int) -> tuple[Conflict, ...]:
        """What other tools changed, that a way back to that revision would set back. Raises NotFound."""
        ...

    def holds_database(self) -> bool:
        """Whether a hub's claim is there already."""
        ...

    def take_away(self, tell: Tell) -> None:
        """All that a first installation made which failed."""
        ...

    def await_cluster(self, tell: Tell) -> None:
        """Wait for a cluster that went away, for a while."""
        ...

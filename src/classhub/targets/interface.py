"""The Target protocol: what an admin can do to a hub, wherever it runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from classhub.config.model import Config
from classhub.outside.hub_api import HubApi
from classhub.plan.records import Finished, Home, Kind, Record, Usage
from classhub.plan.running import Running
from classhub.plan.steps import Plan, Revision

Tell = Callable[[str], None]
"""Takes one sentence of progress."""


def silent(sentence: str) -> None:
    """A Tell that nobody hears."""


class Homes(Protocol):
    def list(self, sizes: bool = False, tell: Tell = silent) -> tuple[Home, ...]:
        """Every home, also of users who are gone; sizes only when asked for, as they cost a walk.

        tell hears what could not be told of them, and why.
        """
        ...

    def delete(self, name: str, tell: Tell = silent) -> None:
        """The home with this `path`, for good. Refused while it is in use, and where it may be more than one student's."""
        ...


class Target(Protocol):
    """Errors are ClasshubErrors: NotRunning without a hub, NotFound for an unknown name, NotHere for what a target cannot do."""

    def inspect(self, wanted: Config | None = None) -> Running | None:
        """What is there now; None when nothing ever ran here. `wanted` lets a target add what a dry run would change."""
        ...

    def apply(self, plan: Plan, tell: Tell) -> None:
        """Run the steps in order. Safe to run again after any interruption. A plan may lead back to revision N."""
        ...

    def history(self) -> list[Revision]:
        """What was applied, oldest first; each number is a way back."""
        ...

    def stop(self, keep_servers: bool, tell: Tell = silent) -> None:
        """Hub down, homes kept. Fine when nothing runs."""
        ...

    def remove(self, tell: Tell) -> None:
        """Everything but homes. Stops first."""
        ...

    def api(self) -> HubApi:
        """The running hub's API: a reachable address and a token of ours."""
        ...

    def records(self, who: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
        """Logs or events of a user or a part. previous: of the run before. follow: never ends by itself."""
        ...

    def run(self, who: str, argv: list[str], terminal: bool) -> Finished:
        """Run a program where this user's server (or this part) runs, as that user; its exit code is passed on."""
        ...

    def usage(self) -> Usage:
        """CPU, memory and disk by part and server."""
        ...

    def restart(self, part: str, tell: Tell) -> None:
        """Restart one part; students' servers go on."""
        ...

    def scale(self, pool: str, count: int, tell: Tell) -> None:
        """Nodes of a pool; on one machine the limit of simultaneous servers (pool "servers")."""
        ...

    def homes(self) -> Homes:
        """Students' homes."""
        ...


class Changeable(Target, Protocol):
    """A target that several commands may want to change at the same time."""

    def alone(self, tell: Tell) -> AbstractContextManager[object]:
        """Held while one command changes it. Another waits, or is refused in words."""
        ...

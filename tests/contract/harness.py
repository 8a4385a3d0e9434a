"""What the contract needs to try a Target: the target, settings that it accepts, a student's server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from classhub.config.model import Config, Login, Settings
from classhub.operations.machine import OnOneMachine
from doubles.target_memory import MemoryTarget

CANARY = "canary-secret-5b1d9e"


class Harness(Protocol):
    target: OnOneMachine

    def config(self, variant: int = 0) -> Config:
        """A folder that holds CANARY somewhere in its values. Another variant: other hub settings, same address."""
        ...

    def settings(self, variant: int = 0) -> Mapping[str, Any]:
        """The target's settings of that folder."""
        ...

    def start_server(self, user: str) -> None:
        """Bring that user's default server up and wait until it is ready. The hub runs."""
        ...


@dataclass
class MemoryHarness:
    target: MemoryTarget

    def config(self, variant: int = 0) -> Config:
        values = {"custom": {"canary": CANARY, "variant": variant}}
        return Config(self.target.folder, values, values, Settings(), Login("dummy", True, "", ("admin",), ()))

    def settings(self, variant: int = 0) -> Mapping[str, Any]:
        return self.target.settings(self.config(variant))

    def start_server(self, user: str) -> None:
        if user not in self.target.people.known:
            self.target.api().add_user(user)
        self.target.api().start_server(user)


@contextmanager
def make_memory(folder: Path) -> Iterator[Harness]:
    (folder / "config").mkdir()
    yield MemoryHarness(MemoryTarget(folder / "config"))


@contextmanager
def make_local(folder: Path) -> Iterator[Harness]:
    from contract import harness_local

    with harness_local.make_local(folder) as made:
        yield made


TARGETS: dict[str, Callable[[Path], AbstractContextManager[Harness]]] = {"memory": make_memory, "local": make_local}
"""name -> a context manager that takes an empty folder; it stops whatever still runs at its end."""

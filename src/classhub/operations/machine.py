"""What a hub on one machine can tell beyond the Target protocol: what `up`, `doctor` and `parity` ask."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from classhub.config.model import Config
from classhub.config.parity import Machine
from classhub.errors import ClasshubError
from classhub.plan.checks import Check
from classhub.plan.steps import Step
from classhub.targets.interface import Changeable, Tell


class OnOneMachine(Changeable, Protocol):
    def first_lines(self) -> list[str]:
        """What must be said before all else: "One person's trial: ..." when not root; often nothing."""
        ...

    def alone(self, tell: Tell) -> AbstractContextManager[None]:
        """Held while one command plans and applies. Another waits until it is let go, and `tell`s that it waits."""
        ...

    def settings(self, config: Config) -> Mapping[str, Any]:
        """The settings `config` stands for here, by part: {"proxy", "hub", "mirror", "culler"}.

        Nothing that runs changes; the folders and the ports of a hub that is to start are made: ask while `alone`.
        """
        ...

    def refusals(self, config: Config, steps: Sequence[Step]) -> Sequence[ClasshubError]:
        """Why `up` would be refused before it takes these steps, as far as looking tells. Changes nothing."""
        ...

    def follow(self) -> Iterator[str]:
        """What the supervisor says about its parts, a sentence each, until it ends. NotRunning when there is none."""
        ...

    def checks(self, config: Config | None = None) -> list[Check]:
        """What this machine has and lacks (for `config`), most important first. Works without a hub."""
        ...

    def machine(self) -> Machine:
        """Facts about this machine as `config.parity.rows` takes them."""
        ...

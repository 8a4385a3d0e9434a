"""What the contract needs to try a Target: the target, settings that it accepts, plans, a student's server."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from classhub.config.model import Config, Login, Settings
from classhub.operations.machine import OnOneMachine
from classhub.operations.on_cluster import OnACluster
from classhub.plan import changes
from classhub.plan.steps import Plan, Revision
from doubles.target_memory import MemoryTarget

CANARY = "canary-secret-5b1d9e"
TARGETS = ("memory", "local", *([] if os.environ.get("CLASSHUB_CLUSTER") == "no" else ["cluster"]))


class Harness(Protocol):
    target: OnOneMachine | OnACluster
    variant: int
    """The one that was applied last."""
    parts: tuple[str, ...]
    """That a hub has when all of it runs."""
    stay: frozenset[str]
    """Parts that a stop leaves alone."""
    pool: str
    """One that can be scaled, to 3."""
    start: str
    """The command that starts a hub."""
    lacks: Mapping[str, str]
    """What this target cannot honestly do, and why; a test says `needs(harness, "...")`."""

    def config(self, variant: int = 0) -> Config:
        """A folder that holds CANARY somewhere in its values. Another variant: other hub settings, same address."""
        ...

    def settings(self, variant: int = 0) -> Mapping[str, Any]:
        """The target's settings of that folder."""
        ...

    def digest(self, variant: int) -> str:
        """Running.settings_digest once that variant is in force."""
        ...

    def values(self, variant: int) -> Mapping[str, Any]:
        """InForce.values of that variant."""
        ...

    def plan(self, variant: int) -> Plan:
        """From what runs now to that variant."""
        ...

    def cut_short(self, plan: Plan) -> Plan:
        """Its steps up to the one that writes the settings: what comes after never happened."""
        ...

    def way_back(self, revision: Revision, outcome: str = "") -> Plan:
        """From what runs now to that revision. outcome: what becomes of the one of now."""
        ...

    def start_server(self, user: str) -> None:
        """Bring that user's default server up and wait until it is ready; fine when it runs. The hub runs."""
        ...


class OnThisMachine:
    """What local target and double have in common: the plans of plan/changes.py."""

    target: OnOneMachine
    parts = changes.PARTS
    stay: frozenset[str] = frozenset()
    pool = "servers"
    start = "classhub up"
    lacks: Mapping[str, str] = {}

    def config(self, variant: int = 0) -> Config:
        raise NotImplementedError

    def settings(self, variant: int = 0) -> Mapping[str, Any]:
        return self.target.settings(self.config(variant))

    def digest(self, variant: int) -> str:
        return changes.digest(self.settings(variant))

    def values(self, variant: int) -> Mapping[str, Any]:
        return self.config(variant).values

    def plan(self, variant: int) -> Plan:
        settings = self.settings(variant)
        return changes.plan(self.target.inspect(), settings, changes.digest(settings), what=f"variant {variant}")

    def cut_short(self, plan: Plan) -> Plan:
        return Plan(plan.steps[:1], plan.settings, plan.what)

    def way_back(self, revision: Revision, outcome: str = "") -> Plan:
        running = self.target.inspect()
        assert running is not None
        return changes.way_back(running, revision, outcome)


@dataclass
class MemoryHarness(OnThisMachine):
    target: MemoryTarget
    variant: int = field(default=0)
    parts = ("proxy", "hub", "culler")  # no course has material here

    def config(self, variant: int = 0) -> Config:
        values = {"custom": {"canary": CANARY, "variant": variant}}
        return Config(self.target.folder, values, values, Settings(), Login("dummy", True, "", ("admin",), ()))

    def start_server(self, user: str) -> None:
        if user not in self.target.people.known:
            self.target.api().add_user(user)
        self.target.api().start_server(user)


@contextmanager
def make_memory(folder: Path) -> Iterator[Harness]:
    (folder / "config").mkdir()
    yield MemoryHarness(MemoryTarget(folder / "config"))

"""The hub on Kubernetes as a Target. Each method is a few lines over the module that does it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

from classhub.config.load import settings_of
from classhub.config.model import Config, Settings
from classhub.config.overlay import deployed
from classhub.plan.recovery import Remains, Turn, judge
from classhub.plan.running import Running
from classhub.plan.steps import Revision
from classhub.targets.cluster import history, inspection, record, turn
from classhub.targets.cluster.connection import Connection
from classhub.targets.interface import Tell


class ClusterTarget:
    """Implements targets.interface.Target for the deployment folder `folder` (config/)."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.state = folder.parent / ".classhub" / "cluster"
        self._environ = environ

    @cached_property
    def _settings(self) -> Settings:
        """Of classhub.yaml alone: a mistake in config.yaml must not hide what runs."""
        return settings_of(self.folder)

    @cached_property
    def at(self) -> Connection:
        return Connection(self._settings, self._environ)

    # --- beyond the protocol: what deploy and rollback ask

    def settings(self, config: Config) -> Mapping[str, Any]:
        """What Helm is to be given. Holds secrets."""
        return {"chart": self._settings.chart.version, "values": deployed(config.own_values)}

    @contextmanager
    def alone(self, tell: Tell, operation: str = "deploy") -> Iterator[turn.Held]:
        """One command at a time; the record that it leaves if it is cut short is in `.left`."""
        now = inspection.newest(self.at.helm.history(self.at.release))
        mine = Turn(operation, turn.me(), time(), now.revision if now else 0)
        with turn.held(self.at.cluster, self.at.release, mine, tell) as held:
            yield held

    def remains(self, left: Turn | None) -> Remains:
        """What an interrupted command left. left: of the turn that was taken."""
        return judge(history.applied(self.at.helm.history(self.at.release)), left, time())

    # --- Target

    def inspect(self, wanted: Config | None = None) -> Running | None:
        release = inspection.newest(self.at.helm.history(self.at.release))
        if release is None:
            return None
        seen = inspection.look(self.at.cluster, self.at.release)
        return inspection.running(seen, release, self.at.helm.values(self.at.release, release.revision))

    def history(self) -> list[Revision]:
        known = record.read(self.at.cluster, self.at.release)
        return history.revisions(self.at.helm.history(self.at.release), known)

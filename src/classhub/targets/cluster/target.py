"""The hub on Kubernetes as a Target. Each method is a few lines over the module that does it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

from classhub.config.load import settings_of
from classhub.config.model import Config, Settings
from classhub.errors import NotFound
from classhub.outside.hub_api import HubApi
from classhub.plan.conflict import Conflict
from classhub.plan.in_force import DryRun
from classhub.plan.overview import Overview
from classhub.plan.records import Finished, Kind, Record, Usage
from classhub.plan.recovery import Remains, Turn, judge
from classhub.plan.running import Running
from classhub.plan.steps import Plan, Revision
from classhub.targets.cluster import (
    changing,
    database,
    dry_run,
    helm_lock,
    history,
    hub_door,
    inside,
    inspection,
    overview,
    record,
    records,
    removal,
    turn,
    usage,
    waiting,
)
from classhub.targets.cluster.applying import Applying
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.homes import ClusterHomes
from classhub.targets.cluster.labels import is_hubs
from classhub.targets.cluster.material import for_helm
from classhub.targets.interface import Tell, silent

TIMEOUT_S = 900
"""For Helm's hooks, and then for the parts of a release to run: a new node and its images take minutes."""
AWAY_S = 120
"""How long a way back waits for an API server that went away."""


class ClusterTarget:
    """Implements targets.interface.Target for the deployment folder `folder` (config/)."""

    def __init__(self, folder: Path, environ: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> None:
        self.folder = folder
        self.state = folder.parent / ".classhub" / "cluster"
        self.timeout_s = timeout_s
        self._environ = environ
        self._held: turn.Held | None = None

    @cached_property
    def _settings(self) -> Settings:
        """Of classhub.yaml alone: a mistake in config.yaml must not hide what runs."""
        return settings_of(self.folder)

    @cached_property
    def at(self) -> Connection:
        return Connection(self._settings, self._environ, self.state)

    # --- beyond the protocol: what deploy and rollback ask

    def settings(self, config: Config) -> Mapping[str, Any]:
        """What Helm is to be given. Holds secrets."""
        hidden = [list(way) for way in config.hidden]
        return {"chart": self._settings.chart_version, "values": for_helm(config), "hidden": hidden}

    def dry_run(self, config: Config) -> DryRun:
        """What a deploy would change, also of a release that is not there yet."""
        newest = inspection.newest(self.at.helm.history(self.at.release))
        return dry_run.dry_run(self.at, self.settings(config), config, newest)

    @contextmanager
    def alone(self, tell: Tell, operation: str = "deploy") -> Iterator[turn.Held]:
        """One command at a time; the record that one leaves which is cut short is in `.left`."""
        if self._held is not None:
            yield self._held
            return
        self.at.ensure_namespace()
        now = inspection.newest(self.at.helm.history(self.at.release))
        here = helm_lock.place(self.state)
        mine = Turn(operation, turn.me(), time(), now.revision if now else 0, place=here)
        with turn.held(self.at.cluster, self.at.release, mine, tell) as held, helm_lock.held(self.state, tell) as lock:
            self._held, self.at.helm.keep_fds = held, (lock,)
            try:
                if held.left is not None and operation in ("deploy", "rollback", "remove"):
                    database.sweep(self.at.cluster, self.at.release)
                yield held
            finally:
                self._held, self.at.helm.keep_fds = None, ()

    def is_there(self) -> bool:
        """Whether anything of the release is, if only half of it."""
        seen = inspection.look(self.at.cluster, self.at.release)
        return bool(seen.workloads or seen.pods or self.at.helm.history(self.at.release))

    def unfinished(self) -> Turn | None:
        """The record of a command that is at work, or was cut short."""
        return turn.peek(self.at.cluster, self.at.release)

    def remains(self, left: Turn | None) -> Remains:
        """What an interrupted command left. left: its record."""
        history_ = history.applied(self.at.helm.history(self.at.release))
        return judge(history_, left, time(), helm_lock.place(self.state))

    def mend(self, remains: Remains, tell: Tell) -> None:
        """Finish what is half done, so that Helm takes an upgrade again."""
        with self.alone(tell) as held:
            self._applying(held, tell).mend(remains)

    def conflicts(self, revision: int) -> tuple[Conflict, ...]:
        """What other tools changed, that a way back to that revision would set back."""
        self._must_know(revision)
        return dry_run.Asked.of(self.at, self.at.helm.manifest(self.at.release, revision)).conflicts

    def holds_database(self) -> bool:
        """Whether a hub's claim is there, of a release that was here before."""
        claims = self.at.cluster.list("PersistentVolumeClaim")
        return any(is_hubs(one, self.at.release) for one in claims)

    def take_away(self, tell: Tell) -> None:
        """Of a first installation that failed: all that it made."""
        with self.alone(tell) as held:
            removal.take_away(self.at, held, timeout_s=self.timeout_s)

    def await_cluster(self, tell: Tell, longest_s: float = AWAY_S) -> None:
        """Until its API answers again; what is wrong after that, the next call tells."""
        waiting.until_it_answers(self.at.cluster, tell, longest_s)

    def _applying(self, held: turn.Held, tell: Tell) -> Applying:
        return Applying(self.at, self.state, held, tell, timeout_s=self.timeout_s, api=self.api)

    def overview(self) -> Overview | None:
        """Everything on one screen; None where nothing is installed."""
        release = inspection.newest(self.at.helm.history(self.at.release))
        return None if release is None else overview.overview(self.at, self.api, release)

    # --- Target

    def inspect(self, wanted: Config | None = None) -> Running | None:
        release = inspection.newest(self.at.helm.history(self.at.release))
        if release is None:
            return None
        seen = inspection.look(self.at.cluster, self.at.release)
        found = inspection.running(seen, release, self.at.helm.values(self.at.release, release.revision))
        if wanted is None:
            return found
        return replace(found, dry=dry_run.dry_run(self.at, self.settings(wanted), wanted, release))

    def apply(self, plan: Plan, tell: Tell) -> None:
        if plan.revision is not None:
            self._must_know(plan.revision)
        with self.alone(tell, "rollback" if plan.revision else "deploy") as held:
            self._applying(held, tell).run(plan)

    def _must_know(self, revision: int) -> None:
        if revision not in [one.revision for one in self.at.helm.history(self.at.release)]:
            raise NotFound(f"There is no revision {revision}.", fix="classhub -t cluster history")

    def history(self) -> list[Revision]:
        known = record.read(self.at.cluster, self.at.release)
        return history.revisions(self.at.helm.history(self.at.release), known)

    def stop(self, keep_servers: bool, tell: Tell = silent) -> None:
        seen = inspection.look(self.at.cluster, self.at.release)
        if not seen.workloads and not seen.pods:
            return
        with self.alone(tell, "stop") as held:
            changing.undisturbed(held, self.remains)
            changing.stop(self.at, self.api, keep_servers, tell)

    def remove(self, tell: Tell) -> None:
        with self.alone(tell, "remove") as held:
            removal.remove(self.at, held, self.api, tell, state=self.state, timeout_s=self.timeout_s)

    def api(self) -> HubApi:
        return hub_door.open_api(self.at.cluster, self.at.release)

    def records(self, who: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
        at = self.at
        return records.read(at.cluster, at.release, self.api, who=who, kind=kind, previous=previous, follow=follow)

    def run(self, who: str, argv: list[str], terminal: bool) -> Finished:
        found = records.find(self.at.cluster, self.at.release, self.api, who)
        return inside.run(self.at.cluster, found, argv, terminal)

    def run_aloud(self, who: str, argv: list[str], out: inside.Sink, err: inside.Sink) -> Finished:
        """The same without a terminal, for who reads what the program says as it comes: nothing of it is kept."""
        found = records.find(self.at.cluster, self.at.release, self.api, who)
        return inside.run_aloud(self.at.cluster, found, argv, out, err)

    def usage(self) -> Usage:
        return usage.usage(self.at.cluster, self.at.release)

    def restart(self, part: str, tell: Tell) -> None:
        changing.must_be_there(self.at)
        with self.alone(tell, "restart") as held:
            changing.undisturbed(held, self.remains)
            changing.restart(self.at, part, tell, self.timeout_s)

    def scale(self, pool: str, count: int, tell: Tell) -> None:
        changing.must_be_there(self.at)
        with self.alone(tell, "scale") as held:
            changing.undisturbed(held, self.remains)
            changing.scale(self.at, pool, count, tell)

    def homes(self) -> ClusterHomes:
        return ClusterHomes(self.at.cluster, self.at.release, self.api)

"""The hub on this machine as a Target. Each method is a few lines over the module that does it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from classhub.config.model import Config
from classhub.errors import ClasshubError, NotRunning, OutsideFailed
from classhub.outside.hub_api import HubApi
from classhub.plan.checks import Check
from classhub.plan.in_force import DryRun
from classhub.plan.records import Finished, Kind, Record, Usage
from classhub.plan.running import Running, State
from classhub.plan.steps import Plan, Revision, Step
from classhub.targets.interface import Tell, silent
from classhub.targets.local import (
    changing,
    checks,
    control,
    dry_run,
    foresight,
    history,
    home_checks,
    inside,
    inspection,
    records,
    starting,
    stopping,
    usage,
)
from classhub.targets.local.alone import alone
from classhub.targets.local.homes import LocalHomes
from classhub.targets.local.machine import NO_MACHINE, Machine, ensure_machine
from classhub.targets.local.owners import refuse_foreign
from classhub.targets.local.paths import Paths, ensure_folders, paths_of
from classhub.targets.local.settings import door, settings


class LocalTarget:
    """Implements targets.interface.Target for the deployment folder `folder` (config/)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder.parent / ".classhub"

    @property
    def paths(self) -> Paths:
        """As the applied settings say; the homes may lie elsewhere."""
        try:
            homes = Path(self._applied()["hub"]["machine"]["folders"]["homes"])
        except (FileNotFoundError, KeyError, TypeError, OutsideFailed):
            homes = None
        return paths_of(self.state, homes)

    # --- what one machine tells beyond the protocol

    def first_lines(self) -> list[str]:
        """Said before all else."""
        return checks.first_lines() or home_checks.first_lines(self.paths)

    def alone(self, tell: Tell) -> AbstractContextManager[None]:
        """One command at a time plans and applies."""
        return alone(self.state, tell, make=self.folder.is_dir())

    def settings(self, config: Config) -> Mapping[str, Any]:
        """The settings of `config` here; makes folders, ports and tokens of this deployment the first time."""
        checks.refuse_open_address(config)
        paths = paths_of(self.state, config.settings.homes_folder)
        ensure_folders(paths)
        starting.need_sound_state(paths)
        home_checks.refuse_vanished(paths)
        starting.record_uids(paths)
        machine = ensure_machine(paths.machine_json)
        if self._supervisor() is None and not inspection.anything_lives(paths):
            machine = starting.usable_ports(paths, machine)
        return _settings(config, machine, paths)

    def follow(self) -> Iterator[str]:
        """The supervisor's sentences until it ends."""
        return control.follow(self.paths)

    def checks(self, config: Config | None = None) -> list[Check]:
        """For doctor."""
        paths = paths_of(self.state, config.settings.homes_folder) if config else self.paths
        return checks.all_checks(paths, config)

    def refusals(self, config: Config, steps: Sequence[Step]) -> list[ClasshubError]:
        """Looks only."""
        paths = paths_of(self.state, config.settings.homes_folder)
        applied = self._applied() if paths.hub_json.exists() else None
        plan = Plan(tuple(steps), _settings(config, NO_MACHINE, paths))
        return foresight.refusals(paths, config, plan, applied)

    def machine(self) -> Any:
        """For parity."""
        return checks.machine()

    # --- Target

    def inspect(self, wanted: Config | None = None) -> Running | None:
        if not self.paths.hub_json.exists():
            return None
        running = inspection.running(
            self.paths, self._applied(), self._supervisor(), history.newest(self.paths.history)
        )
        return running if wanted is None else replace(running, dry=self._dry_run(running, wanted))

    def _dry_run(self, running: Running, wanted: Config) -> DryRun:
        """Changes nothing: ports and tokens are those of the last `up`."""
        checks.refuse_open_address(wanted)
        paths = paths_of(self.state, wanted.settings.homes_folder)
        known = ensure_machine(paths.machine_json) if paths.machine_json.exists() else NO_MACHINE
        return dry_run.dry_run(running, self._applied(), _settings(wanted, known, paths), paths.history)

    def apply(self, plan: Plan, tell: Tell) -> None:
        changing.apply(self.paths, plan, tell)

    def history(self) -> list[Revision]:
        return history.revisions(self.paths.history)

    def stop(self, keep_servers: bool, tell: Tell = silent) -> None:
        refuse_foreign(self.state, "classhub down")
        stopping.stop(self.paths, keep_servers, tell)

    def remove(self, tell: Tell) -> None:
        self.stop(False, tell)
        stopping.remove_state(self.paths, tell)

    def api(self) -> HubApi:
        running = self.inspect()
        if running is None or running.state is State.STOPPED:
            raise NotRunning("No hub runs here.", fix="classhub up")
        applied = self._applied()
        proxy = applied["proxy"]
        return HubApi(proxy["url"], applied["hub"]["tokens"]["classhub"], via=door(proxy))

    def records(self, who: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
        return records.read(self.paths, self._as_known(who), kind, previous, follow)

    def run(self, who: str, argv: list[str], terminal: bool) -> Finished:
        return inside.run(self.paths, self._as_known(who), argv, terminal)

    def usage(self) -> Usage:
        running = self.inspect()
        if running is None or running.state is State.STOPPED:
            raise NotRunning("No hub runs here, so nothing uses anything.", fix="classhub up")
        return usage.usage(running.parts, self.paths)

    def restart(self, part: str, tell: Tell) -> None:
        records.need_part(part)
        refuse_foreign(self.state, f"classhub restart {part}")
        if self._supervisor() is None:
            raise NotRunning("No hub runs here.", fix="classhub up")
        changing.restart(self.paths, part, tell)

    def scale(self, pool: str, count: int, tell: Tell) -> None:
        refuse_foreign(self.state, f"classhub scale {pool} {count}")
        changing.scale(self.paths, pool, count, tell)

    def homes(self) -> LocalHomes:
        return LocalHomes(self.paths)

    # --- small things

    def _as_known(self, who: str) -> str:
        """As the hub writes this name, if nobody was here under what was typed: Jane.Doe is jane.doe."""
        user, slash, server = who.partition("/")
        known = records.known_users(self.paths)
        if user in known or user in records.LOGGED:
            return who
        try:
            with self.api() as api:
                written = api.spelling(user).name
        except ClasshubError:
            written = user.lower()
        return f"{written}{slash}{server}" if written in known else who

    def _applied(self) -> dict[str, Any]:
        return changing.applied(paths_of(self.state))

    def _supervisor(self) -> dict[str, Any] | None:
        """Its answer, or None when nobody listens."""
        try:
            return control.ask(paths_of(self.state), {"do": "status"}, timeout_s=10)
        except NotRunning:
            return None


def _settings(config: Config, machine: Machine, paths: Paths) -> dict[str, Any]:
    return settings(config, machine, paths, is_root=os.geteuid() == 0, cores=os.cpu_count() or 1)

"""A Target that lives in this process: the contract's first implementation, and what commands are tested on.

Programs really run, homes are real folders; only hub, proxy and culler are make-believe.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from classhub.config.model import Config, Login
from classhub.config.parity import Machine
from classhub.errors import NotFound, NotHere, NotRunning, OutsideFailed
from classhub.outside import process
from classhub.plan import changes
from classhub.plan.checks import Check
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.records import Finished, Home, Kind, Record, Usage, UsageRow
from classhub.plan.running import Part, Running, Server, State
from classhub.plan.steps import Plan, Revision
from classhub.targets.interface import Tell, silent
from doubles.target_memory_api import MemoryApi

ADDRESS = "http://127.0.0.1:8000/"


def _in_force(settings: Mapping[str, Any]) -> InForce:
    port = {"local.port": settings["proxy"]["port"]}
    return InForce(settings["hub"]["values"], Login(**settings["login"]), port, settings.get("hidden"))


@dataclass
class MemoryHomes:
    folder: Path

    def list(self, sizes: bool = False, tell: Tell = silent) -> tuple[Home, ...]:
        return tuple(self._home(path, sizes) for path in sorted(self.folder.iterdir()))

    def delete(self, name: str, tell: Tell = silent) -> None:
        raise NotHere("ClassHub deletes no home on this machine.", fix=f"look at it, then: rm -r {name}")

    def _home(self, path: Path, sizes: bool) -> Home:
        size = sum(file.stat().st_blocks * 512 for file in path.rglob("*")) if sizes else None
        return Home(path.name, str(path), size, path.stat().st_mtime)


@dataclass
class MemoryTarget:
    """first, found, saying: what a test wants it to say. breaks: which steps fail; breaks_once: the first time only."""

    folder: Path
    first: list[str] = field(default_factory=list)
    found: list[Check] = field(default_factory=list)
    saying: list[str] = field(default_factory=list)
    breaks: dict[str, BaseException] = field(default_factory=dict)
    breaks_once: bool = False
    supervised: bool = False
    parts: dict[str, Part] = field(default_factory=dict)
    started: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The settings that each part was started with."""
    servers: dict[tuple[str, str], Server] = field(default_factory=dict)
    applied: list[tuple[Revision, Mapping[str, Any]]] = field(default_factory=list)
    logs: dict[str, list[Record]] = field(default_factory=dict)
    earlier_logs: dict[str, list[Record]] = field(default_factory=dict)
    events: dict[str, list[Record]] = field(default_factory=dict)
    limit: int = 0

    def __post_init__(self) -> None:
        self.homes_folder = self.folder.parent / "homes"
        self.homes_folder.mkdir(exist_ok=True)
        self.people = MemoryApi(self)

    # the Target protocol

    def inspect(self, wanted: Config | None = None) -> Running | None:
        if not self.applied:
            return None
        revision, _ = self.applied[-1]
        running = Running(
            self._state(),
            ADDRESS if self.parts else "",
            tuple(self.parts.values()),
            tuple(self.servers.values()),
            revision.number,
            revision.digest,
            {part: changes.digests(self.started[part]) for part in self.parts},
            supervised=self.supervised or not self.parts,
            written=revision.when,
        )
        return running if wanted is None else replace(running, dry=self._dry_run(running, self.settings(wanted)))

    def _dry_run(self, running: Running, wanted: Mapping[str, Any]) -> DryRun:
        applied = self.applied[-1][1]
        before = self.started["hub"] if "hub" in self.parts else applied
        return DryRun(wanted, _in_force(wanted), _in_force(before), before != applied == wanted)

    def apply(self, plan: Plan, tell: Any) -> None:
        settings = self._of_revision(plan.revision) if plan.revision is not None else plan.settings
        for step in plan.steps:
            tell(step.sentence)
            if step.do in self.breaks:
                raise self.breaks.pop(step.do) if self.breaks_once else self.breaks[step.do]
            self._do(step.do, settings, plan.what)

    def history(self) -> list[Revision]:
        return [revision for revision, _ in self.applied]

    def stop(self, keep_servers: bool, tell: Tell = silent) -> None:
        self.parts.clear()
        self.supervised = False
        if not keep_servers:
            self.servers.clear()

    def remove(self, tell: Any) -> None:
        self.stop(keep_servers=False)
        for kept in (self.applied, self.logs, self.earlier_logs, self.events):
            kept.clear()  # type: ignore[attr-defined]
        self.people = MemoryApi(self)
        tell("Removed.")

    def api(self) -> Any:
        self._must_run()
        return self.people

    def records(self, who: str, kind: Kind, previous: bool, follow: bool) -> Iterator[Record]:
        source = self.events if kind is Kind.EVENTS else self.earlier_logs if previous else self.logs
        if who in changes.PARTS and not self.applied:
            raise NotRunning("The hub does not run.", fix="Start it: `classhub up`.")
        if who not in self.logs:
            raise NotFound(f"There is no log of {who!r}.", fix="See who is there: `classhub status`.")
        yield from list(source.get(who, ()))
        while follow:
            time.sleep(0.01)

    def run(self, who: str, argv: list[str], terminal: bool) -> Finished:
        if (who, "") not in self.servers and who not in self.parts:
            raise NotRunning(f"No server of {who} runs.", fix="It starts when they sign in.")
        done = process.run(argv, check=False, exact=True)
        return Finished(done.code, done.out, done.err)

    def usage(self) -> Usage:
        self._must_run()
        rows = [UsageRow(name, "part", time.process_time(), 50_000_000) for name in self.parts]
        rows += [UsageRow(user, "server", 0.5, 60_000_000, 1_000_000_000) for user, _ in self.servers]
        return Usage((*rows, UsageRow("machine", "machine", None, None)), 10**9, 10**10)

    def restart(self, part: str, tell: Any) -> None:
        self._must_run()
        if part not in self.parts:
            raise NotFound(f"There is no part {part!r}.", fix=f"Name one of: {', '.join(self.parts)}.")
        tell(f"The {part} restarts.")
        self._restart(part)

    def scale(self, pool: str, count: int, tell: Any) -> None:
        if pool != "servers":
            raise NotFound(f"There is no pool {pool!r} on one machine.", fix="Name the pool `servers`.")
        self.limit = count
        tell(f"At most {count} servers at the same time.")

    def homes(self) -> MemoryHomes:
        return MemoryHomes(self.homes_folder)

    # what only one machine has

    def first_lines(self) -> list[str]:
        return self.first

    def alone(self, tell) -> AbstractContextManager[None]:
        return nullcontext()

    def settings(self, config: Config) -> Mapping[str, Any]:
        return {
            "proxy": {"port": config.settings.local.port},
            "hub": {"values": dict(config.values)},
            "culler": {"every": 60},
            "login": asdict(config.login),
            "hidden": list(config.hidden),
        }

    def checks(self, config: Config | None = None) -> list[Check]:
        return self.found

    def machine(self) -> Machine:
        return Machine(is_root=False, memory_limits=False, cpu_limits=False)

    def follow(self) -> Iterator[str]:
        yield from self.saying

    # how it does it

    def start_server(self, user: str) -> None:
        self.servers[(user, "")] = Server(user, since=time.time())
        (self.homes_folder / user).mkdir(exist_ok=True)
        self._log(user, "The server started.")

    def _state(self) -> State:
        if not self.parts:
            return State.STOPPED
        states = {part.state for part in self.parts.values()}
        return next((state for state in (State.FAILING, State.STARTING) if state in states), State.RUNNING)

    def _must_run(self) -> None:
        if not self.parts:
            raise NotRunning("No hub runs here.", fix="classhub up")

    def _of_revision(self, number: int) -> Mapping[str, Any]:
        for revision, settings in self.applied:
            if revision.number == number:
                return settings
        raise NotFound(f"There is no revision {number}.", fix="See them: `classhub history`.")

    def _do(self, do: str, settings: Mapping[str, Any], what: str) -> None:
        verb, name = do.split(" ", 1)
        if do == "write settings":
            self._write(settings, what)
        elif verb == "mark":
            self.applied[-1] = (replace(self.applied[-1][0], outcome=name), self.applied[-1][1])
        elif do == "start supervisor":
            self.supervised = True
        elif name not in changes.PARTS:
            raise OutsideFailed(f"There is no step {do!r}.")
        elif verb == "start":
            if name not in self.parts:
                self.parts[name] = self._part(name)
        elif verb == "restart":
            self._restart(name)
        elif verb == "stop":
            self.parts.pop(name, None)

    def _write(self, settings: Mapping[str, Any], what: str) -> None:
        digest = changes.digest(settings)
        if not self.applied or self.applied[-1][0].digest != digest:
            number, digests = len(self.applied) + 1, changes.digests(settings)
            self.applied.append((Revision(number, time.time(), "admin", what, digest, digests), settings))

    def _part(self, name: str) -> Part:
        self._log(name, f"The {name} started.")
        self.started[name] = self.applied[-1][1]
        return Part(name, State.RUNNING, pid=4242, since=time.time())

    def _restart(self, name: str) -> None:
        before = self.parts.get(name)
        self.earlier_logs[name] = self.logs.pop(name, [])
        restarts = before.restarts + 1 if before else 0
        self.parts[name] = replace(self._part(name), restarts=restarts)

    def _log(self, who: str, text: str) -> None:
        self.logs.setdefault(who, []).append(Record(text, time.time(), who))
        self.events.setdefault(who, []).append(Record(text, time.time(), who))

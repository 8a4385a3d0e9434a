"""One watched part: start it, adopt it, notice its end at once, start it again with growing pauses."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classhub.plan.running import State
from classhub.targets.local import reasons
from classhub.targets.local.commands import Command
from classhub.walls import identity
from classhub.walls.identity import Identity

QUICK_DEATH_S = 10
"""A part that lived shorter counts as failing."""
FAILING_AFTER = 3
"""Quick deaths in a row."""
PAUSES_S = (0.1, 0.5, 2, 5, 10, 30)


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


@dataclass
class Watch:
    """State of one part. `make` gives the command anew at each start; `answers` says whether the part serves."""

    name: str
    make: Callable[[], Command | None]
    answers: Callable[[], Awaitable[bool]]
    tell: Callable[[str], None]
    changed: Callable[[], None]
    may_start: Callable[[], bool] = lambda: True
    """Asked until true before each start: the culler waits for its hub."""
    process: Identity | None = None
    since: float = 0
    state: State = State.STOPPED
    restarts: int = 0
    deaths: int = 0
    wanted: bool = False
    _child: "subprocess.Popen[bytes] | None" = None
    _wrote: tuple[Path, int] | None = None
    """Its log, and where in it the newest start begins."""
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def child(self) -> int | None:
        """Pid of a process that we started ourselves."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Begin to watch: adopt what lives, else start it. Nothing when it is watched already."""
        self.wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        while self.wanted:
            if (self.process is None or not identity.is_alive(self.process)) and not await self._launch():
                return
            await self._live()
            if self.wanted:
                await self._mourn()

    async def _launch(self) -> bool:
        """False when these settings do without this part."""
        self._child = None
        if not self.may_start():
            self._set(State.STARTING)
        while not self.may_start():
            await asyncio.sleep(0.1)
        try:
            command = self.make()
            if command is None:
                self.wanted = False
                self._set(State.STOPPED)
                return False
            self._popen(command)
        except (OSError, ValueError) as error:
            # counted as a death: said, then tried again after a pause
            self.tell(f"The {self.name} could not be started: {error}")
            self.deaths = max(self.deaths, FAILING_AFTER)
        self.process = identity.of(self._child.pid) if self._child else None
        self.since = time.time()
        self._set(State.STARTING if self.deaths < FAILING_AFTER else State.FAILING)
        return True

    def _popen(self, command: Command) -> None:
        with command.log.open("ab") as log:
            self._wrote = (command.log, log.tell())
            command.log.chmod(0o600)
            self._child = subprocess.Popen(
                command.argv,
                cwd=command.cwd,
                env=dict(command.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
            )

    async def _live(self) -> None:
        """Until its process is gone."""
        ended = asyncio.ensure_future(self._ended())
        ready = asyncio.ensure_future(self._until_answers())
        try:
            await asyncio.wait([ended, ready], return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                self._set(State.RUNNING)
                await ended
        finally:
            ready.cancel()
            ended.cancel()
            self._reap()

    async def _until_answers(self) -> None:
        while not await self.answers():
            await asyncio.sleep(0.05)

    async def _ended(self) -> None:
        handle = identity.open_pidfd(self.process) if self.process else None
        if handle is None:
            while self.process and identity.is_alive(self.process):
                await asyncio.sleep(0.2)
            return
        loop = asyncio.get_running_loop()
        gone = loop.create_future()
        loop.add_reader(handle, _settle, gone)
        try:
            await gone
        finally:
            loop.remove_reader(handle)
            os.close(handle)

    def _reap(self) -> None:
        if self._child is not None:
            self._child.poll()

    async def _mourn(self) -> None:
        """Say it, count it, wait a little."""
        self.deaths = self.deaths + 1 if time.time() - self.since < QUICK_DEATH_S else 1
        if self._will_fail_again():
            self.deaths = max(self.deaths, FAILING_AFTER)
        self.restarts += 1
        self.process = None
        self._set(State.FAILING if self.deaths >= FAILING_AFTER else State.STARTING)
        self.tell(f"The {self.name} ended{self._how()}; it is started again.")
        await asyncio.sleep(PAUSES_S[min(self.deaths - 1, len(PAUSES_S) - 1)])

    def _will_fail_again(self) -> bool:
        """By what it wrote since its start, as a setting of the wrong type: said at once, not after three tries."""
        if self._wrote is None:
            return False
        path, start = self._wrote
        with suppress(OSError), path.open("rb") as log:
            log.seek(start)
            return reasons.is_hopeless(log.read(65536).decode(errors="replace").splitlines())
        return False

    def _how(self) -> str:
        code = self._child.returncode if self._child else None
        if code is None:
            return ""
        return f" (exit code {code})" if code >= 0 else f" (signal {signal.Signals(-code).name})"

    async def stop(self, patience_s: float = 10) -> None:
        """End it and stop watching."""
        self.wanted = False
        await self._end_process(patience_s)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._reap()
        self.process = None
        self.deaths = 0
        self._set(State.STOPPED)

    async def _end_process(self, patience_s: float) -> None:
        if self.process is None:
            return
        identity.send(self.process, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while identity.is_alive(self.process) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        identity.send(self.process, signal.SIGKILL)

    async def restart(self) -> None:
        """Stop and start with the command of now."""
        await self.stop()
        self.start()

    def _set(self, state: State) -> None:
        self.state = state
        self.changed()

    def as_json(self) -> dict[str, Any]:
        """For parts.json and the control socket."""
        process = self.process.to_json() if self.process else None
        return {
            "name": self.name,
            "state": self.state.value,
            "process": process,
            "since": self.since,
            "restarts": self.restarts,
            "deaths": self.deaths,
        }

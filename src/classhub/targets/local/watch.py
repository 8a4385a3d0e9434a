"""One watched part: start it, adopt it, notice its end at once, start it again with growing pauses."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from classhub.plan.running import State
from classhub.targets.local import child, reasons
from classhub.targets.local.child import Child
from classhub.targets.local.commands import Command
from classhub.walls.identity import Identity

QUICK_DEATH_S = 10
"""A part that lived shorter counts as failing."""
FAILING_AFTER = 3
"""Quick deaths in a row."""
PAUSES_S = (0.1, 0.5, 2, 5, 10, 30)
CANNOT_START = (OSError, ValueError, KeyError, TypeError)
"""A program that is not here, a full disk, settings that were damaged meanwhile."""


@dataclass
class Watch:
    """State of one part. `make` gives the command anew at each start; `answers` says whether the part serves.

    Starts, stops and restarts take turns; once closed, nothing starts any more.
    """

    name: str
    make: Callable[[], Command | None]
    answers: Callable[[], Awaitable[bool]]
    tell: Callable[[str], None]
    changed: Callable[[], None]
    may_start: Callable[[], bool] = lambda: True
    """Asked until true before each start: the culler waits for its hub."""
    child: Child | None = None
    since: float = 0
    state: State = State.STOPPED
    restarts: int = 0
    deaths: int = 0
    wanted: bool = False
    closed: bool = False
    cannot: str = ""
    """Why it could not even be started; empty once it was."""
    launched: Mapping[str, str] = field(default_factory=dict)
    """Digests of the settings that `child` was started with."""
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def process(self) -> Identity | None:
        return self.child.identity if self.child else None

    async def start(self) -> None:
        """Begin to watch: adopt what lives, else start it. Nothing when it is watched already."""
        async with self._turn:
            self._start()

    async def stop(self, patience_s: float = 10) -> None:
        """End it and stop watching."""
        async with self._turn:
            await self._stop(patience_s)

    async def restart(self, patience_s: float = 10) -> None:
        """Stop and start with the command of now."""
        async with self._turn:
            await self._stop(patience_s)
            self._start()

    def adopt(self, was: Mapping[str, Any], process: Identity) -> None:
        """Take over what an earlier supervisor started."""
        self.child = Child(process)
        self.since, self.restarts = was.get("since", 0), was.get("restarts", 0)
        self.launched = was.get("launched") or {}

    def _start(self) -> None:
        if self.closed:
            return
        self.wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._keep())
            self._task.add_done_callback(self._kept)

    async def _stop(self, patience_s: float) -> None:
        self.wanted = False
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        ending, self.child = self.child, None
        if ending is not None:
            await ending.end(patience_s)
        self.deaths = 0
        self._set(State.STOPPED)

    async def _keep(self) -> None:
        while self.wanted:
            if (self.child is None or not self.child.alive) and not await self._launch():
                return
            await self._live()
            await self._mourn()

    def _kept(self, task: "asyncio.Task[None]") -> None:
        """A mistake of ours must not leave a part unwatched in silence."""
        if not task.cancelled() and (error := task.exception()):
            self.tell(f"The {self.name} is not watched any more: {error!r}")
            self._set(State.FAILING)

    async def _launch(self) -> bool:
        """False when these settings do without this part."""
        self.child = None
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
            self.child, self.launched, self.cannot = child.start(command), command.launched, ""
        except CANNOT_START as error:
            # counted as a death: said, then tried again after a pause
            self.cannot = str(error)
            self.tell(f"The {self.name} could not be started: {error}")
            self.deaths = max(self.deaths, FAILING_AFTER)
        self.since = time.time()
        self._set(State.STARTING if self.deaths < FAILING_AFTER else State.FAILING)
        return True

    async def _live(self) -> None:
        """Until its process is gone."""
        if self.child is None:
            return
        ended = asyncio.ensure_future(self.child.ended())
        ready = asyncio.ensure_future(self._until_answers())
        try:
            await asyncio.wait([ended, ready], return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                self._set(State.RUNNING)
                await ended
        finally:
            ready.cancel()
            ended.cancel()
            self.child.bury()

    async def _until_answers(self) -> None:
        while not await self._does_answer():
            await asyncio.sleep(0.05)

    async def _does_answer(self) -> bool:
        try:
            return await self.answers()
        except CANNOT_START:
            return False

    async def _mourn(self) -> None:
        """Say it, count it, wait a little."""
        dead, self.child = self.child, None
        self.deaths = self.deaths + 1 if time.time() - self.since < QUICK_DEATH_S else 1
        if dead is not None and reasons.is_hopeless(dead.wrote()):
            # as a setting of the wrong type: said at once, not after three tries
            self.deaths = max(self.deaths, FAILING_AFTER)
        self.restarts += 1
        self._set(State.FAILING if self.deaths >= FAILING_AFTER else State.STARTING)
        self.tell(f"The {self.name} ended{dead.how() if dead else ''}; it is started again.")
        await asyncio.sleep(PAUSES_S[min(self.deaths - 1, len(PAUSES_S) - 1)])

    def _set(self, state: State) -> None:
        self.state = state
        self.changed()

    def as_json(self) -> dict[str, Any]:
        """For parts.json and the control socket."""
        return {
            "name": self.name,
            "state": self.state.value,
            "process": self.process.to_json() if self.process else None,
            "since": self.since,
            "restarts": self.restarts,
            "deaths": self.deaths,
            "cannot": self.cannot,
            "launched": dict(self.launched),
        }

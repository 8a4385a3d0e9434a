"""A student's server as a process of this machine: what JupyterHub asks of a spawner. birth.py makes the process."""

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import Dict, Integer

from classhub.errors import ClasshubError
from classhub.hub import limits, probe, reasons, registry
from classhub.hub.home import UnusableHome
from classhub.hub.lives import Lives
from classhub.hub.order import Order
from classhub.hub.reasons import Reason
from classhub.hub.running import Running
from classhub.hub.starts import Starts
from classhub.hub.story import Story
from classhub.walls import names

LONGEST_POLL_S = 5
"""The end of a process is noticed at once (pidfd); the poll is for machines without."""


class CannotStart(Exception):
    """A start that failed, in words for the student; JupyterHub shows `jupyterhub_message` on its page."""

    def __init__(self, sentence: str, try_again: bool = False) -> None:
        super().__init__(sentence)
        self.try_again = try_again
        self.jupyterhub_message = f"{sentence}. Your files are safe. Your instructor can see more in its log."


class ClassHubSpawner(Spawner):  # type: ignore[misc,unused-ignore]
    """Configured by hub.json only; see hub/local_traits.py."""

    machine = Dict(config=True, help="Folders, interpreter, courses and walls of this machine.")
    proxy_settings = Dict(config=True, help="The proxy part of hub.json.")
    own_start_timeout = Integer(300, config=True, help="Seconds from a server's turn to its first answer.")

    _lives = Lives()
    _queue: Starts | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poll_interval: int = min(int(self.poll_interval), LONGEST_POLL_S)

    async def start(self) -> str:
        """Queue, start, wait until it answers. The internal address comes back."""
        self._story.begin()
        await self._wait_for_turn_and_start()
        self._running.watch(self._known())
        return self._url()

    async def stop(self, now: bool = False) -> None:
        """End server and kernels. now: with little patience."""
        if entry := self._known():
            self._tell_memory_kills(entry)
            await self._running.end(entry, 0.5 if now else 10)
            self._story.say("The server was stopped.")

    async def poll(self) -> int | None:
        """None while exactly the process that we started lives."""
        entry = self._known()
        if entry is None:
            return 0
        if entry.alive:
            self._tell_memory_kills(entry)
            return None
        code = await self._running.exit_code()
        if not self._running.is_ending(entry):
            why = self._why(entry, code)
            self._story.say(f"The server ended. {why.student}.", f"The server ended. {why.admin}.")
        await self._running.end(entry, 0)
        return 0 if code is None else code

    async def get_url(self) -> str:
        """The inner address of now; JupyterHub asks after it restarted."""
        self._running.watch(self._known())
        await self._ensure_route()
        return f"{self._url()}{self.server.base_url}"

    def get_state(self) -> dict[str, Any]:
        """The plain pid that other code expects, and beside it the identity that no other process can have."""
        state = dict(super().get_state())
        if entry := self._known():
            state.update(pid=entry.process.pid, process=entry.process.to_json())
        return state

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the waiting page shows."""
        async for sentence in self._story.follow(lambda: not (self._spawn_future is None or self._spawn_future.done())):
            yield sentence

    async def _wait_for_turn_and_start(self) -> None:
        async with self._starts().turn(self.user.name, self.name, self._say_place):
            if full := limits.no_room(self.machine, (self.user.name, self.name), self._starts().under_way):
                raise self._cannot(Reason(full, full))
            self._story.say("The server is starting.")
            try:
                await self._start_once(rescue=False)
            except CannotStart as first:
                if not first.try_again:
                    raise
                self._story.say("Trying once more without the settings in the home.")
                await self._start_once(rescue=True)
            self._story.say("The server is ready.")

    def _say_place(self, place: int) -> None:
        self._story.say(f"Waiting for a free place: {place} in line. It starts by itself.")

    async def _start_once(self, rescue: bool) -> None:
        try:
            entry = await self._running.begin(self._order(), rescue)
        except (OSError, ClasshubError, UnusableHome) as error:
            raise self._cannot(reasons.of(error)) from error
        try:
            await self._ensure_route()
            await self._answer(entry)
        except BaseException:
            await self._running.end(entry, 2)
            raise

    def _order(self) -> Order:
        return Order(
            user=self.user.name,
            server=self.name,
            machine=self.machine,
            sockets=Path(self.proxy_settings["sockets"]),
            command=self.cmd,
            arguments=self.get_args(),
            given=self.get_env(),
            prefix=self.server.base_url,
            limits=limits.of(self),
        )

    async def _answer(self, entry: registry.Entry) -> None:
        """Until it answers; at once when it has died."""
        if await probe.wait(entry, f"{self.server.base_url}api", self.own_start_timeout):
            await self._running.answered(entry)
            return
        if entry.alive:
            late = f"It did not answer within {self.own_start_timeout} s"
            raise self._cannot(Reason(late, late), try_again=True)
        raise self._cannot(self._why(entry, await self._running.exit_code()), try_again=True)

    async def _ensure_route(self) -> None:
        """Named servers and long names: the hub probes through the proxy before it adds the route itself."""
        data = {"user": self.user.name, "server_name": self.name}
        await self.user.settings["proxy"].add_route(self.proxy_spec, self._url(), data)

    def _on_end(self) -> None:
        asyncio.ensure_future(self.poll_and_notify())  # noqa: RUF006 - JupyterHub's own poll keeps no handle either

    def _why(self, entry: registry.Entry, code: int | None) -> Reason:
        return reasons.explain(code, reasons.end_of(self._file("logs", "log")), self._running.new_memory_kills(entry))

    def _tell_memory_kills(self, entry: registry.Entry) -> None:
        """A kernel that dies of its memory leaves its server alive, and no word in the log."""
        if self._running.new_memory_kills(entry):
            self._story.say(reasons.memory_ran_out(self.user.name, entry.memory_limit))

    def _cannot(self, why: Reason, try_again: bool = False) -> CannotStart:
        failed = "The server could not start."
        self._story.say(f"{failed} {why.student}.", f"{failed} {why.admin.rstrip('.')}.")
        return CannotStart(why.student, try_again)

    def _starts(self) -> Starts:
        """One queue for the whole hub."""
        if ClassHubSpawner._queue is None:
            ClassHubSpawner._queue = Starts(self.machine["starts_at_once"])
        return ClassHubSpawner._queue

    @cached_property
    def _running(self) -> Running:
        return Running(self._lives, self._folder("servers"), self._on_end)

    def _known(self) -> registry.Entry | None:
        return self._running.known(self.user.name, self.name)

    @cached_property
    def _story(self) -> Story:
        return Story(lambda: self._file("events", "jsonl"))

    def _file(self, folder: str, suffix: str) -> Path:
        return self._folder(folder) / f"{names.slug(self.user.name, self.name)}.{suffix}"

    def _folder(self, name: str) -> Path:
        return Path(self.machine["folders"][name])

    def _url(self) -> str:
        return f"http://{self.proxy_settings['internal']}"

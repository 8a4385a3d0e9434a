"""A student's server as a process of this machine: what JupyterHub asks of a spawner. birth.py makes the process."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import Dict, Integer

from classhub.errors import ClasshubError
from classhub.hub import birth, events, limits, probe, reasons, registry
from classhub.hub.home import UnusableHome
from classhub.hub.starts import Starts
from classhub.walls import cgroups, identity, names

LONGEST_POLL_S = 5
"""The end of a process is noticed at once (pidfd); the poll is for machines without."""


class CannotStart(Exception):
    """A start that failed, in words for the student; JupyterHub shows `jupyterhub_message` on its page."""

    def __init__(self, sentence: str, try_again: bool = False) -> None:
        super().__init__(sentence)
        self.try_again = try_again
        self.jupyterhub_message = f"{sentence}. Your files are safe. Your instructor sees more with `classhub logs`."


class ClassHubSpawner(Spawner):  # type: ignore[misc,unused-ignore]
    """Configured by hub.json only; see hub/local_traits.py."""

    machine = Dict(config=True, help="Folders, interpreter, courses and walls of this machine.")
    proxy_settings = Dict(config=True, help="The proxy part of hub.json.")
    own_start_timeout = Integer(300, config=True, help="Seconds from a server's turn to its first answer.")

    _starts: Starts | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entry: registry.Entry | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._said: list[str] = []
        self._watched: int | None = None
        self.poll_interval: int = min(int(self.poll_interval), LONGEST_POLL_S)

    async def start(self) -> str:
        """Queue, start, wait until it answers. The internal address comes back."""
        self._said = []
        if full := limits.no_room(self._folder("state"), self._folder("servers"), self.machine.get("servers", 0)):
            raise self._cannot(full)
        await self._wait_for_turn_and_start()
        self._watch()
        return self._url()

    async def stop(self, now: bool = False) -> None:
        """End server and kernels. now: with little patience."""
        entry = self._known()
        self._unwatch()
        if entry is not None:
            await self._clean_up(entry, 0.5 if now else 10)
            self._say("The server was stopped.")

    async def poll(self) -> int | None:
        """None while exactly the process that we started lives."""
        entry = self._known()
        if entry is None:
            return 0
        if entry.alive:
            return None
        code = self._reap()
        self._say(f"The server ended. {self._why(entry, code)}.")
        self._forget(entry)
        return 0 if code is None else code

    async def get_url(self) -> str:
        """The inner address of now; JupyterHub asks after it restarted."""
        self._watch()
        await self._ensure_route()
        return f"{self._url()}{self.server.base_url}"

    def get_state(self) -> dict[str, Any]:
        """The plain pid that other code expects, and beside it the identity that no other process can have."""
        state = dict(super().get_state())
        if self._entry:
            state.update(pid=self._entry.process.pid, process=self._entry.process.to_json())
        return state

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the waiting page shows."""
        shown = 0
        while self._spawn_future is not None and not self._spawn_future.done():
            for sentence in self._said[shown:]:
                shown += 1
                yield {"progress": min(10 + 20 * shown, 90), "message": sentence}
            await asyncio.sleep(0.3)

    async def _wait_for_turn_and_start(self) -> None:
        starts = self._queue()
        if starts.waiting or starts.busy:
            self._say(f"Waiting for a free place: {starts.waiting + 1} in line. It starts by itself.")
        async with starts.turn():
            self._say("The server is starting.")
            try:
                await self._start_once(rescue=False)
            except CannotStart as first:
                if not first.try_again:
                    raise
                self._say("Trying once more without the settings in the home.")
                await self._start_once(rescue=True)
            self._say("The server is ready.")

    def _queue(self) -> Starts:
        if ClassHubSpawner._starts is None:
            ClassHubSpawner._starts = Starts(self.machine["starts_at_once"])
        return ClassHubSpawner._starts

    async def _start_once(self, rescue: bool) -> None:
        try:
            self._child, entry = await asyncio.to_thread(birth.start, self._order(), rescue)
        except (OSError, ClasshubError, UnusableHome) as error:
            raise self._cannot(str(error)) from error
        self._entry = entry
        try:
            await self._ensure_route()
            await self._answer(entry)
        except BaseException:
            await self._clean_up(entry, 2)
            raise

    def _order(self) -> birth.Order:
        return birth.Order(
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
            return
        if entry.alive:
            raise self._cannot(f"It did not answer within {self.own_start_timeout} s", try_again=True)
        raise self._cannot(self._why(entry, self._reap()), try_again=True)

    async def _clean_up(self, entry: registry.Entry, patience_s: float) -> None:
        await asyncio.to_thread(registry.end, [entry], patience_s)
        self._reap()
        await asyncio.to_thread(self._forget, entry)

    def _forget(self, entry: registry.Entry) -> None:
        registry.sweep(entry)
        registry.forget(self._folder("servers"), self.user.name, self.name)
        self._entry = None

    async def _ensure_route(self) -> None:
        """Named servers and long names: the hub probes through the proxy before it adds the route itself."""
        data = {"user": self.user.name, "server_name": self.name}
        await self.user.settings["proxy"].add_route(self.proxy_spec, self._url(), data)

    def _known(self) -> registry.Entry | None:
        if self._entry is None:
            self._entry = registry.read(self._folder("servers"), self.user.name, self.name)
        return self._entry

    def _watch(self) -> None:
        """Tell JupyterHub at once when the process ends, instead of at its next poll."""
        entry = self._known()
        handle = identity.open_pidfd(entry.process) if entry and self._watched is None else None
        if handle is not None:
            self._watched = handle
            asyncio.get_running_loop().add_reader(handle, self._on_end)

    def _on_end(self) -> None:
        self._unwatch()
        asyncio.ensure_future(self.poll_and_notify())  # noqa: RUF006 - JupyterHub's own poll keeps no handle either

    def _unwatch(self) -> None:
        if self._watched is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            os.close(self._watched)
            self._watched = None

    def _reap(self) -> int | None:
        """The exit code, once; None when it is not our child (the hub was restarted meanwhile)."""
        if self._child is None:
            return None
        try:
            code = self._child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return None
        self._child = None
        return code

    def _why(self, entry: registry.Entry, code: int | None) -> str:
        group = cgroups.find(entry.group) if entry.group else None
        return reasons.explain(code, self._log_end(), group.oom_kills() if group else 0)

    def _cannot(self, sentence: str, try_again: bool = False) -> CannotStart:
        self._say(f"The server could not start. {sentence}.")
        return CannotStart(sentence, try_again)

    def _say(self, sentence: str) -> None:
        self._said.append(sentence)
        events.record(self._folder("events") / f"{self._slug}.jsonl", sentence)

    def _log_end(self) -> list[str]:
        try:
            with (self._folder("logs") / f"{self._slug}.log").open("rb") as log:
                # a student can make it as long as the disk: only its end is read
                log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
                return log.read(8192).decode(errors="replace").splitlines()
        except OSError:
            return []

    @property
    def _slug(self) -> str:
        return names.slug(self.user.name, self.name)

    def _folder(self, name: str) -> Path:
        return Path(self.machine["folders"][name])

    def _url(self) -> str:
        return f"http://{self.proxy_settings['internal']}"

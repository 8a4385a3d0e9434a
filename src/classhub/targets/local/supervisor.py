"""The process that keeps a hub running on this machine: it starts the parts, watches them, and obeys a control socket.

Started as `python -m classhub.targets.local.supervisor STATE_FOLDER`; it imports neither JupyterHub nor anything of the
command line. When it is killed, parts and servers live on; the next one adopts them from parts.json.
"""

import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from classhub.errors import ClasshubError
from classhub.hub import caddy, registry
from classhub.hub.files import write_private
from classhub.hub.routes import read_routes
from classhub.plan.running import State
from classhub.targets.local import answering, logs, mirror_ready, orphans, parts, ports
from classhub.targets.local.alone import take_for_life
from classhub.targets.local.commands import PARTS, Command, command
from classhub.targets.local.control import ask, serve
from classhub.targets.local.paths import Paths, runtime_folder
from classhub.targets.local.watch import Watch

OPEN_FILES = 65536
"""1,100 idle sockets from one student emptied a hub with 1,024 (facts: local-hub.md, 7)."""


class Stopping(Exception):
    """Nothing starts any more."""


class Supervisor:
    """All parts of one hub."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.listeners: set[asyncio.Queue[str]] = set()
        self.ended = asyncio.Event()
        self.ports = ports.Held()
        self._stopping = asyncio.Lock()
        self.watches = {name: self._watch(name) for name in PARTS}

    def _watch(self, name: str) -> Watch:
        async def answers() -> bool:
            return await answering.answers(name, self.settings(), self.paths)

        return Watch(
            name, lambda: self._command(name), answers, self.tell, self._remember, lambda: self._may_start(name)
        )

    def _may_start(self, name: str) -> bool:
        """No hub and no mirror behind a port that a student's program may answer on in its place."""
        if name in ("hub", "mirror"):
            return self.ports.complete or self.watches["proxy"].process is not None
        return name != "culler" or self.watches["hub"].state is State.RUNNING

    def settings(self) -> dict[str, Any]:
        """What is in force: hub.json, read anew so that a restart takes what was applied."""
        read: dict[str, Any] = json.loads(self.paths.hub_json.read_text())
        return read

    def _command(self, name: str) -> Command | None:
        settings = self.settings()
        if name == "proxy":
            self._make_ready_for_caddy(settings)
        if name == "mirror" and settings.get("mirror"):
            mirror_ready.make(settings, self.paths)
        return command(name, settings, self.paths, os.environ)

    def _make_ready_for_caddy(self, settings: Mapping[str, Any]) -> None:
        """Its ports, and its file with the explicit routes of now: a killed proxy comes back with all of them."""
        self.ports.keep(ports.of(settings["proxy"]))
        self.paths.caddy_admin.unlink(missing_ok=True)
        explicit = list(read_routes(self.paths.routes_json).values())
        write_private(self.paths.runtime / "caddy.json", json.dumps(caddy.configuration(settings["proxy"], explicit)))

    def tell(self, sentence: str) -> None:
        """To the log, and to everyone who follows. A full disk loses the line, never a restart."""
        with contextlib.suppress(OSError), (self.paths.logs / "supervisor.log").open("a") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {sentence}\n")
        for queue in self.listeners:
            queue.put_nowait(sentence)

    def _remember(self) -> None:
        watches = getattr(self, "watches", {})
        with contextlib.suppress(OSError):  # a full disk: the next change is written again
            parts.write(self.paths, {name: watch.as_json() for name, watch in watches.items()})

    def adopt(self) -> None:
        """Take over what an earlier supervisor started and still lives."""
        for name, (process, was) in parts.living(self.paths).items():
            self.watches[name].adopt(was, process)
            self.tell(f"The {name} still runs (pid {process.pid}) and is watched again.")
            if name == "proxy":
                self._hold_ports()

    def _hold_ports(self) -> None:
        try:
            self.ports.keep(ports.of(self.settings()["proxy"]))
        except (OSError, ValueError, KeyError) as error:
            self.tell(f"The proxy's ports are not held: {error}")

    def status(self) -> dict[str, Any]:
        """For the control socket."""
        return {"pid": os.getpid(), "parts": [watch.as_json() for watch in self.watches.values()]}

    async def start(self, names: list[str]) -> None:
        """Start what is not running, in order; the culler waits for the hub in its own time."""
        for name in names:
            await self.watches[name].start()

    async def wait(self, timeout_s: float, names: Sequence[str] = PARTS) -> dict[str, Any]:
        """Until all of these parts that are wanted run, or one keeps failing, or time is up."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            wanted = [watch for name, watch in self.watches.items() if watch.wanted and name in names]
            if all(watch.state is State.RUNNING for watch in wanted) or any(
                watch.state is State.FAILING for watch in wanted
            ):
                break
            await asyncio.sleep(0.05)
        return self.status()

    async def stop(self, keep_servers: bool) -> None:
        """Culler and hub first, so that nothing starts; then students' servers; the proxy last, so that pages still say why.

        Nothing starts any more from the first moment on, and whatever goes wrong, this supervisor ends.
        """
        for watch in self.watches.values():
            watch.closed = True
        try:
            async with self._stopping:
                await self._stop(keep_servers)
        finally:
            self.ended.set()

    async def _stop(self, keep_servers: bool) -> None:
        await self.watches["culler"].stop()
        await self.watches["hub"].stop()
        try:
            await self.watches["mirror"].stop()
            if not keep_servers:
                await asyncio.to_thread(registry.end_all, self.paths.servers, f"classhub-{self.paths.runtime.name}")
        finally:
            await self.watches["proxy"].stop()

    async def do(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """One request of the control socket. Raises KeyError for a part that does not exist."""
        verb = request["do"]
        if verb in ("start", "restart") and any(watch.closed for watch in self.watches.values()):
            raise Stopping("the hub is being stopped")
        if verb == "start":
            await self.start(request.get("parts") or list(PARTS))
        elif verb == "restart":
            await self.watches[request["part"]].restart()
        elif verb == "stop part":
            await self.watches[request["part"]].stop()
        elif verb == "wait":
            return await self.wait(request.get("timeout_s", 60), request.get("parts") or PARTS)
        elif verb == "stop":
            await self.stop(bool(request.get("keep_servers")))
        elif verb != "status":
            raise KeyError(verb)
        return self.status()

    async def run(self) -> None:
        """Until told to stop."""
        self.adopt()
        server = await serve(self.paths.control, self)
        orphans.take_in()
        chores = [
            self._chore("shrinking of logs", logs.keep_small(self.paths.logs)),
            self._chore("burial of ended servers", orphans.bury(self._children)),
        ]
        loop = asyncio.get_running_loop()
        # a plain `kill` is a polite down that keeps students' servers: the machine may only be restarting us
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: chores.append(self._chore("stop", self.stop(keep_servers=True))))
        await self.ended.wait()
        async with self._stopping:  # another stop may be at work still
            pass
        for chore in chores:
            chore.cancel()
        await asyncio.sleep(0.05)  # the answer to "stop" goes out first
        server.close()
        self.paths.control.unlink(missing_ok=True)

    def _chore(self, what: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """In the background; a failure is said."""

        def say(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()):
                self.tell(f"The {what} failed and is given up: {error!r}")

        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(say)
        return task

    def _children(self) -> set[int]:
        """Processes whose exit codes their watches fetch."""
        children = (watch.child for watch in self.watches.values())
        return {child.unburied for child in children if child and child.unburied is not None}


def _raise_open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> None:
    """Entry point."""
    state = Path(sys.argv[1])
    os.umask(0o077)
    _raise_open_files()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    paths = Paths(state, runtime_folder(state), state / "homes")
    if not take_for_life(paths.supervisor_lock, lambda: _is_served(paths)):
        return
    asyncio.run(Supervisor(paths).run())


def _is_served(paths: Paths) -> bool:
    """Another supervisor of this hub answers."""
    try:
        ask(paths, {"do": "status"}, timeout_s=2)
    except ClasshubError:
        return False
    return True


if __name__ == "__main__":
    main()

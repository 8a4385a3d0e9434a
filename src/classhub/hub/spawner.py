"""A student's server as a process of this machine: own account, own home, a unix socket that only the proxy reaches."""

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import Dict, Integer

from classhub.errors import ClasshubError
from classhub.hub import events, home, launch, limits, probe, reasons, registry
from classhub.hub.starts import Starts
from classhub.walls import cgroups, identity, names, reach, uids
from classhub.walls.spec import Account, Spec

OPEN_FILES = 8192
PYTHON_UNHINDERED = 500
"""oom_score_adj of a server: students' work goes before the hub when memory ends."""


@cache
def needed_paths(python: str) -> tuple[Path, ...]:
    """Asked of the interpreter once per hub: it is started for it."""
    return tuple(reach.needed_paths(python))


class CannotStart(Exception):
    """A start that failed, in words for the student; JupyterHub shows `jupyterhub_message` on its page."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.jupyterhub_message = f"{sentence}. Your files are safe. Your instructor sees more with: classhub logs"


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
        self.poll_interval = min(self.poll_interval, 5)

    # --- what JupyterHub asks

    async def start(self) -> str:
        """Queue, start, wait until it answers; a second try without the home's dot-files. The internal address comes back."""
        self._said = []
        await self._wait_for_turn_and_start()
        self._watch()
        return self._url()

    async def stop(self, now: bool = False) -> None:
        """End server and kernels. now: no patience."""
        entry = self._known()
        self._unwatch()
        if entry is not None:
            await asyncio.to_thread(registry.end, [entry], 0.5 if now else 10)
            await asyncio.to_thread(registry.sweep, entry)
        self._reap()
        registry.forget(self._folder("servers"), self.user.name, self.name)
        self._entry = None
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
        registry.sweep(entry)
        registry.forget(self._folder("servers"), self.user.name, self.name)
        self._entry = None
        return 0 if code is None else code

    async def get_url(self) -> str:
        """The inner address of now; JupyterHub calls this after it restarted."""
        self._watch()
        url = f"{self._url()}{self.server.base_url}"
        await self._ensure_route()
        return url

    def get_state(self) -> dict[str, Any]:
        """Beside the plain pid that other code expects, the identity that cannot be taken by another process."""
        state = super().get_state()
        if self._entry:
            state.update(pid=self._entry.process.pid, process=self._entry.process.to_json())
        return dict(state)

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the waiting page shows."""
        shown = 0
        while self._spawn_future is not None and not self._spawn_future.done():
            for sentence in self._said[shown:]:
                shown += 1
                yield {"progress": min(10 + 20 * shown, 90), "message": sentence}
            await asyncio.sleep(0.3)

    # --- one start

    async def _wait_for_turn_and_start(self) -> None:
        limits.check(self._folder("state"), self._folder("servers"))
        starts = self._queue()
        if starts.waiting or starts.busy:
            self._say(f"Waiting for a free place: {starts.waiting + 1} in line. It starts by itself.")
        async with starts.turn():
            self._say("The server is starting.")
            try:
                await self._start_once(rescue=False)
            except CannotStart as first:
                self._say(f"{first}. Trying once more without the settings in the home.")
                await self._start_once(rescue=True)
            self._say("The server is ready.")

    def _queue(self) -> Starts:
        if ClassHubSpawner._starts is None:
            ClassHubSpawner._starts = Starts(self.machine["starts_at_once"])
        return ClassHubSpawner._starts

    async def _start_once(self, rescue: bool) -> None:
        try:
            entry = await asyncio.to_thread(self._launch, rescue)
        except (OSError, ClasshubError, home.UnusableHome) as error:
            raise self._cannot(str(error)) from error
        self._entry = entry
        try:
            await self._ensure_route()
            await self._answer(entry)
        except BaseException:
            await self._clean_up(entry)
            raise

    async def _answer(self, entry: registry.Entry) -> None:
        """Until it answers; at once when it has died."""
        answered = await probe.wait(entry, f"{self.server.base_url}api", self.own_start_timeout)
        if answered:
            return
        if entry.alive:
            raise self._cannot(f"It did not answer within {self.own_start_timeout} s")
        raise self._cannot(self._why(entry, self._reap()))

    async def _clean_up(self, entry: registry.Entry) -> None:
        await asyncio.to_thread(registry.end, [entry], 2)
        self._reap()
        await asyncio.to_thread(registry.sweep, entry)
        registry.forget(self._folder("servers"), self.user.name, self.name)
        self._entry = None

    def _launch(self, rescue: bool) -> registry.Entry:
        """In a thread: everything that waits for the disk."""
        uid = uids.uid_for(self._folder("state") / "uids.json", self.user.name) if self.machine["root"] else None
        folder = self._folder("homes") / names.slug(self.user.name)
        home.ensure_home(folder, uid)
        runtime = home.fresh_runtime(self._folder("runtime") / "u" / names.hashed_socket_name(self.user.name, self.name)[1:13], uid)
        group = cgroups.make(self._group_name(), limits.of(self)) if self.machine["root"] else None
        listener, path = self._listen()
        with listener:
            child = self._popen(self._spec(uid, folder, runtime, group, listener.fileno(), rescue))
        process = identity.of(child.pid)
        if process is None:
            raise OSError(f"it ended at once with exit code {child.wait()}")
        self._child = child
        entry = registry.Entry(self.user.name, self.name, process, str(path), time.time(), group.name if group else "", uid)
        registry.write(self._folder("servers"), entry)
        return entry

    def _spec(self, uid: int | None, folder: Path, runtime: Path, group: Any, fd: int, rescue: bool) -> Spec:
        env = launch.environment(
            self.get_env(), self.machine, user=self.user.name, home=folder, runtime=runtime, prefix=self.server.base_url, rescue=rescue
        )
        env["CLASSHUB_LISTEN_FD"] = str(fd)
        argv = launch.arguments(self.cmd, self.get_args(), separate_accounts=uid is not None)
        if uid is None:
            return Spec(argv, env, str(folder), nofile=OPEN_FILES, keep_fds=[fd])
        needed = [*needed_paths(self.machine["python"]), launch.CONFIG_FOLDER.parent.parent, folder, runtime]
        material = [Path(course["material"]) for course in self.machine["courses"]]
        mounts = reach.plan_mounts(uid, uid, show=[*needed, *material], hide=[Path(path) for path in self.machine["hide"]])
        return Spec(
            argv,
            env,
            str(folder),
            uid=uid,
            gid=uid,
            cgroups=[str(path) for path in group.procs_files] if group else [],
            oom_score_adj=PYTHON_UNHINDERED,
            hide=[str(path) for path in mounts.hide],
            show=[str(path) for path in mounts.show],
            links=[(str(path), str(target)) for path, target in mounts.links],
            private_tmp=True,
            account=Account(self.user.name[:32], str(folder)),
            hide_processes=True,
            nofile=OPEN_FILES,
            keep_fds=[fd],
        )

    def _popen(self, spec: Spec) -> "subprocess.Popen[bytes]":
        log = home.rotate_log(self._log_file())
        with tempfile.TemporaryFile() as file, os.fdopen(log, "ab") as out:
            file.write(spec.to_json().encode())
            file.seek(0)
            return subprocess.Popen(
                spec.command(self.machine["python"], file.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=[file.fileno(), *spec.keep_fds],
                start_new_session=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin"},
            )

    def _listen(self) -> tuple[socket.socket, Path]:
        """Bound by us in a folder that only the proxy enters; the student's process gets the open descriptor."""
        folder = Path(self.proxy_settings["sockets"])
        path = folder / (names.socket_name(self.user.name, self.name, folder) or names.hashed_socket_name(self.user.name, self.name))
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(path))
            listener.listen(256)
        except OSError:
            listener.close()
            raise
        return listener, path

    async def _ensure_route(self) -> None:
        """Named servers and long names: the hub probes through the proxy before it adds the route itself."""
        data = {"user": self.user.name, "server_name": self.name}
        await self.user.settings["proxy"].add_route(self.proxy_spec, self._url(), data)

    # --- small things

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
        asyncio.ensure_future(self.poll_and_notify())  # noqa: RUF006 - JupyterHub keeps no handle either

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

    def _cannot(self, sentence: str) -> CannotStart:
        self._say(f"The server could not start. {sentence}.")
        return CannotStart(sentence)

    def _say(self, sentence: str) -> None:
        self._said.append(sentence)
        events.record(self._folder("events") / f"{self._slug()}.jsonl", sentence)

    def _log_end(self) -> list[str]:
        try:
            return self._log_file().read_text(errors="replace")[-8192:].splitlines()
        except OSError:
            return []

    def _log_file(self) -> Path:
        return self._folder("logs") / f"{self._slug()}.log"

    def _slug(self) -> str:
        return names.slug(self.user.name, self.name)

    def _group_name(self) -> str:
        return f"classhub-{self.machine['id']}/{self._slug()}"

    def _folder(self, name: str) -> Path:
        return Path(self.machine["folders"][name])

    def _url(self) -> str:
        return f"http://{self.proxy_settings['internal']}"

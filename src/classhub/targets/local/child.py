"""One process of a part: started by us, or taken over from an earlier supervisor. Its start, its end, and how it ended."""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from classhub.targets.local.commands import Command
from classhub.walls import identity
from classhub.walls.identity import Identity

LAST_BREATH_S = 2
"""How long a killed process may take to be gone."""


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


@dataclass
class Child:
    """identity is None for one that was gone before we looked; log: where what it writes begins."""

    identity: Identity | None
    popen: "subprocess.Popen[bytes] | None" = None
    log: tuple[Path, int] | None = None

    @property
    def alive(self) -> bool:
        return self.identity is not None and identity.is_alive(self.identity)

    @property
    def unburied(self) -> int | None:
        """Pid of a process whose exit code we must fetch ourselves."""
        return self.popen.pid if self.popen else None

    async def ended(self) -> None:
        """Returns at once when it is gone."""
        handle = identity.open_pidfd(self.identity) if self.identity else None
        if handle is None:
            while self.alive:
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

    async def end(self, patience_s: float) -> None:
        """Ask it to end, wait, kill; gone when this returns."""
        if self.identity is not None and identity.send(self.identity, signal.SIGTERM):
            await self._gone(patience_s)
            identity.send(self.identity, signal.SIGKILL)
            await self._gone(LAST_BREATH_S)
        self.bury()

    async def _gone(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while self.alive and time.monotonic() < deadline:
            await asyncio.sleep(0.02)

    def bury(self) -> None:
        """Fetch the exit code; a zombie counts as gone, so it may be had."""
        if self.popen is not None:
            self.popen.poll()

    def how(self) -> str:
        """ " (exit code 1)", " (SIGKILL)"; empty when it was not our child."""
        code = self.popen.returncode if self.popen else None
        if code is None:
            return ""
        return f" (exit code {code})" if code >= 0 else f" (signal {_name(-code)})"

    def wrote(self) -> list[str]:
        """The first lines of its log."""
        if self.log is None:
            return []
        path, start = self.log
        with suppress(OSError), path.open("rb") as log:
            log.seek(start)
            return log.read(65536).decode(errors="replace").splitlines()
        return []


def start(command: Command) -> Child:
    """In a session of its own, its output appended to its log. Raises OSError and ValueError as subprocess does."""
    with command.log.open("ab") as log:
        begins = log.tell()
        command.log.chmod(0o600)
        popen = subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
        )
    return Child(identity.of(popen.pid), popen, (command.log, begins))


def _name(number: int) -> str:
    """Real-time signals have a number and no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)

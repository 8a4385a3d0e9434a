"""One watched part: started, noticed when it ends, started again, given up on never."""

import asyncio
import os
import signal
import sys

from classhub.plan.running import State
from classhub.targets.local import watch as module
from classhub.targets.local.commands import Command
from classhub.targets.local.watch import Watch
from classhub.walls import identity


async def yes() -> bool:
    return True


def make(tmp_path, code: str, monkeypatch, **more):
    monkeypatch.setattr(module, "PAUSES_S", (0.01,))
    said = []
    command = Command((sys.executable, "-c", code), {"PATH": "/usr/bin:/bin"}, tmp_path, tmp_path / "x.log")
    return Watch("part", lambda: command, more.pop("answers", yes), said.append, lambda: None, **more), said


async def until(check, timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not check():
            await asyncio.sleep(0.01)


async def test_a_killed_process_is_started_again(tmp_path, monkeypatch):
    watch, said = make(tmp_path, "import time; time.sleep(60)", monkeypatch)
    watch.start()
    await until(lambda: watch.state is State.RUNNING)
    first = watch.process
    os.kill(first.pid, signal.SIGKILL)
    await until(lambda: watch.state is State.RUNNING and watch.process != first)
    assert watch.restarts == 1 and "SIGKILL" in said[0]
    await watch.stop()
    assert watch.state is State.STOPPED and watch.process is None


async def test_one_that_keeps_dying_is_failing_and_still_tried(tmp_path, monkeypatch):
    async def no() -> bool:
        return False

    watch, said = make(tmp_path, "raise SystemExit(3)", monkeypatch, answers=no)
    watch.start()
    await until(lambda: watch.state is State.FAILING and watch.restarts >= 4)
    assert "exit code 3" in said[0]
    await watch.stop()


async def test_one_that_lives_is_adopted_not_started_twice(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, "raise SystemExit(1)", monkeypatch)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    watch.process = identity.of(other.pid)
    watch.start()
    await until(lambda: watch.state is State.RUNNING)
    assert watch.process.pid == other.pid and watch.restarts == 0
    await watch.stop(patience_s=5)
    assert await other.wait() == -signal.SIGTERM


async def test_a_deaf_one_is_made_to_end(tmp_path, monkeypatch):
    watch, _ = make(
        tmp_path,
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
        monkeypatch,
    )
    watch.start()
    await until(lambda: "deaf" in (tmp_path / "x.log").read_text() if (tmp_path / "x.log").exists() else False)
    process = watch.process
    await watch.stop(patience_s=0.1)
    await until(lambda: not identity.is_alive(process))


async def test_a_program_that_is_not_there_is_said(tmp_path, monkeypatch):
    watch, said = make(tmp_path, "", monkeypatch)
    watch.make = lambda: Command(("/no/such/program",), {}, tmp_path, tmp_path / "x.log")
    watch.start()
    await until(lambda: watch.state is State.FAILING)
    assert "could not be started" in said[0]
    await watch.stop()

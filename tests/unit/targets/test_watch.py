"""One watched part: started, noticed when it ends, started again, given up on never."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

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


SLEEPS = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
SLOW_TO_END = """
import signal, sys, time
signal.signal(15, lambda *_: (time.sleep(0.3), sys.exit()))
print('ready', flush=True)
time.sleep(60)
"""


async def never() -> bool:
    return False


def left_of(folder) -> list[int]:
    """Every process that works in the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (place / "cwd").readlink() == folder and identity.of(int(place.name)):
                found.append(int(place.name))
    return found


async def until(check, timeout_s: float = 120) -> None:
    async with asyncio.timeout(timeout_s):
        while not check():
            await asyncio.sleep(0.01)


async def test_a_killed_process_is_started_again(tmp_path, monkeypatch):
    watch, said = make(tmp_path, "import time; time.sleep(60)", monkeypatch)
    await watch.start()
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
    await watch.start()
    await until(lambda: watch.state is State.FAILING and watch.restarts >= 4)
    assert "exit code 3" in said[0]
    await watch.stop()


async def test_one_that_lives_is_adopted_not_started_twice(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, "raise SystemExit(1)", monkeypatch)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    watch.adopt({"launched": {"hub": "d"}}, identity.of(other.pid))
    await watch.start()
    await until(lambda: watch.state is State.RUNNING)
    assert watch.process.pid == other.pid and watch.restarts == 0
    assert watch.as_json()["launched"] == {"hub": "d"}, "the settings of its start are not forgotten"
    await watch.stop(patience_s=60)
    assert await other.wait() == -signal.SIGTERM


async def test_a_program_that_is_not_there_is_said(tmp_path, monkeypatch):
    watch, said = make(tmp_path, "", monkeypatch)
    watch.make = lambda: Command(("/no/such/program",), {}, tmp_path, tmp_path / "x.log")
    await watch.start()
    await until(lambda: watch.state is State.FAILING)
    assert "could not be started" in said[0]
    await watch.stop()


async def test_stops_and_restarts_at_once_leave_nothing_behind(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, SLEEPS, monkeypatch)
    await watch.start()
    await until(lambda: watch.state is State.RUNNING)
    seen = {watch.process}
    await asyncio.gather(watch.stop(), watch.stop(), watch.restart(), watch.start(), watch.stop(), watch.restart())
    await until(lambda: watch.state is State.RUNNING)
    assert not any(identity.is_alive(process) for process in seen), "the one before"
    assert left_of(tmp_path) == [watch.process.pid]
    await watch.stop()
    assert left_of(tmp_path) == []


async def test_a_start_waits_for_a_stop_that_is_at_work(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, SLOW_TO_END, monkeypatch)
    await watch.start()
    await until(lambda: "ready" in (tmp_path / "x.log").read_text() if (tmp_path / "x.log").exists() else False)
    stopping = asyncio.ensure_future(watch.stop())
    await asyncio.sleep(0.05)
    await watch.start()
    assert stopping.done()
    await until(lambda: watch.state is State.RUNNING)
    assert left_of(tmp_path) == [watch.process.pid]
    await watch.stop()


async def test_once_closed_nothing_starts_any_more(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, SLEEPS, monkeypatch)
    await watch.start()
    await until(lambda: watch.state is State.RUNNING)
    watch.closed = True
    await asyncio.gather(watch.stop(), watch.restart(), watch.start())
    assert (watch.state, left_of(tmp_path)) == (State.STOPPED, [])


async def test_a_deaf_one_is_made_to_end_and_gone_when_stop_returns(tmp_path, monkeypatch):
    watch, _ = make(tmp_path, DEAF, monkeypatch)
    await watch.start()
    await until(lambda: "deaf" in (tmp_path / "x.log").read_text() if (tmp_path / "x.log").exists() else False)
    process = watch.process
    await watch.stop(patience_s=0.1)
    assert not identity.is_alive(process)


async def test_an_end_by_a_signal_without_a_name_is_said(tmp_path, monkeypatch):
    watch, said = make(tmp_path, "import os; os.kill(os.getpid(), 40)", monkeypatch, answers=never)
    await watch.start()
    await until(lambda: watch.restarts >= 2)
    await watch.stop()
    assert "(signal 40)" in said[0]


async def test_settings_that_were_damaged_meanwhile_are_no_end_of_watching(tmp_path, monkeypatch):
    async def damaged() -> bool:
        raise KeyError("proxy")

    watch, said = make(tmp_path, SLEEPS, monkeypatch, answers=damaged)
    await watch.start()
    await asyncio.sleep(0.3)
    assert watch.state is State.STARTING, "it does not count as an answer"
    monkeypatch.setattr(watch, "make", lambda: {}["hub"])
    os.kill(watch.process.pid, signal.SIGKILL)
    await until(lambda: watch.state is State.FAILING)
    assert any("could not be started" in sentence for sentence in said)
    await watch.stop()

"""What a cancelled start still brings into the world is ended, and no two births or ends of a server overlap."""

import asyncio
import sys
import threading

import pytest

from classhub.hub import birth, registry
from classhub.hub.lives import THREADS, Lives
from unit.hub.births import alive_in, deployment, order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def folder():
    with deployment() as place:
        yield place


@pytest.fixture
def slow_births(monkeypatch):
    """Each birth waits, as on a slow home, until it is let go."""

    def start(order, rescue):
        start.begun += 1
        assert start.let_go.wait(240)
        return start.real(order, rescue)

    start.real, start.begun, start.let_go = birth.start, 0, threading.Event()
    monkeypatch.setattr(birth, "start", start)
    yield start
    start.let_go.set()


async def until(check) -> None:
    async def wait() -> None:
        while not check():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), 120)


async def test_a_start_cancelled_before_its_process_is_there_leaves_none(folder, slow_births):
    lives, wanted = Lives(), order(folder)
    start = asyncio.ensure_future(lives.begin(wanted, rescue=False))
    await until(lambda: slow_births.begun == 1)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert lives._unwanted
    slow_births.let_go.set()
    await until(lambda: not lives._unwanted)
    assert alive_in(folder) == [] and registry.read_all(folder / "servers") == []


async def test_the_next_start_waits_for_the_cancelled_one_and_is_the_only_one_left(folder, slow_births):
    lives, wanted = Lives(), order(folder)
    start = asyncio.ensure_future(lives.begin(wanted, rescue=False))
    await until(lambda: slow_births.begun == 1)
    start.cancel()
    again = asyncio.ensure_future(lives.begin(wanted, rescue=False))
    await asyncio.sleep(0.05)
    assert slow_births.begun == 1, "no two births of one server at once"
    slow_births.let_go.set()
    _, entry = await again
    await until(lambda: not lives._unwanted)
    assert alive_in(folder) == [entry.process.pid]
    assert registry.read_all(folder / "servers") == [entry]


async def test_a_start_cancelled_while_it_waits_for_another_never_begins(folder, slow_births):
    lives, wanted = Lives(), order(folder)
    first = asyncio.ensure_future(lives.begin(wanted, rescue=False))
    await until(lambda: slow_births.begun == 1)
    second = asyncio.ensure_future(lives.begin(wanted, rescue=False))
    await asyncio.sleep(0)
    second.cancel()
    slow_births.let_go.set()
    _, entry = await first
    await asyncio.gather(second, return_exceptions=True)
    assert slow_births.begun == 1
    assert alive_in(folder) == [entry.process.pid]
    await lives.end(folder / "servers", entry, 2)


async def test_births_that_hang_keep_nobody_else_waiting(folder, slow_births):
    """As many as there are threads for births: more than asyncio has of its own."""
    lives = Lives()
    _, entry = slow_births.real(order(folder), rescue=False)
    hanging = [
        asyncio.ensure_future(lives.begin(order(folder, user=f"student{number}"), rescue=False))
        for number in range(THREADS)
    ]
    await until(lambda: slow_births.begun == len(hanging))
    await asyncio.wait_for(asyncio.to_thread(lambda: None), 120)
    await asyncio.wait_for(lives.end(folder / "servers", entry, 5), 120)
    slow_births.let_go.set()
    born = await asyncio.gather(*hanging)
    await asyncio.gather(*(lives.end(folder / "servers", entry, 5) for _, entry in born))
    assert alive_in(folder) == []


async def test_an_end_goes_on_when_nobody_waits_for_it(folder):
    lives = Lives()
    _, entry = await lives.begin(order(folder), rescue=False)
    end = asyncio.ensure_future(lives.end(folder / "servers", entry, 5))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    end.cancel()
    await until(lambda: not registry.read_all(folder / "servers") and not alive_in(folder))


async def test_a_birth_for_which_no_thread_can_be_had_holds_up_no_later_one(folder, monkeypatch):
    lives, wanted, loop = Lives(), order(folder), asyncio.get_running_loop()

    def none_left(*_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(loop, "run_in_executor", none_left)
        await lives.begin(wanted, rescue=False)
    _, entry = await asyncio.wait_for(lives.begin(wanted, rescue=False), 120)
    await lives.end(folder / "servers", entry, 2)


async def test_an_error_of_a_birth_comes_through_and_the_next_may_begin(folder):
    lives, wanted = Lives(), order(folder)
    (folder / "python").unlink()
    with pytest.raises(FileNotFoundError):
        await lives.begin(wanted, rescue=False)
    _, entry = await lives.begin(order(folder), rescue=False)
    await lives.end(folder / "servers", entry, 2)

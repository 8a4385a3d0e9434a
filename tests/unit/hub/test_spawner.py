"""What the spawner does with starts that are cut short, servers that end, and a machine that is full."""

import asyncio
import json
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from classhub.hub import birth, probe, registry, running
from classhub.hub.lives import Lives
from classhub.hub.spawner import CannotStart, ClassHubSpawner
from unit.hub.births import alive_in, deployment, order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Proxy:
    async def add_route(self, spec, target, data):
        pass


@pytest.fixture
def folder():
    with deployment() as place:
        yield place


@pytest.fixture
def spawner_of(folder, monkeypatch):
    """Spawners of one hub, two servers at most, whose program is a sleeper."""
    monkeypatch.setattr(ClassHubSpawner, "_queue", None)
    monkeypatch.setattr(ClassHubSpawner, "_lives", Lives())
    monkeypatch.setattr(ClassHubSpawner, "_order", lambda spawner: order(folder, user=spawner.user.name))
    machine = {**order(folder).machine, "servers": 2, "starts_at_once": 10}

    def make(name: str) -> ClassHubSpawner:
        user = SimpleNamespace(
            name=name, settings={"proxy": Proxy()}, proxy_spec=f"/user/{name}/", url=f"/user/{name}/"
        )
        orm = SimpleNamespace(name="", server=None, user_options={}, state={})
        made = ClassHubSpawner(user=user, orm_spawner=orm, machine=machine, proxy_settings={"internal": "127.0.0.1:1"})
        monkeypatch.setattr(type(made), "server", SimpleNamespace(base_url=f"/user/{name}/"))
        return made

    return make


@pytest.fixture
def answers(monkeypatch):
    """Servers answer once it is set."""
    event = asyncio.Event()

    async def wait(entry, path, timeout_s):
        await event.wait()
        return True

    monkeypatch.setattr(probe, "wait", wait)
    return event


def told(folder, name: str) -> list[str]:
    return [json.loads(line)["text"] for line in (folder / "events" / f"{name}.jsonl").read_text().splitlines()]


async def until(check) -> None:
    async def wait() -> None:
        while not check():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), 120)


async def test_starts_under_way_count_for_the_limit(spawner_of, answers, folder):
    starts = [asyncio.ensure_future(spawner_of(name).start()) for name in ("alice", "bob", "carol", "dora")]
    await until(lambda: len(alive_in(folder)) == 2 and all(start.done() for start in starts[2:]))
    answers.set()
    results = await asyncio.gather(*starts, return_exceptions=True)
    assert results[:2] == ["http://127.0.0.1:1"] * 2
    assert all(isinstance(full, CannotStart) and "takes no more" in str(full) for full in results[2:])
    assert len(alive_in(folder)) == 2


async def test_a_server_is_ready_once_it_has_answered(spawner_of, answers, folder):
    start = asyncio.ensure_future(spawner_of("alice").start())
    await until(lambda: registry.read_all(folder / "servers"))
    assert [entry.ready for entry in registry.read_all(folder / "servers")] == [False]
    answers.set()
    await start
    assert [entry.ready for entry in registry.read_all(folder / "servers")] == [True]


async def test_a_start_that_failed_makes_room(spawner_of, answers, folder):
    for name in ("alice", "bob", "carol"):
        start = asyncio.ensure_future(spawner_of(name).start())
        await until(lambda: alive_in(folder))
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        await until(lambda: not alive_in(folder) and not registry.read_all(folder / "servers"))


async def test_a_server_that_is_known_to_the_disk_only_is_replaced(spawner_of, answers, folder):
    answers.set()
    await spawner_of("alice").start()
    await spawner_of("bob").start()
    (before,) = [entry for entry in registry.read_all(folder / "servers") if entry.user == "alice"]
    await spawner_of("alice").start()
    assert not before.alive and len(alive_in(folder)) == 2


async def test_the_end_of_a_server_is_told_once_and_swept_away_from_the_loop(spawner_of, answers, folder, monkeypatch):
    answers.set()
    alice, swept, here = spawner_of("alice"), [], threading.get_ident()
    await alice.start()
    alice._running._watch.stop()
    real, real_code = registry.sweep, birth.exit_code
    monkeypatch.setattr(birth, "exit_code", lambda child: (swept.append(threading.get_ident()), real_code(child))[1])
    monkeypatch.setattr(registry, "sweep", lambda *given: (swept.append(threading.get_ident()), real(*given)))
    os.kill(alive_in(folder)[0], 9)
    await until(lambda: not alive_in(folder))
    codes = await asyncio.gather(alice.poll(), alice.poll())
    assert -9 in codes and None not in codes
    assert swept and here not in swept
    assert [line for line in told(folder, "alice") if "ended" in line] == [
        "The server ended. It was ended by the signal SIGKILL."
    ]
    assert await alice.poll() == 0 and registry.read(folder / "servers", "alice") is None


async def test_each_program_that_memory_ended_is_told_once_and_not_blamed_for_a_later_end(
    spawner_of, answers, folder, monkeypatch
):
    answers.set()
    kills = [1]  # of a server before, in the same group
    monkeypatch.setattr(running, "_memory_kills", lambda entry: kills[0])
    alice = spawner_of("alice")
    await alice.start()
    assert await alice.poll() is None and not any("memory" in line for line in told(folder, "alice"))
    kills[0] = 2
    assert [await alice.poll(), await alice.poll()] == [None, None]
    assert [line for line in told(folder, "alice") if "memory" in line] == [
        "A program of alice was ended: memory ran out."
    ]
    os.kill(alive_in(folder)[0], 9)
    await until(lambda: "The server ended. It was ended by the signal SIGKILL." in told(folder, "alice"))


async def test_a_server_that_memory_ended_says_so(spawner_of, answers, folder, monkeypatch):
    answers.set()
    kills = [0]
    monkeypatch.setattr(running, "_memory_kills", lambda entry: kills[0])
    await spawner_of("alice").start()
    kills[0] = 1
    os.kill(alive_in(folder)[0], 9)
    await until(lambda: told(folder, "alice")[-1].startswith("The server ended. It ran out of memory."))


async def test_a_stop_is_told_and_leaves_nothing(spawner_of, answers, folder):
    answers.set()
    alice = spawner_of("alice")
    await alice.start()
    assert await alice.poll() is None
    await alice.stop()
    assert alive_in(folder) == [] and await alice.poll() == 0
    assert told(folder, "alice")[-1] == "The server was stopped."

"""The supervisor among several who want something at once."""

import asyncio
import json

import pytest

from classhub.plan.running import State
from classhub.targets.local import logs
from classhub.targets.local import supervisor as module
from classhub.targets.local.commands import Command
from classhub.targets.local.supervisor import Stopping, Supervisor


@pytest.fixture
def paths(paths):
    paths.hub_json.write_text(json.dumps({"proxy": {}, "hub": {}, "culler": {}, "login": {}}))
    return paths


@pytest.fixture
def supervisor(paths, monkeypatch):
    """Its parts are programs that sleep and always answer."""

    async def yes(*given):
        return True

    def sleeps(part, settings, paths, environ):
        return Command(("/bin/sleep", "60"), {}, paths.state, paths.logs / f"{part}.log", {part: "digest"})

    monkeypatch.setattr(module.answering, "answers", yes)
    monkeypatch.setattr(module, "command", sleeps)
    monkeypatch.setattr(Supervisor, "_make_ready_for_caddy", held)
    return Supervisor(paths)


def held(supervisor, settings):
    supervisor.ports.complete = True


def taken(supervisor, settings):
    raise OSError("port 8000 of 127.0.0.1 cannot be had: Address already in use")


def said(paths):
    return (paths.logs / "supervisor.log").read_text()


async def test_two_stops_and_a_restart_at_once_end_in_a_stop(supervisor):
    await supervisor.do({"do": "start"})
    await supervisor.do({"do": "wait", "timeout_s": 60})
    answers = await asyncio.gather(
        supervisor.do({"do": "restart", "part": "hub"}),
        supervisor.do({"do": "stop", "keep_servers": True}),
        supervisor.do({"do": "restart", "part": "hub"}),
        supervisor.do({"do": "stop"}),
        supervisor.do({"do": "start"}),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [dict, dict, Stopping, dict, Stopping]
    assert supervisor.ended.is_set()
    assert {watch.state for watch in supervisor.watches.values()} == {State.STOPPED}
    assert not any(watch.process for watch in supervisor.watches.values())


async def test_a_stop_that_fails_still_ends_the_supervisor_and_the_proxy(supervisor, monkeypatch):
    def fails(*_):
        raise PermissionError(1, "Operation not permitted")

    await supervisor.do({"do": "start"})
    await supervisor.do({"do": "wait", "timeout_s": 60})
    monkeypatch.setattr(module.registry, "end_all", fails)
    with pytest.raises(PermissionError):
        await supervisor.do({"do": "stop"})
    assert supervisor.ended.is_set()
    assert supervisor.watches["proxy"].process is None


async def test_what_a_part_was_started_with_is_kept_for_the_next_supervisor(supervisor, paths):
    await supervisor.do({"do": "start", "parts": ["proxy"]})
    await supervisor.do({"do": "wait", "timeout_s": 60})
    after = Supervisor(paths)
    after.adopt()
    assert after.watches["proxy"].launched == {"proxy": "digest"}
    assert after.watches["proxy"].process == supervisor.watches["proxy"].process
    await supervisor.do({"do": "stop"})


async def test_a_chore_that_fails_is_said(supervisor, paths, monkeypatch):
    async def fails(folder):
        raise ValueError("no such thing")

    monkeypatch.setattr(logs, "keep_small", fails)
    running = asyncio.ensure_future(supervisor.run())
    async with asyncio.timeout(60):
        while "shrinking of logs" not in (said(paths) if (paths.logs / "supervisor.log").exists() else ""):
            await asyncio.sleep(0.01)
    assert "no such thing" in said(paths)
    await supervisor.do({"do": "stop"})
    await running


async def test_who_waits_for_one_part_is_not_answered_by_the_failure_of_another(supervisor):
    supervisor.watches["proxy"].wanted, supervisor.watches["proxy"].state = True, State.FAILING
    supervisor.ports.complete = True
    await supervisor.do({"do": "start", "parts": ["hub"]})
    waited = await supervisor.do({"do": "wait", "timeout_s": 60, "parts": ["hub"]})
    assert [part["state"] for part in waited["parts"] if part["name"] == "hub"] == ["running"]
    await supervisor.watches["hub"].stop()


async def test_no_hub_starts_behind_a_port_that_another_program_has(supervisor, monkeypatch):
    monkeypatch.setattr(Supervisor, "_make_ready_for_caddy", taken)
    await supervisor.do({"do": "start"})
    answer = await supervisor.do({"do": "wait", "timeout_s": 60})
    of = {raw["name"]: raw for raw in answer["parts"]}
    assert of["proxy"]["state"] == "failing" and "port 8000" in of["proxy"]["cannot"]
    assert of["hub"]["state"] == of["culler"]["state"] == "starting"
    assert not any(raw["process"] for raw in of.values())
    monkeypatch.setattr(Supervisor, "_make_ready_for_caddy", held)
    await supervisor.do({"do": "restart", "part": "proxy"})
    answer = await supervisor.do({"do": "wait", "timeout_s": 60})
    assert all(raw["state"] == "running" and not raw["cannot"] for raw in answer["parts"])
    await supervisor.do({"do": "stop"})


async def test_a_hub_comes_back_behind_an_adopted_proxy_whose_neighbour_is_taken(supervisor, paths, monkeypatch):
    await supervisor.do({"do": "start", "parts": ["proxy"]})
    await supervisor.do({"do": "wait", "timeout_s": 60})
    after = Supervisor(paths)
    after.adopt()
    assert not after.ports.complete and "are not held" in said(paths)
    await after.do({"do": "start"})
    answer = await after.do({"do": "wait", "timeout_s": 60})
    assert all(raw["state"] == "running" for raw in answer["parts"])
    await after.do({"do": "stop"})
    await supervisor.do({"do": "stop"})

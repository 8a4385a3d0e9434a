"""Explicit routes of the proxy."""

import asyncio
import json

import pytest

from classhub.hub import proxy
from classhub.hub.proxy import CaddyProxy
from classhub.hub.routes import read_routes


@pytest.fixture
def routes(tmp_path, monkeypatch):
    """A proxy whose Caddy takes a moment; `loaded` is what Caddy has."""

    async def load(settings, given):
        await asyncio.sleep(0)
        loaded.clear()
        loaded.update(json.loads(json.dumps(given)))

    loaded: dict = {}
    monkeypatch.setattr(proxy, "load", load)
    made = CaddyProxy(settings={"sockets": str(tmp_path)}, routes_file=str(tmp_path / "routes.json"))
    made.loaded = loaded
    return made


def spec(number: int) -> str:
    return f"/user/alice@college.edu/s{number}/"


async def add(routes, number: int) -> None:
    data = {"user": "alice@college.edu", "server_name": f"s{number}"}
    await routes.add_route(spec(number), "http://127.0.0.1:1", data)


async def test_named_servers_that_start_together_all_keep_their_route(routes, tmp_path):
    await asyncio.gather(*(add(routes, number) for number in range(20)))
    wanted = {spec(number) for number in range(20)}
    assert set(read_routes(tmp_path / "routes.json")) == wanted
    assert set(routes.loaded) == wanted
    assert set(await routes.get_all_routes()) == wanted


async def test_routes_that_come_and_go_together_end_as_asked(routes, tmp_path):
    await asyncio.gather(*(add(routes, number) for number in range(10)))
    gone = [routes.delete_route(spec(number)) for number in range(0, 10, 2)]
    come = [add(routes, number) for number in range(10, 15)]
    await asyncio.gather(*(step for pair in zip(gone, come, strict=True) for step in pair))
    wanted = {spec(number) for number in [1, 3, 5, 7, 9, *range(10, 15)]}
    assert set(read_routes(tmp_path / "routes.json")) == wanted == set(routes.loaded)


async def test_a_route_that_the_rule_serves_is_in_no_file(routes, tmp_path):
    await routes.add_route("/user/alice@college.edu/", "http://127.0.0.1:1", {"user": "alice@college.edu"})
    assert not (tmp_path / "routes.json").exists()
    assert set(await routes.get_all_routes()) == {"/user/alice@college.edu/"}
    await routes.delete_route("/user/alice@college.edu/")
    await routes.delete_route("/user/alice@college.edu/")
    assert await routes.get_all_routes() == {}

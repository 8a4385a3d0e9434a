"""The reference: JupyterHub as its documentation starts it, local processes, without the cost of any proxy."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench.machine import count_detached
from doubles.ports import free_port

CONFIG = """
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import SimpleLocalProcessSpawner

class NoProxy(Proxy):
    should_start = False
    routes = {{}}
    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {{"routespec": routespec, "target": target, "data": data}}
    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)
    async def get_all_routes(self):
        return self.routes

c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_port = {port}
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.spawner_class = SimpleLocalProcessSpawner
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 900
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.services = [{{"name": "bench", "api_token": "bench-token-that-is-long"}}]
c.JupyterHub.load_roles = [{{"name": "bench", "services": ["bench"], "scopes": ["admin:users", "servers"]}}]
"""


class Plain:
    def __init__(self, port: int, start_s: float) -> None:
        self.start_s = start_s
        self.client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}/hub/api/",
            headers={"Authorization": "token bench-token-that-is-long"},
            timeout=900,
        )

    def start_server(self, name: str) -> float:
        return self.start_many([name])

    def start_many(self, names: list[str]) -> float:
        """Seconds from the first request until all are ready; stopped again afterwards."""
        for name in names:
            self.client.post(f"users/{name}").raise_for_status()
        start = time.perf_counter()
        for name in names:
            self.client.post(f"users/{name}/server").raise_for_status()
        while not all(self._ready(name) for name in names):
            time.sleep(0.05)
        took = time.perf_counter() - start
        for name in names:
            self.client.delete(f"users/{name}/server")
        while any(self.client.get(f"users/{name}").json()["servers"] for name in names):
            time.sleep(0.1)
        return took

    def _ready(self, name: str) -> bool:
        return bool(self.client.get(f"users/{name}").json()["servers"].get("", {}).get("ready"))


@contextmanager
def running(folder: Path) -> Iterator[Plain]:
    folder.mkdir()
    port = free_port()
    (folder / "jupyterhub_config.py").write_text(CONFIG.format(port=port, homes=folder / "homes"))
    (folder / "homes").mkdir()
    for _ in range(2):  # the first makes the database: both hubs are measured warm
        start = time.perf_counter()
        with (folder / "log").open("w") as log:
            hub = subprocess.Popen([sys.executable, "-m", "jupyterhub"], cwd=folder, stdout=log, stderr=log, env=_env())
        while not _answers(port):
            assert hub.poll() is None, (folder / "log").read_text()
            time.sleep(0.02)
        took = time.perf_counter() - start
        if _ == 0:
            hub.terminate()
            hub.wait()
    try:
        yield Plain(port, took)
    finally:
        hub.terminate()
        hub.wait()
        count_detached(0)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/hub/login", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def _env() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

"""The hub that `classhub up` runs."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench.machine import pss_mib
from classhub.walls import machine_uids
from hub.conftest import Deployment
from hub.student import eventually


class Ours:
    def __init__(self, deployment: Deployment, start_s: float) -> None:
        self.deployment, self.start_s = deployment, start_s
        self.api = deployment.api()

    def start_server(self, name: str) -> float:
        return self.start_many([name])

    def start_many(self, names: list[str]) -> float:
        for name in names:
            self.api.add_user(name)
        start = time.perf_counter()
        for name in names:
            self.api.start_server(name)
        while not all(self.api.user(name)["servers"].get("", {}).get("ready") for name in names):
            time.sleep(0.05)
        took = time.perf_counter() - start
        for name in names:
            self.api.stop_server(name)
        eventually(lambda: not any(self.api.user(name)["servers"] for name in names), 120)
        return took

    def kill(self, part: str) -> float:
        """Seconds from the kill until the login page answers."""
        old = self.deployment.pid(part)
        self.deployment.kill(part)
        start = time.perf_counter()
        eventually(lambda: _answers(self.deployment.address), 60, 0.02)
        took = time.perf_counter() - start
        eventually(lambda: self.deployment.pid(part) != old, 30)
        return took

    def memory_mib(self) -> dict[str, float]:
        return {part: pss_mib(self.deployment.pid(part)) for part in ("supervisor", "proxy", "hub", "culler")}


@contextmanager
def running(folder: Path) -> Iterator[Ours]:
    os.environ[machine_uids.VARIABLE] = str(folder / "uids.json")
    deployment = Deployment(folder)
    try:
        deployment.up()
        deployment.down()
        start = time.perf_counter()
        deployment.up()
        assert _answers(deployment.address)
        yield Ours(deployment, time.perf_counter() - start)
    finally:
        deployment.run("down", check=False)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}hub/login", timeout=30).status_code == 200
    except httpx2.HTTPError:
        return False

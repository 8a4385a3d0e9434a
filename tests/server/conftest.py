"""A real Jupyter Server of a student, on this machine and without a hub, whose material is a store in a folder."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

import classhub
from doubles.ports import free_port
from doubles.store import Store

PACKAGE = Path(classhub.__file__).parent
TOKEN = "token-of-this-test"
EVERY_S = 0.3
NOT_NEEDED = ("jupyterlab", "jupyter_lsp", "notebook_shim", "jupyter_server_terminals")


class Student:
    """One running server and its home."""

    def __init__(self, home: Path, port: int, process: subprocess.Popen, log: Path) -> None:
        self.home = home
        self.process = process
        self.log = log
        self.base = "/user/alice@college.edu/"
        self.url = f"http://127.0.0.1:{port}{self.base}"
        self.http = httpx2.Client(headers={"Authorization": f"token {TOKEN}"}, timeout=60)

    def get(self, way: str, **more):
        return self.http.get(self.url + way, **more)

    def post(self, way: str, words=None, **more):
        return self.http.post(self.url + way, json=words or {}, **more)

    def status(self, course: str = "comp141"):
        """Of one course; None: not listed."""
        listed = self.get("classhub/api/material").json()["courses"]
        return next((one for one in listed if one["name"] == course), None)

    def follow(self, way: str):
        """Click a link: where it leads after the pages that wait."""
        return eventually(lambda: 'http-equiv="refresh"' not in (answer := self.get(way)).text and answer)

    def lands(self, way: str) -> str:
        """The address below this server that a link leads to in the end."""
        answer = self.follow(way)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].removeprefix(self.base)

    def synced(self, course: str = "comp141"):
        """Wait until the first sync of everything is over."""
        return eventually(lambda: (now := self.status(course)) and now["when"] and not now["running"] and now)


def eventually(check, seconds: float = 120):
    until = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


@contextmanager
def held(page, address: str, begin: Callable[[], object], method: str = "") -> Iterator[None]:
    """The first such request of a page that `begin` leads to goes on only after the block; all others go at once."""
    asked: list = []

    def hold(route) -> None:
        if not asked and method in ("", route.request.method):
            asked.append(route)
        else:
            route.continue_()

    page.route(address, hold)
    begin()
    eventually(lambda: page.wait_for_timeout(20) or asked)
    yield
    asked[0].continue_()
    page.unroute(address, hold)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("mirror") / "store")


@pytest.fixture(scope="module")
def serve(tmp_path_factory) -> Iterator[object]:
    """serve(material): a server that answers, by default without JupyterLab; ended with the module."""
    yield from serving(tmp_path_factory)


@pytest.fixture
def serve_once(tmp_path_factory) -> Iterator[object]:
    """The same, ended with the test."""
    yield from serving(tmp_path_factory)


def serving(tmp_path_factory) -> Iterator[object]:
    running = []

    def start(material: object, home: Path | None = None, lab: bool = False, **environment: str) -> Student:
        home = home or tmp_path_factory.mktemp("home")
        student = begin(home, tmp_path_factory.mktemp("run"), str(material), lab, environment)
        running.append(student)
        eventually(lambda: answers(student))
        return student

    yield start
    for student in running:
        student.process.terminate()
    for student in running:
        end(student)


def begin(home: Path, run: Path, material: str, lab: bool, environment: dict[str, str]) -> Student:
    """lab: with JupyterLab, which takes three times as long to start."""
    port = free_port()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "CLASSHUB"))}
    ours = {
        "HOME": str(home),
        "PYTHONPATH": str(PACKAGE.parent),
        "JUPYTER_CONFIG_PATH": str(PACKAGE / "server" / "etc"),
        "JUPYTER_RUNTIME_DIR": str(run),
        "JUPYTERLAB_WORKSPACES_DIR": str(run / "workspaces"),
        "CLASSHUB_MATERIAL_EVERY_S": str(EVERY_S),
        "CLASSHUB_MATERIAL": material,
    }
    given.update({**ours, **environment})
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/user/alice@college.edu/",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",
        *(
            ["--LabApp.expose_app_in_browser=True"]
            if lab
            else [f"--ServerApp.jpserver_extensions={dict.fromkeys(NOT_NEEDED, False)}"]
        ),
    ]
    log = run / "server.log"
    with log.open("wb") as out:
        argv = [sys.executable, "-m", "jupyter_server", *options]
        process = subprocess.Popen(argv, env=given, cwd=run, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    return Student(home, port, process, log)


def answers(student: Student) -> bool:
    assert student.process.poll() is None, student.log.read_text()
    try:
        return student.get("api/status").status_code == 200
    except httpx2.TransportError:
        return False


def end(student: Student) -> None:
    student.http.close()
    student.process.terminate()
    try:
        student.process.wait(30)
    except subprocess.TimeoutExpired:
        student.process.kill()
        student.process.wait()

"""The mirror as the process that it is."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

import classhub
from classhub.materials.fetch import HttpSource
from classhub.materials.result import Result
from classhub.materials.sync import sync
from doubles.ports import free_port
from materials.hub import Hub
from materials.running import Running
from unit.materials.stores import publish


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "store", "open", "1-aaaaaaa", {"a.txt": b"text", "b.txt": b"x" * 900_000})
    return tmp_path


def argv(folder: Path, **settings) -> list[str]:
    course = {"name": "open", "people": {"students": {"everyone": True}}}
    settings = {"store": str(folder / "store"), "courses": [course], **settings}
    (folder / "mirror.json").write_text(
        json.dumps({name: value for name, value in settings.items() if value is not None})
    )
    return [sys.executable, "-m", "classhub.materials.mirror", str(folder / "mirror.json")]


@contextmanager
def mirror(folder: Path, **settings):
    """Runs until the end of the block; then its log is whole."""
    environment = {**os.environ, "PYTHONPATH": str(Path(classhub.__file__).parents[1]), "USER": "alice@college.edu"}
    environment |= {"LOGNAME": "alice@college.edu"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(argv(folder, **settings), stderr=log, env=environment)
        try:
            until = time.monotonic() + 120
            while "serves" not in (folder / "log").read_text():
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, "SIGTERM is its ordinary end"


def test_it_serves_those_whom_the_hub_knows(folder):
    hub, port = Hub(), free_port()
    server = Running(hub.application)
    token = hub.user("jane.doe")
    with mirror(folder, listen=f"127.0.0.1:{port}", prefix="/services/material/", hub_api=f"{server.url}/hub/api"):
        source = HttpSource(f"http://127.0.0.1:{port}/services/material", "open", token)
        assert {b"".join(blob.pieces()) for blob in source.blobs(e.digest for e in source.manifest().files.values())}
        assert httpx2.get(f"http://127.0.0.1:{port}/health", timeout=60).status_code == 200
        assert httpx2.get(f"http://127.0.0.1:{port}/courses", timeout=60).status_code == 404
        by_url = f"http://127.0.0.1:{port}/services/material/courses?token={token}"
        assert httpx2.get(by_url, timeout=60).status_code == 401
    server.close()
    log = (folder / "log").read_text()
    assert "401 GET" in log
    assert token not in log


def test_without_a_hub_whoever_asks_on_this_machine_is_the_one_student(folder):
    port = free_port()
    with mirror(folder, listen=f"127.0.0.1:{port}"):
        source = HttpSource(f"http://127.0.0.1:{port}", "open", "any")
        assert source.manifest().release == "1-aaaaaaa"
        assert source.report(Result("open", "done"))
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert httpx2.get(f"http://127.0.0.1:{port}/courses", headers=headers, timeout=60).status_code == 403
    (report,) = (folder / "store" / "open" / "results").iterdir()
    assert json.loads(report.read_text())["name"] == "alice@college.edu"


def test_it_serves_on_a_unix_socket_of_its_own_user(folder):
    path = folder / "mirror.sock"
    for _ in range(2):  # the second finds what the first left
        with mirror(folder, listen=str(path), hub_api="http://127.0.0.1:9/hub/api"):
            assert path.stat().st_mode & 0o777 == 0o600
            with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path)), timeout=60) as client:
                assert client.get("http://mirror/health").json() == {"classhub": 1}
                assert client.get("http://mirror/courses", headers={"Authorization": "token x"}).status_code == 503


def eventually(check):
    until = time.monotonic() + 120
    while not check():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_change_of_the_source_reaches_a_home_when_the_webhook_calls(folder):
    port, source = free_port(), folder / "source"
    source.mkdir()
    (source / "lab.txt").write_text("first")
    (folder / "secret").write_text("agreed on")
    given = {"kind": "folder", "source": str(source), "every_s": 3600, "hook": str(folder / "secret")}
    with mirror(folder, listen=f"127.0.0.1:{port}", courses=[{"name": "comp141", "title": "C", "source": given}]):
        url = f"http://127.0.0.1:{port}"

        def arrived(text):
            done = sync(HttpSource(url, "comp141", "any", folder / "kept.json"), folder / "home", "comp141")
            return done.status == "done" and (folder / "home" / "comp141" / "lab.txt").read_text() == text

        (folder / "home").mkdir()
        eventually(lambda: arrived("first"))
        (source / "lab.txt").write_text("second")
        assert arrived("first")
        agreed = {"X-Gitlab-Token": "agreed on"}
        assert httpx2.post(f"{url}/courses/comp141/hook", headers=agreed, timeout=60).status_code == 202
        eventually(lambda: arrived("second"))
        assert httpx2.get(f"{url}/courses/comp141/lint", timeout=60).status_code == 403, "the one student is no staff"


WRONG = {
    "listen": {"listen": None},
    "HOST:PORT": {"listen": "8000"},
    "not 'here:x'": {"listen": "here:x"},
    "open to everybody": {"listen": "0.0.0.0:0"},
    "store": {"listen": "127.0.0.1:0", "store": None},
    "are no settings of a mirror": {"listen": "127.0.0.1:0", "courses": 1},
}


@pytest.mark.parametrize("words", WRONG)
def test_settings_that_are_none_are_told_in_a_sentence(folder, words):
    done = subprocess.run(argv(folder, **WRONG[words]), capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert words in done.stderr


def test_an_address_that_is_taken_is_told_in_a_sentence(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = argv(folder, listen=f"127.0.0.1:{taken.getsockname()[1]}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "in use" in done.stderr

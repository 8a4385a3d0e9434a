"""The mirror's own process: looks at its sources, publishes, and does what staff ask."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from classhub.materials.fetch import FolderSource, HttpSource
from classhub.materials.mirror import attended as attended_module
from classhub.materials.mirror.attended import Attended
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.publish import Looking
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings, Source
from classhub.materials.mirror.store import Store
from doubles.ports import free_port
from materials.sources.upstream import Upstream


def eventually(check: Callable[[], Any], within_s: float = 120) -> Any:
    until = time.monotonic() + within_s
    while not (found := check()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


@dataclass
class Process:
    port: int
    store: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, data: bytes = b"", **headers: str) -> int:
        request = urllib.request.Request(self.url + path, data, headers, method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream.make(tmp_path / "upstream")
    made.commit({"a.txt": b"1"})
    return made


@pytest.fixture
def process(tmp_path: Path, upstream: Upstream) -> Iterator[Process]:
    made = Process(free_port(), tmp_path / "store")
    hook = tmp_path / "hook"
    hook.write_text("hush")
    source = {"kind": "git", "source": upstream.address, "every_s": 3600, "hook": str(hook)}
    settings = {
        "listen": f"127.0.0.1:{made.port}",
        "store": str(made.store),
        "courses": [{"name": "comp141", "folder": "cs1", "source": source}, {"name": "empty"}],
    }
    (tmp_path / "mirror.json").write_text(json.dumps(settings))
    argv = [sys.executable, "-m", "classhub.materials.mirror", str(tmp_path / "mirror.json")]
    env = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    try:
        eventually(lambda: Store(made.store / "comp141").current_name())
        yield made
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0, (tmp_path / "log").read_text()
    finally:
        child.kill()
        child.wait()


def test_a_push_and_its_webhook_bring_a_release_to_students(process: Process, upstream: Upstream) -> None:
    first = HttpSource(process.url, "comp141", "nobody", None).manifest()
    assert set(first.files) == {"a.txt"}
    upstream.commit({"b.txt": b"2"})
    assert process.post("/courses/comp141/hook?key=hush") == 202
    eventually(lambda: "b.txt" in HttpSource(process.url, "comp141", "nobody", None).manifest().files)


def test_a_commit_is_told_to_who_cloned_it_before(process: Process, upstream: Upstream) -> None:
    old = upstream.git("rev-parse", "HEAD")
    found = HttpSource(process.url, "comp141", "nobody", None).tree(old)
    assert found is not None
    assert set(found) == {"a.txt"}
    assert FolderSource(process.store, "comp141").tree(old) == found


@pytest.fixture
def attended(tmp_path: Path) -> Attended:
    """One course whose release waits: half of its files would go."""
    (tmp_path / "material").mkdir()
    for name in "abcd":
        (tmp_path / "material" / name).write_text("\n".join(name * 3 for _ in range(9)))
    course = Course("comp141", source=Source("folder", str(tmp_path / "material"), every_s=3600))
    made = Attended(Settings(tmp_path / "store", (course, Course("empty"))), lambda _: None)
    store = Store(tmp_path / "store" / "comp141")
    made.start()
    eventually(store.current_name)
    for name in "abc":
        (tmp_path / "material" / name).unlink()
    (tmp_path / "material" / "d").write_text("changed")
    (tmp_path / "material" / "new").write_text("n")
    made.look_soon("comp141")
    eventually(lambda: store.held() and store.status().get("held"))
    made.stop()
    return made


def test_staff_see_what_a_release_that_waits_would_do_and_let_it_out(attended: Attended, tmp_path: Path) -> None:
    results = Results(tmp_path / "store" / "comp141" / "results")
    for name, paths in (("alice@college.edu", ("d", "own")), ("jane.doe", ("own",))):
        items = [{"action": "kept", "path": path} for path in paths] + [{"action": "updated", "path": "a"}]
        body = json.dumps({"course": "comp141", "status": "done", "items": items}).encode()
        results.keep(name, "comp141", body, "2027-01-11T12:00:00+00:00")
    seen = asyncio.run(attended.preview("comp141"))
    assert (seen["new"], seen["changed"], seen["removed"], seen["renamed"]) == (["new"], ["d"], ["a", "b", "c"], {})
    assert ["d"] in [one["touched"] for one in seen["students"] if one["name"] == "alice@college.edu"]
    assert [one["rule"] for one in asyncio.run(attended.lint("comp141"))["remarks"]] == ["drops-half"]
    assert asyncio.run(attended.publish("comp141", ""))["release"] == seen["to"]
    assert asyncio.run(attended.preview("comp141"))["changed"] == []


@pytest.mark.parametrize(("course", "release"), [("comp141", "9-abcdef0"), ("empty", "")])
def test_what_is_not_there_cannot_be_published(attended: Attended, course: str, release: str) -> None:
    with pytest.raises(Refused):
        asyncio.run(attended.publish(course, release))


def test_only_a_repository_has_commits(attended: Attended) -> None:
    assert asyncio.run(attended.tree("comp141", "f" * 40)) is None
    assert asyncio.run(attended.tree("empty", "f" * 40)) is None


def test_a_commit_that_is_unknown_is_looked_for_once_a_minute(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course("comp141", source=Source("git", upstream.address))
    looking = Looking(course, Store(tmp_path / "store" / "comp141"))
    looking.look()
    upstream.commit({"b.txt": b"2"})
    new, made = upstream.git("rev-parse", "HEAD"), Attended(Settings(tmp_path / "store", (course,)), lambda _: None)
    assert asyncio.run(made.tree("comp141", new)) is None
    looking.look()
    assert asyncio.run(made.tree("comp141", new)) is None
    monkeypatch.setattr(attended_module, "UNKNOWN_S", 0)
    assert set(asyncio.run(made.tree("comp141", new)) or ()) == {"a.txt", "b.txt"}

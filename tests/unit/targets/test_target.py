"""What only looks changes nothing."""

import json
import shutil
import socket

import pytest

from classhub.config.load import load
from classhub.hub.files import write_private
from classhub.plan.changes import plan, steps_ahead
from classhub.targets.local.target import LocalTarget
from classhub.walls import machine_uids
from doubles.ports import free_port


@pytest.fixture
def target(tmp_path):
    made = LocalTarget(tmp_path / "config")
    made.folder.mkdir()
    (made.folder / "config.yaml").touch()
    yield made
    shutil.rmtree(made.paths.runtime)


def config(target, port=8000):
    (target.folder / "classhub.yaml").write_text(f"local:\n  port: {port}\n")
    return load(target.folder, {})


def test_a_dry_run_changes_nothing(target):
    """Also when a stranger has one of the ports that the next `up` will therefore move."""
    write_private(target.paths.hub_json, json.dumps(target.settings(config(target))))
    known = target.paths.machine_json.read_bytes()
    shutil.rmtree(target.paths.logs)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", json.loads(known)["hub_port"]))
        stranger.listen()
        same, other = (target.inspect(config(target, port)) for port in (8000, 8001))
    applied = json.loads(target.paths.hub_json.read_text())
    assert (same.dry.settings, same.dry.before) == (applied, same.dry.wanted)
    assert {key for key, value in other.dry.wanted.own.items() if value != other.dry.before.own[key]} == {"local.port"}
    assert target.paths.machine_json.read_bytes() == known and not target.paths.logs.exists()
    target.paths.machine_json.unlink()
    assert target.inspect(config(target)).dry.settings != applied
    assert not target.paths.machine_json.exists()


def refusals(target, text=""):
    (target.folder / "classhub.yaml").write_text(text)
    config = load(target.folder, {})
    running = target.inspect(config)
    return [
        one.what
        for one in target.refusals(config, steps_ahead(running) if running else plan(None, {}, "", what="").steps)
    ]


@pytest.fixture
def started(target, monkeypatch):
    """A folder whose hub ran once, and gave alice a home."""
    monkeypatch.setenv(machine_uids.VARIABLE, str(target.folder.parent / "machine" / "uids.json"))
    write_private(target.paths.hub_json, json.dumps(target.settings(config(target, free_port()))))
    target.paths.uids_json.write_text('{"alice@college.edu": 50001}')
    (target.paths.homes / "alice@college.edu").mkdir()
    return target


def kept(target):
    return {path: path.lstat().st_mtime_ns for path in target.folder.parent.rglob("*") if path.parent != target.folder}


REFUSED = {
    "a folder for homes that cannot be made": ("homes: {folder: /nonexistent/a/b}", "there is no /nonexistent/a"),
    "a port of another program": ("local: {port: %d}", "is taken by"),
    "homes that are not there": (
        "homes: {folder: elsewhere}",
        "is not there, and 1 student of this hub had homes there",
    ),
}


@pytest.mark.parametrize("row", REFUSED)
def test_a_refusal_of_up_is_foreseen_and_nothing_is_touched(started, row):
    text, sentence = REFUSED[row]
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        text = text if "local" in text else f"{text}\nlocal: {{port: {free_port()}}}"
        before = kept(started)
        (said,) = refusals(started, text.replace("%d", str(stranger.getsockname()[1])))
        assert sentence in said
        assert kept(started) == before, "and no uid was recorded for the machine"


def test_a_damaged_database_is_foreseen(started):
    started.paths.database.write_bytes(b"SQLite format 3\0" + b"\1" * 5000)
    before = kept(started)
    (said,) = refusals(started, f"local: {{port: {free_port()}}}")
    assert "is damaged" in said and kept(started) == before


def test_where_all_is_well_no_refusal_is_foreseen(started, target):
    assert refusals(started, f"local: {{port: {free_port()}}}") == []


def test_before_the_first_start_all_is_looked_at_and_nothing_made(tmp_path):
    target = LocalTarget(tmp_path / "config")
    target.folder.mkdir()
    (target.folder / "config.yaml").touch()
    assert refusals(target, f"local: {{port: {free_port()}}}") == []
    assert not target.state.exists()
    (said,) = refusals(target, f"homes: {{folder: /nonexistent/a}}\nlocal: {{port: {free_port()}}}")
    assert "there is no /nonexistent" in said

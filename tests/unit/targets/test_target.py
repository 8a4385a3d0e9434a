"""What only looks changes nothing."""

import json
import shutil
import socket

import pytest

from classhub.config.load import load
from classhub.hub.files import write_private
from classhub.targets.local.target import LocalTarget


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

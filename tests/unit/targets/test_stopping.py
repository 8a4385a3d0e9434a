"""A stop comes to its end, whatever lies about, and takes away only what is nobody's."""

import os
import socket
import subprocess
import sys
from functools import partial

import pytest

from classhub.errors import OutsideFailed
from classhub.targets.local import control, parts, stopping
from classhub.targets.local.alone import in_place_of_a_supervisor, take_for_life
from classhub.targets.local.paths import Paths
from classhub.walls import identity
from deep import nested


@pytest.fixture
def told():
    return []


def test_the_runtime_folder_goes(paths, told):
    stopping.stop(paths, False, told.append)
    assert not paths.runtime.exists() and told == []


def test_the_runtime_folder_of_a_new_supervisor_stays(paths, told):
    lock = "import sys, time; from pathlib import Path; from classhub.targets.local.alone import take_for_life; "
    lock += "assert take_for_life(Path(sys.argv[1]), lambda: False); print('has it', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", lock, str(paths.supervisor_lock)], stdout=subprocess.PIPE) as new:
        try:
            new.stdout.readline()
            stopping.stop(paths, False, told.append)
            assert paths.sockets.is_dir()
        finally:
            new.kill()


def test_a_lock_whose_file_was_removed_guards_nothing(paths):
    with in_place_of_a_supervisor(paths.supervisor_lock) as mine:
        assert mine
        paths.supervisor_lock.unlink()
        assert take_for_life(paths.supervisor_lock, lambda: False, patience_s=0.1), "a new file, a new lock"
    with in_place_of_a_supervisor(paths.supervisor_lock) as mine:
        assert not mine


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "I/O")])
def test_what_cannot_be_removed_is_said_and_fails_no_stop(paths, told, monkeypatch, error):
    def fails(folder):
        raise error

    monkeypatch.setattr(stopping, "remove_tree", fails)
    stopping.stop(paths, False, told.append)
    assert len(told) == 1 and str(paths.runtime) in told[0]


def test_folders_beyond_recursion_go_too(paths, told):
    deep = paths.student_runtime / "alice"
    deep.mkdir()
    with nested(deep):
        stopping.stop(paths, False, told.append)
    assert not paths.runtime.exists() and told == []


@pytest.mark.skipif(sys.platform != "linux", reason="the pid is asked of Linux")
def test_a_stuck_supervisor_is_named_with_the_way_out(paths, told, monkeypatch):
    monkeypatch.setattr(stopping.control, "ask", partial(control.ask, timeout_s=0.05))
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.bind(str(paths.control))
        stuck.listen()
        with pytest.raises(OutsideFailed, match=rf"supervisor \(pid {os.getpid()}\) does not answer") as failed:
            stopping.stop(paths, False, told.append)
        assert f"kill -9 {os.getpid()}\n  classhub down" in failed.value.fix
        with pytest.raises(OutsideFailed, match=r"supervisor did not answer") as failed:
            control.ask(paths, {"do": "restart", "part": "hub"})
    assert failed.value.fix == "classhub status", "it may only be slow"


@pytest.fixture
def proxy(paths):
    """A Caddy of ours without its supervisor. Its argv is what tells it from other programs."""
    program = paths.state / "caddy"
    program.symlink_to("/bin/sh")
    (paths.state / "run").write_text("read something\n")
    argv = [str(program), "run", "--config", str(paths.runtime / "caddy.json")]
    with subprocess.Popen(argv, cwd=paths.state, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.parametrize(
    "left", [None, "{", "[]", '{"proxy": {"state": "running", "process": {"boot_id": "x", "pid": 1, "start": 1}}}']
)
def test_our_parts_are_found_without_parts_json(paths, proxy, told, left):
    if left is not None:
        paths.parts_json.write_text(left)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=paths.state)
    try:
        found = parts.living(paths)
        assert {name: process.pid for name, (process, _) in found.items()} == {"proxy": proxy.pid}
        stopping.stop(paths, True, told.append)
        assert identity.of(proxy.pid) is None
        assert identity.of(stranger.pid) is not None
    finally:
        stranger.kill()
        stranger.wait()


def test_after_a_stop_nobody_looks_again(paths, monkeypatch, told):
    stopping.stop(paths, False, told.append)
    monkeypatch.setattr(parts, "_look_for", lambda names, paths: pytest.fail("it looked"))
    assert parts.living(paths) == {}


def test_a_part_of_another_hub_is_not_ours(paths, proxy, tmp_path):
    other = Paths(tmp_path / "other", tmp_path / "run" / "y", tmp_path / "homes")
    other.state.mkdir()
    assert parts.living(other) == {}


def test_a_link_to_the_state_folder_is_the_same_folder(paths, proxy, tmp_path):
    (tmp_path / "link").symlink_to(paths.state)
    linked = Paths(tmp_path / "link", paths.runtime, paths.homes)
    assert list(parts.living(linked)) == ["proxy"]

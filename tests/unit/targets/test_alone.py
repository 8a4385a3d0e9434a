"""Locks between commands, and Ctrl-C that waits."""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from classhub.targets.local import alone as alone_module
from classhub.targets.local import lock_holder
from classhub.targets.local.alone import alone, take_for_life, whole
from classhub.targets.local.target import LocalTarget


class Waits(Exception):
    pass


def waits(*said):
    raise Waits


def test_a_second_command_waits_and_says_so(tmp_path):
    with alone(tmp_path, lambda _: pytest.fail("nobody has it")), pytest.raises(Waits), alone(tmp_path, waits):
        pass
    with alone(tmp_path, lambda _: pytest.fail("it was let go")):
        pass


@pytest.fixture
def another(tmp_path):
    """Another process that has the lock, its command line as typed in a terminal; gone at the end."""
    hold = "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[2], 0), 2); print(flush=True); time.sleep(60)"
    argv = [sys.executable, "-c", hold, "classhub", tmp_path]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")
def test_whoever_waits_long_hears_for_whom_and_how_to_go_on(tmp_path, another, monkeypatch):
    monkeypatch.setattr(alone_module, "LONG_S", 0)
    told = []

    def tell(sentence):
        told.append(sentence)
        if len(told) == 2:
            os.kill(another.pid, signal.SIGKILL)

    with alone(tmp_path, tell):
        pass
    assert told == [
        f"Another command is at work here: `classhub {tmp_path}` (pid {another.pid}); it goes first.",
        f"Process {another.pid} is still at work. Next: wait, or, if it hangs, end it: `kill {another.pid}`.",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")
def test_one_that_ctrl_z_stopped_is_told_from_one_that_works(tmp_path, another):
    handle = os.open(tmp_path, os.O_RDONLY)
    os.kill(another.pid, signal.SIGSTOP)
    os.waitpid(another.pid, os.WUNTRACED)
    said = lock_holder.how_to_go_on(lock_holder.pid_of(handle))
    assert "stopped" in said and f"`kill {another.pid}; kill -CONT {another.pid}`" in said
    another.kill()
    another.wait()
    assert lock_holder.pid_of(handle) is None
    os.close(handle)


def test_a_machine_that_does_not_tell_who_has_the_lock_costs_only_the_name(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_holder, "LOCKS", tmp_path / "none")
    told = []
    with alone(tmp_path, pytest.fail), pytest.raises(Waits), alone(tmp_path, lambda said: waits(told.append(said))):
        pass
    assert told == ["Another command is at work here; it goes first."]


def test_a_folder_that_cannot_be_opened_is_told_by_others(tmp_path):
    with alone(tmp_path / "nothing", lambda _: pytest.fail("no lock")):
        pass


def test_what_others_may_open_is_not_the_lock(tmp_path):
    """Any account that reads config/ could hold it for ever."""
    target = LocalTarget(tmp_path / "config")
    target.folder.mkdir()
    (target.folder / "config.yaml").touch()
    reading = os.open(target.folder, os.O_RDONLY)
    fcntl.flock(reading, fcntl.LOCK_EX)
    with target.alone(pytest.fail):
        assert target.state.stat().st_mode & 0o777 == 0o700
        with pytest.raises(Waits), target.alone(waits):
            pass
    assert not target.state.exists(), "nothing was put into it"
    os.close(reading)


def test_outside_a_deployment_folder_nothing_is_made(tmp_path):
    with LocalTarget(tmp_path / "config").alone(pytest.fail):
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [True, False])
def test_a_folder_that_was_removed_meanwhile_guards_nothing(tmp_path, make):
    """Whoever waited for it takes the new one."""
    state, ended = tmp_path / ".classhub", ExitStack()
    state.mkdir()
    ended.enter_context(alone(state, pytest.fail, make))

    def replaced(_):
        ended.close()
        if not make:
            state.rmdir()
            state.mkdir()

    with alone(state, replaced, make), pytest.raises(Waits), alone(state, waits):
        pass


def test_a_folder_that_goes_before_it_is_opened_is_made_again(tmp_path, monkeypatch):
    """Whoever made it before us removes it at his end, as nothing was put into it."""
    state, make = tmp_path / ".classhub", Path.mkdir
    answers = [FileExistsError()]

    def mkdir(path, *more, **words):
        if answers:
            raise answers.pop()
        make(path, *more, **words)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with alone(state, pytest.fail, make=True), pytest.raises(Waits), alone(state, waits):
        pass


def test_a_link_that_leads_nowhere_is_told_by_others(tmp_path):
    (tmp_path / ".classhub").symlink_to(tmp_path / "nowhere")
    with alone(tmp_path / ".classhub", pytest.fail, make=True):
        pass


def test_what_was_put_into_the_folder_stays(tmp_path):
    with alone(tmp_path / ".classhub", pytest.fail, make=True):
        (tmp_path / ".classhub" / "hub.json").touch()
    assert (tmp_path / ".classhub" / "hub.json").exists()


def test_a_second_supervisor_gives_way(tmp_path):
    lock = tmp_path / "lock"
    assert take_for_life(lock, lambda: False)
    assert not take_for_life(lock, lambda: True)
    assert not take_for_life(lock, lambda: False, patience_s=0.1)


def test_ctrl_c_waits_for_the_end():
    done = []
    with pytest.raises(KeyboardInterrupt), whole():
        os.kill(os.getpid(), signal.SIGINT)
        done.append("all of it")
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

"""Locks between commands, and Ctrl-C that waits."""

import fcntl
import os
import signal
from contextlib import ExitStack

import pytest

from classhub.errors import Edit
from classhub.operations.configure import change
from classhub.targets.local.alone import alone, take_for_life, whole
from classhub.targets.local.target import LocalTarget


class Waits(Exception):
    pass


def waits(*said):
    raise Waits


def test_a_second_command_waits_and_says_so(tmp_path):
    with alone(tmp_path, lambda: pytest.fail("nobody has it")), pytest.raises(Waits), alone(tmp_path, waits):
        pass
    with alone(tmp_path, lambda: pytest.fail("it was let go")):
        pass


def test_a_folder_that_cannot_be_opened_is_told_by_others(tmp_path):
    with alone(tmp_path / "nothing", lambda: pytest.fail("no lock")):
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
        with pytest.raises(Waits):
            change(target.folder, {}, Edit("set", ("local", "port"), 8001), waiting=waits)
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

    def replaced():
        ended.close()
        if not make:
            state.rmdir()
            state.mkdir()

    with alone(state, replaced, make), pytest.raises(Waits), alone(state, waits):
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

"""Locks between commands, and Ctrl-C that waits."""

import os
import signal

import pytest

from classhub.targets.local.alone import alone, take_for_life, whole


def test_a_second_command_waits_and_says_so(tmp_path):
    class Waits(Exception):
        pass

    def waiting():
        raise Waits

    with alone(tmp_path, lambda: pytest.fail("nobody has it")), pytest.raises(Waits), alone(tmp_path, waiting):
        pass
    with alone(tmp_path, lambda: pytest.fail("it was let go")):
        pass


def test_a_folder_that_cannot_be_opened_is_told_by_others(tmp_path):
    with alone(tmp_path / "nothing", lambda: pytest.fail("no lock")):
        pass


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

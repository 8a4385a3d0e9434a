"""A Helm that outlives its command is known by a lock that the kernel takes back."""

import os
import subprocess
import time

import pytest

from classhub.errors import Refused
from classhub.targets.cluster import helm_lock


def test_a_helm_at_work_is_waited_for(tmp_path):
    told = []
    with helm_lock.held(tmp_path, told.append) as descriptor:
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(descriptor,))

    def tell(sentence):
        told.append(sentence)
        child.stdin.close()  # it ends once somebody waits

    with helm_lock.held(tmp_path, tell):
        assert child.wait(60) == 0
    assert told == ["The Helm of a command that was killed is still at work here; it is waited for."]


def test_one_that_never_ends_is_not_waited_for_forever(tmp_path):
    with helm_lock.held(tmp_path, print) as descriptor:
        child = subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,))
    try:
        with pytest.raises(Refused, match="does not end"), helm_lock.held(tmp_path, print, longest_s=0.1):
            pass
    finally:
        child.kill()
        child.wait()


def test_nobody_else_is_waited_for(tmp_path):
    began = time.monotonic()
    for _ in range(3):
        with helm_lock.held(tmp_path, pytest.fail) as descriptor:
            assert not os.get_inheritable(descriptor)
    assert time.monotonic() - began < helm_lock.LONGEST_S
    assert (tmp_path / "helm.lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_has_one_mark(tmp_path):
    (tmp_path / "a").mkdir()
    assert helm_lock.place(tmp_path / "a") == helm_lock.place(tmp_path / "a" / ".." / "a")
    assert helm_lock.place(tmp_path / "a") != helm_lock.place(tmp_path)


def test_the_folders_of_state_are_for_this_account_alone(tmp_path):
    state = tmp_path / "term" / ".classhub" / "cluster"
    state.parent.parent.mkdir(mode=0o755)
    with helm_lock.held(state, pytest.fail):
        assert [folder.stat().st_mode & 0o777 for folder in (state, state.parent)] == [0o700, 0o700]
    assert state.parent.parent.stat().st_mode & 0o777 == 0o755, "the folder of the deployment is not ours to narrow"


def test_one_that_was_made_wider_before_is_narrowed(tmp_path):
    state = tmp_path / ".classhub" / "cluster"
    state.mkdir(mode=0o755, parents=True)
    with helm_lock.held(state, pytest.fail):
        assert [folder.stat().st_mode & 0o777 for folder in (state, state.parent)] == [0o700, 0o700]

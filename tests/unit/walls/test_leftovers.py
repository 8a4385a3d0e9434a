"""What a student leaves running where no control group holds it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classhub.walls import identity, leftovers
from unit.walls.student import half_dead, needs_root

UID = 1_000_000 + os.getpid()


@pytest.fixture
def run():
    """A sleeper as somebody; ended at the end."""
    children = []

    def start(
        uid: int, script: str = "exec sleep 100", stdout: int | None = None, **env: str
    ) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen(
            ["/bin/sh", "-c", script],
            user=uid,
            group=uid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, **env},
            stdout=stdout,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()


def is_up(child) -> bool:
    return identity.of(child.pid) is not None


def until_it_sleeps(child) -> None:
    """In the middle of its exec it shows no environment."""
    proc, until = Path(f"/proc/{child.pid}"), time.monotonic() + 60
    while (proc / "comm").read_text() != "sleep\n" or not (proc / "environ").read_bytes():
        assert time.monotonic() < until
        time.sleep(0.01)


@needs_root
def test_all_of_a_student_ends_and_nobody_else(run, tmp_path):
    own, neighbour, root = run(UID), run(UID + 1), run(0)
    run(UID, "setsid sleep 100 & setsid sleep 100 &").wait()
    assert len(leftovers.running(UID, tmp_path)) == 3
    assert leftovers.end(UID, tmp_path)
    assert leftovers.running(UID, tmp_path) == []
    assert own.wait(60) == -signal.SIGKILL and is_up(neighbour) and is_up(root)


@needs_root
def test_one_whose_main_thread_has_ended_is_left_and_ends(tmp_path):
    with half_dead(UID) as child:
        assert [who.pid for who in leftovers.running(UID, tmp_path)] == [child.pid]
        assert leftovers.end(UID, tmp_path)
        assert child.wait(60) == -signal.SIGKILL


@needs_root
def test_what_multiplies_ends_too(run, tmp_path):
    run(UID, "while :; do setsid sleep 100 & sleep 0.01; done")
    assert leftovers.end(UID, tmp_path)
    assert leftovers.running(UID, tmp_path) == []


def as_us(script: str, *words: str, **env: str) -> "subprocess.Popen[bytes]":
    """A sleeper as our own account."""
    argv = [sys.executable, "-c", f"import time; {script}; time.sleep(100)", *words]
    return subprocess.Popen(argv, env={"PATH": os.defpath, **env}, start_new_session=True)


@pytest.fixture
def mine(tmp_path):
    """Starts what inherits a server's environment, and what does not; ended at the end."""
    children = []

    def start(*words: str, runtime: str = "mine", script: str = "pass") -> "subprocess.Popen[bytes]":
        child = as_us(script, *words, JUPYTER_RUNTIME_DIR=str(tmp_path / runtime))
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()


def test_under_our_account_only_what_one_server_started_ends(mine, tmp_path):
    left, other, longer = mine(), mine(runtime="other"), mine(runtime="mine2")
    assert leftovers.end_under_our_account(tmp_path / "mine")
    assert left.wait(60) == -signal.SIGKILL and is_up(other) and is_up(longer)


@pytest.mark.parametrize(
    "words", [["/opt/it/bin/classhub", "up"], ["classhub"], ["classhub.targets.local.supervisor", "x"]]
)
def test_a_classhub_that_was_started_in_a_servers_terminal_goes_on(mine, tmp_path, words):
    supervisor, left = mine(*words), mine("notclasshub")
    assert leftovers.end_under_our_account(tmp_path / "mine")
    assert left.wait(60) == -signal.SIGKILL and is_up(supervisor)


def test_who_ends_leftovers_of_the_own_server_and_its_parents_go_on(mine, tmp_path):
    """`classhub down`, typed in a terminal of the server."""
    end = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], sys.argv[2]]); print('on', flush=True)"
    down = "import sys; from pathlib import Path; from classhub.walls import leftovers; "
    down += "print(leftovers.end_under_our_account(Path(sys.argv[1])))"
    runtime, left = str(tmp_path / "mine"), mine()
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": runtime}
    done = subprocess.run(
        [sys.executable, "-c", end, down, runtime], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "on"] and left.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("uid", [0, 1, 1000, 50000, 60001, 65534, -1])
def test_a_uid_that_is_no_students_is_refused(tmp_path, uid):
    with pytest.raises(ValueError, match="not one of"):
        leftovers.end(uid, tmp_path)


def hub(folder: Path, uid: int) -> Path:
    """A hub's runtime folder, with one student's in it."""
    own = folder / "u" / "abc"
    own.mkdir(parents=True)
    folder.chmod(0o700)
    os.chown(own, uid, uid)
    return folder


@needs_root
def test_the_same_uid_in_another_hub_of_this_machine_is_spared(run, tmp_path):
    ours, other = hub(tmp_path / "ours", UID), hub(tmp_path / "other", UID)
    here = run(UID, JUPYTER_RUNTIME_DIR=f"{ours}/u/abc")
    there = run(UID, JUPYTER_RUNTIME_DIR=f"{other}/u/abc")
    until_it_sleeps(there)
    assert leftovers.end(UID, ours)
    assert here.wait(60) == -signal.SIGKILL and is_up(there)


@needs_root
def test_a_student_cannot_pretend_to_be_of_another_hub(run, tmp_path):
    ours, other = hub(tmp_path / "ours", UID), hub(tmp_path / "other", UID)
    open_, made = hub(tmp_path / "open", UID), hub(tmp_path / "made", UID)
    open_.chmod(0o755)
    os.chown(made, UID, UID)
    (tmp_path / "alias").symlink_to(other)
    elsewhere = hub(tmp_path / "deep" / "other", UID)
    stranger = hub(tmp_path / "stranger", UID + 1)
    places = (
        f"{ours}/u/abc",
        f"{ours}/../other/u/abc",
        f"{ours}/u/../../other/u/abc",
        f"{other}/u/../u/abc",
        f"{other}/u/abc/",
        f"{other}//u/abc",
        f"{other}/u/..",
        f"{other}/u/none",
        f"{other}/s/abc",
        f"{tmp_path}/./u/abc",
        f"{tmp_path}/alias/u/abc",
        f"{open_}/u/abc",
        f"{made}/u/abc",
        f"{elsewhere}/u/abc",
        f"{stranger}/u/abc",
        f"/proc/self/root{other}/u/abc",
        "/tmp",
        "u/abc",
        "",
    )
    children = {place: run(UID, JUPYTER_RUNTIME_DIR=place) for place in places}
    assert leftovers.end(UID, ours)
    assert {place: child.wait(60) for place, child in children.items()} == dict.fromkeys(places, -signal.SIGKILL)


@needs_root
def test_a_students_own_mounts_make_no_other_hub(run, open_folder, tmp_path):
    """Root of a user namespace lays a folder of the real root over anything; by /proc/PID/root the hub would see it."""
    common, laid = open_folder / "common", open_folder / "laid"
    (common / "abc").mkdir(parents=True)
    os.chown(common / "abc", UID, UID)
    (laid / "u").mkdir(parents=True)
    script = f"exec unshare -rm sh -c 'mount --bind {common} {laid}/u && echo up && exec sleep 100'"
    child = run(UID, f"export JUPYTER_RUNTIME_DIR=/proc/$$/root{laid}/u/abc; {script}", stdout=subprocess.PIPE)
    with child.stdout:
        if child.stdout.readline() != b"up\n":
            pytest.skip("no user namespaces for students here")
    assert Path(f"/proc/{child.pid}/root{laid}/u/abc").lstat().st_uid == UID
    assert leftovers.end(UID, hub(tmp_path / "ours", UID))
    assert child.wait(60) == -signal.SIGKILL

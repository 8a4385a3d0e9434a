"""A process is known by boot, pid and start time; a stranger with the same pid is never touched."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classhub.walls import identity
from classhub.walls.identity import Identity
from unit.walls.student import half_dead


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_i_am_alive_and_the_same_each_time_i_look():
    assert identity.me() == identity.of(os.getpid())
    assert identity.is_alive(identity.me())


def test_a_running_process_gets_its_signal_and_is_then_gone(sleeper):
    who = identity.of(sleeper.pid)
    assert who is not None
    assert identity.send(who, signal.SIGTERM)
    assert sleeper.wait(60) == -signal.SIGTERM
    assert not identity.is_alive(who)
    assert not identity.send(who, signal.SIGTERM)


def test_a_zombie_is_dead(sleeper):
    who = identity.of(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert identity.of(sleeper.pid) is None
    assert not identity.is_alive(who)
    assert not identity.send(who, signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="a zombie with threads is Linux's")
def test_a_process_whose_main_thread_has_ended_lives_until_its_threads_are_killed():
    with half_dead(os.geteuid()) as child:
        who = identity.of(child.pid)
        assert who is not None and identity.is_alive(who)
        identity.end([who], patience_s=0)
        assert child.wait(60) in (-signal.SIGKILL, -signal.SIGTERM)
        assert not identity.is_alive(who)


def test_a_thousand_forged_or_recycled_identities_reach_nobody():
    """The strangers count every signal that they can catch; none may arrive."""
    strangers = [_counting_stranger() for _ in range(4)]
    chance = random.Random(3)
    truths = [identity.of(stranger.pid) for stranger in strangers]
    for _ in range(1000):
        true = chance.choice(truths)
        forged = chance.choice(
            [
                Identity(true.boot_id, true.pid, true.start - chance.randint(1, 10**6)),
                Identity(true.boot_id, true.pid, true.start + chance.randint(1, 10**6)),
                Identity("00000000-0000-0000-0000-000000000000", true.pid, true.start),
                Identity("another boot", true.pid, chance.randint(0, 10**9)),
            ]
        )
        assert not identity.is_alive(forged)
        assert identity.open_pidfd(forged) is None
        assert not identity.send(forged, signal.SIGUSR1)
    counts = [_stop_and_count(stranger) for stranger in strangers]
    assert counts == [0, 0, 0, 0]


def test_a_pid_that_really_was_recycled_is_left_alone():
    """Uses the kernel's own switch for the next pid where it may be set."""
    if sys.platform != "linux" or os.geteuid() != 0 or not os.access("/proc/sys/kernel/ns_last_pid", os.W_OK):
        pytest.skip("the kernel's next pid cannot be chosen here (needs root and ns_last_pid)")
    first = subprocess.Popen(["sleep", "60"])
    old = identity.of(first.pid)
    first.kill()
    first.wait()
    time.sleep(0.02)  # start times count hundredths of a second
    second = _start_with_pid(first.pid)
    if second is None:
        pytest.skip("somebody else took the pid first, ten times")
    try:
        assert identity.of(second.pid) is not None
        assert old is not None and old != identity.of(second.pid)
        assert not identity.send(old, signal.SIGKILL)
        assert second.poll() is None
    finally:
        second.kill()
        second.wait()


def test_nonsense_pids_are_nobody():
    for pid in (0, -1, 2**31, 2**70):
        assert identity.of(pid) is None
        assert not identity.send(Identity("x", pid, 1), 0)


def test_a_strange_program_name_does_not_confuse_the_reader(tmp_path):
    odd = tmp_path / "a) Z 1 (b"
    odd.symlink_to("/bin/sleep")
    child = subprocess.Popen([odd, "30"])
    try:
        assert identity.is_alive(identity.of(child.pid))
    finally:
        child.kill()
        child.wait()


def test_an_identity_survives_json():
    assert identity.from_json(identity.me().to_json()) == identity.me()


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "x",
        {},
        {"boot_id": "b", "pid": 1},
        {"boot_id": "", "pid": 1, "start": 1},
        {"boot_id": "b", "pid": True, "start": 1},
        {"boot_id": "b", "pid": "1", "start": 1},
        {"boot_id": "b", "pid": -1, "start": 1},
        {"boot_id": "b", "pid": 0, "start": 1},
        {"boot_id": "b", "pid": 2**40, "start": 1},
        {"boot_id": "b", "pid": 1, "start": -1},
        {"boot_id": "b", "pid": 1, "start": 1.5},
        {"boot_id": 7, "pid": 1, "start": 1},
    ],
)
def test_a_malformed_record_is_no_identity(record):
    assert identity.from_json(record) is None


COUNTING = """
import signal, sys
count = 0
def seen(*_):
    global count
    count += 1
for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP):
    signal.signal(signum, seen)
print("ready", flush=True)
while not sys.stdin.readline():
    pass
print(count, flush=True)
"""


def _counting_stranger():
    child = subprocess.Popen([sys.executable, "-c", COUNTING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    return child


def _stop_and_count(stranger):
    out, _ = stranger.communicate("enough\n", timeout=60)
    return int(out)


def _start_with_pid(pid):
    for _ in range(10):
        Path("/proc/sys/kernel/ns_last_pid").write_text(str(pid - 1))
        child = subprocess.Popen(["sleep", "30"])
        if child.pid == pid:
            return child
        child.kill()
        child.wait()
    return None


def test_ending_asks_first_and_then_makes_them():
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    polite = "import time; print(1, flush=True); time.sleep(60)"
    children = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for code in (deaf, polite)]
    for child in children:
        child.stdout.readline()
    identity.end([identity.of(child.pid) for child in children], patience_s=1.5)
    assert [child.wait(60) for child in children] == [-signal.SIGKILL, -signal.SIGTERM]
    for child in children:
        child.stdout.close()

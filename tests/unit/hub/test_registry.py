"""Without control groups: what a stopped server leaves under its uid."""

import os
import signal
import subprocess
import time

import pytest

from classhub.hub import registry
from classhub.walls import identity, leftovers, uids
from unit.walls.student import needs_root

FIRST = 2_000_000 + os.getpid() * 4
ALICE = "alice@college.edu"
SLICE = f"classhub-test{os.getpid()}"


@pytest.fixture
def machine(tmp_path):
    """A map of uids, and servers that may be started under them."""

    class Machine:
        folder = tmp_path / "servers"
        uid = uids.uid_for(tmp_path / "uids.json", ALICE, FIRST)

        def run(self, uid: int) -> "subprocess.Popen[bytes]":
            child = subprocess.Popen(["sleep", "100"], user=uid, group=uid, extra_groups=[], cwd="/")
            children.append(child)
            return child

        def server(self, name: str = "", user: str = ALICE, uid: int | None = None) -> registry.Entry:
            uid = self.uid if uid is None else uid
            process = identity.of(self.run(uid).pid)
            entry = registry.Entry(user, name, process, str(tmp_path / "run" / "s" / "x.sock"), time.time(), uid=uid)
            registry.write(self.folder, entry)
            return entry

    children: list = []
    Machine.folder.mkdir()
    yield Machine()
    for child in children:
        child.kill()
        child.wait()


def is_up(child) -> bool:
    return identity.of(child.pid) is not None


@needs_root
@pytest.mark.parametrize(
    "end", [lambda folder, entry: registry.clear(folder, entry, 2), lambda folder, _: registry.end_all(folder, SLICE)]
)
def test_the_last_server_of_a_student_takes_the_leftovers_along(machine, end):
    entry, left = machine.server(), machine.run(machine.uid)
    end(machine.folder, entry)
    assert not entry.alive and left.wait(60) == -signal.SIGKILL


@needs_root
def test_the_end_of_all_takes_the_leftovers_of_a_server_along_that_died_unseen(machine):
    entry, left = machine.server(), machine.run(machine.uid)
    identity.end([entry.process], 5)
    assert is_up(left)
    registry.end_all(machine.folder, SLICE)
    assert left.wait(60) == -signal.SIGKILL and registry.read(machine.folder, ALICE) is None


@needs_root
def test_leftovers_stay_while_another_server_of_the_student_lives(machine):
    entry, other, left = machine.server(), machine.server("exam"), machine.run(machine.uid)
    registry.clear(machine.folder, entry, 2)
    assert not entry.alive and other.alive and is_up(left)
    registry.clear(machine.folder, other, 2)
    assert left.wait(60) == -signal.SIGKILL


@needs_root
def test_a_uid_that_the_map_gives_to_nobody_or_to_another_is_left_alone(machine):
    stranger = machine.uid + 1
    entry, theirs = machine.server("", ALICE, stranger), machine.run(stranger)
    bob, alices = machine.server("", "bob@college.edu", machine.uid), machine.run(machine.uid)
    registry.clear(machine.folder, entry, 2)
    registry.clear(machine.folder, bob, 2)
    assert is_up(theirs) and is_up(alices)


@needs_root
def test_only_births_of_the_same_student_wait_while_leftovers_end(machine, monkeypatch):
    entry, held = machine.server(), []
    monkeypatch.setattr(
        leftovers, "end", lambda uid, runtime: held.extend(registry.births(who).locked() for who in (uid, uid + 1))
    )
    registry.clear(machine.folder, entry, 2)
    assert held == [True, False]
    assert not registry.births(machine.uid).locked()


@needs_root
def test_a_damaged_map_ends_nobody(machine):
    entry, left = machine.server(), machine.run(machine.uid)
    (machine.folder.parent / "uids.json").write_text("{")
    registry.clear(machine.folder, entry, 2)
    assert not entry.alive and is_up(left)

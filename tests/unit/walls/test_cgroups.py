"""Control groups: version 2 on a fake tree, and whatever this machine has for real."""

import dataclasses
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classhub.errors import OutsideFailed
from classhub.walls import cgroups, identity
from classhub.walls.cgroup_tree import Limits, Tree, folders, read_tree
from unit.walls.student import PLAIN, ROOT, UID, as_student, enter, half_dead

NAME = "classhub-7f/alice@college.edu"
CONTROLLERS = "cpuset cpu io memory pids"
MIXED = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
41 31 0:31 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory
42 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""


@pytest.fixture
def v2(tmp_path):
    """The files that a kernel would put there, in the root, in our slice and in Alice's group."""
    slice_folder = tmp_path / "classhub-7f"
    group = slice_folder / "server-alice@college.edu"
    group.mkdir(parents=True)
    for folder in (tmp_path, slice_folder, group):
        (folder / "cgroup.controllers").write_text(CONTROLLERS)
        (folder / "cgroup.subtree_control").write_text("")
    (group / "cgroup.procs").write_text("")
    (group / "memory.swap.max").write_text("max")
    (group / "memory.current").write_text("5000\n")
    (group / "memory.stat").write_text("anon 1\ninactive_file 1000\n")
    (group / "memory.events").write_text("low 0\nhigh 0\nmax 4\noom 1\noom_kill 2\n")
    (group / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    return Tree({}, tmp_path, frozenset(CONTROLLERS.split()))


def test_both_versions_are_found_where_they_are_mounted(tmp_path):
    (tmp_path / "mountinfo").write_text(MIXED)
    tree = read_tree(tmp_path / "mountinfo")
    assert {name: str(place) for name, place in tree.v1.items()} == {
        "cpu": "/sys/fs/cgroup/cpu,cpuacct",
        "cpuacct": "/sys/fs/cgroup/cpu,cpuacct",
        "memory": "/sys/fs/cgroup/memory",
    }
    assert tree.version == "v1"
    assert "unified" in tree.roots()


def test_a_controller_mounted_with_another_is_joined_once(tmp_path):
    tree = Tree({"cpu": tmp_path, "cpuacct": tmp_path})
    assert len(cgroups.Group(NAME, "v1", folders(tree, NAME)).procs_files) == 1


def test_no_control_groups_is_said_not_raised(tmp_path):
    tree = read_tree(tmp_path / "mountinfo")
    assert cgroups.probe(tree).version == "none"
    assert "ontrol groups" in cgroups.probe(tree).why
    assert cgroups.make(NAME, Limits(), tree) is None
    assert cgroups.find(NAME, tree) is None


def test_v2_hands_controllers_down_and_sets_the_limits(v2):
    group = cgroups.make(NAME, Limits(memory_bytes=1 << 30, cpu_cores=0.5, pids=100), v2)
    folder = group.folders["unified"]
    assert (v2.v2 / "cgroup.subtree_control").read_text() == "+pids"  # each write is one request: the last is seen here
    assert (folder.parent / "cgroup.subtree_control").read_text() == "+pids"
    written = {name: (folder / name).read_text() for name in ("memory.max", "memory.swap.max", "cpu.max", "pids.max")}
    assert written == {"memory.max": str(1 << 30), "memory.swap.max": "0", "cpu.max": "50000 100000", "pids.max": "100"}
    assert group.procs_files == [str(folder / "cgroup.procs")]


def test_v2_leaves_controllers_alone_that_are_on(v2):
    (v2.v2 / "cgroup.subtree_control").write_text("cpu memory pids")
    cgroups.make(NAME, Limits(), v2)
    assert (v2.v2 / "cgroup.subtree_control").read_text() == "cpu memory pids"


def test_v2_lifts_a_limit_again(v2):
    cgroups.make(NAME, Limits(memory_bytes=1, cpu_cores=1, pids=1), v2)
    folder = cgroups.make(NAME, Limits(), v2).folders["unified"]
    written = {(folder / name).read_text() for name in ("memory.max", "memory.swap.max", "cpu.max", "pids.max")}
    assert written == {"max", "max 100000"}


def test_v2_figures_are_read_in_our_units(v2):
    group = cgroups.find(NAME, v2)
    assert (group.memory_bytes(), group.cpu_seconds(), group.oom_kills()) == (4000, 1.5, 2)


def test_a_limit_without_its_controller_is_a_sentence(v2):
    (v2.v2 / "classhub-7f" / "server-alice@college.edu" / "cgroup.controllers").write_text("cpu")
    assert cgroups.make(NAME, Limits(cpu_cores=1), v2) is not None
    with pytest.raises(OutsideFailed, match="no memory controller"):
        cgroups.make(NAME, Limits(memory_bytes=1), v2)


@pytest.mark.parametrize(("code", "raises"), [(errno.EROFS, False), (errno.EBUSY, False), (errno.ENOSPC, True)])
def test_not_having_groups_is_none_but_failing_to_make_one_is_told(v2, monkeypatch, code, raises):
    def prepare(root, folder):
        raise OSError(code, "as the kernel says", str(root))

    monkeypatch.setattr(cgroups.cgroup_v2, "prepare", prepare)
    if raises:
        with pytest.raises(OutsideFailed, match="as the kernel says"):
            cgroups.make(NAME, Limits(), v2)
    else:
        assert cgroups.make(NAME, Limits(), v2) is None
        assert "as the kernel says" in cgroups.probe(v2).why or "root" in cgroups.probe(v2).why


@pytest.mark.parametrize("name", ["alice", "classhub-1/a/b", "../x/y", "classhub-1/..", "other-1/a", "classhub-../a"])
def test_only_groups_of_ours_have_a_folder(name, tmp_path):
    if name == "classhub-../a":
        assert folders(Tree({"cpu": tmp_path}), name)["cpu"].is_relative_to(tmp_path)
        return
    with pytest.raises(ValueError, match="no name for a control group"):
        folders(Tree({"cpu": tmp_path}), name)


def test_a_user_called_like_a_kernel_file_has_a_folder(tmp_path):
    assert folders(Tree({"cpu": tmp_path}), "classhub-1/cgroup.procs")["cpu"].name == "server-cgroup.procs"


@pytest.fixture
def support():
    found = cgroups.probe()
    if found.version == "none" or found.why:
        pytest.skip(f"not all limits work here: {found.why}")
    return found


@pytest.fixture
def limited(group_name):
    def make(**limits):
        group = cgroups.make(group_name, Limits(**limits))
        assert cgroups.find(group_name) == group
        return group

    return make


class TestOnThisMachine:
    pytestmark = ROOT

    def test_the_probe_leaves_nothing_behind(self):
        cgroups.probe()
        own = f"classhub-probe-{os.getpid()}"
        assert [path for root in read_tree().roots().values() for path in root.glob(own)] == []

    def test_the_memory_limit_kills_and_is_counted(self, support, limited):
        group = limited(memory_bytes=64 << 20)
        spec = dataclasses.replace(
            PLAIN,
            uid=UID,
            gid=UID,
            cgroups=group.procs_files,
            argv=["/bin/sh", "-c", "head -c 300m /dev/zero | tail -c 300m >/dev/null; echo the shell lives"],
        )
        assert enter(spec).stdout == "the shell lives\n"
        assert group.oom_kills() >= 1

    def test_files_in_the_private_tmp_count_too(self, support, limited):
        group = limited(memory_bytes=64 << 20)
        script = ["/bin/sh", "-c", "head -c 300m /dev/zero > /tmp/x"]
        spec = dataclasses.replace(PLAIN, uid=UID, gid=UID, private_tmp=True, cgroups=group.procs_files, argv=script)
        assert enter(spec).returncode != 0
        assert group.oom_kills() >= 1

    def test_no_more_processes_than_allowed(self, support, limited):
        group = limited(pids=20)
        script = "i=0; while [ $i -lt 60 ]; do sleep 30 >/dev/null & i=$((i+1)); done 2>/dev/null"
        spec = dataclasses.replace(PLAIN, uid=UID, gid=UID, cgroups=group.procs_files, argv=["/bin/sh", "-c", script])
        assert enter(spec).returncode != 0

    def test_a_quarter_of_a_core_is_no_more(self, support, limited):
        group = limited(cpu_cores=0.25)
        began = time.monotonic()
        as_student("timeout 2 sh -c 'while :; do :; done'; true", cgroups=group.procs_files)
        assert 0.05 < group.cpu_seconds() < 0.5 * (time.monotonic() - began)

    def test_everything_in_it_ends_at_once(self, support, limited):
        group = limited()
        script = "for i in $(seq 50); do sleep 60 & done; echo up; wait"
        spec = dataclasses.replace(PLAIN, uid=UID, gid=UID, cgroups=group.procs_files, argv=["/bin/sh", "-c", script])
        child = subprocess.Popen(spec.command(sys.executable), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        child.stdin.write(spec.to_json())
        child.stdin.flush()
        assert child.stdout.readline() == "up\n"
        inside = [identity.of(pid) for pid in group.pids()]
        assert len(inside) >= 51
        assert group.memory_bytes() > 0
        assert not group.remove(timeout_s=0)
        assert group.kill(timeout_s=60)
        child.communicate(timeout=60)
        assert not any(identity.is_alive(who) for who in inside if who)
        assert group.remove(timeout_s=60)
        assert cgroups.find(group.name) is None

    def test_every_group_of_a_deployment_ends_and_no_other(self, support, limited):
        group = limited()
        deployment = group.name.partition("/")[0]
        with subprocess.Popen(["sleep", "100"]) as child:
            for file in group.procs_files:
                Path(file).write_text(str(child.pid))
            cgroups.end_slice(f"{deployment}x")
            assert group.pids() == [child.pid]
            cgroups.end_slice(deployment)
            assert child.wait(60) == -signal.SIGKILL
        assert cgroups.find(group.name) is None

    def test_one_whose_main_thread_has_ended_ends_without_the_kernels_own_kill(self, support, limited):
        group = limited()
        group = dataclasses.replace(group, folders={k: v for k, v in group.folders.items() if k != "unified"})

        def join():
            for file in group.procs_files:
                Path(file).write_text("0")

        if not group.procs_files:
            pytest.skip("only the v2 tree is here, which kills by itself")
        with half_dead(UID, preexec_fn=join) as child:
            assert group.pids() == [child.pid]
            assert group.kill(timeout_s=60)
            assert child.wait(60) == -signal.SIGKILL

    def test_a_fork_bomb_ends_without_the_kernels_own_kill(self, support, limited):
        """As on a machine without a v2 tree: new forks refused, then one by one."""
        group = limited(pids=300)
        group = dataclasses.replace(group, folders={k: v for k, v in group.folders.items() if k != "unified"})
        if not group.procs_files:
            pytest.skip("only the v2 tree is here, which kills by itself")
        spec = dataclasses.replace(
            PLAIN,
            uid=UID,
            gid=UID,
            cgroups=group.procs_files,
            argv=["/bin/sh", "-c", "bomb() { bomb | bomb & }; echo up; bomb; sleep 60"],
        )
        child = subprocess.Popen(
            spec.command(sys.executable),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        child.stdin.write(spec.to_json())
        child.stdin.flush()
        assert child.stdout.readline() == "up\n"
        time.sleep(0.3)
        assert group.kill(timeout_s=120)
        child.communicate(timeout=60)
        assert group.pids() == []

    def test_students_cannot_list_who_else_has_a_group(self, support, limited):
        group = limited()
        folder = next(iter(group.folders.values()))
        assert "denied" in as_student(f"ls {folder.parent} 2>&1; true")
        assert as_student(f"cat {folder}/cgroup.procs; echo 0 > {folder}/cgroup.procs 2>/dev/null || echo no") == "no\n"

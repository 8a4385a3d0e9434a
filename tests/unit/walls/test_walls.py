"""As root, really: what a student's process can and cannot do behind the walls."""

import dataclasses
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import pytest

from classhub.walls import identity
from classhub.walls.mounts import plan_mounts
from classhub.walls.reach import needed_paths
from classhub.walls.spec import Account
from unit.walls.student import PLAIN, ROOT, UID, as_student, enter

pytestmark = ROOT


@pytest.fixture(autouse=True)
def no_mount_of_ours_stays():
    before = mounted()
    yield
    assert mounted() == before


def mounted() -> list[str]:
    """Without the small disks that tests of other workers mount meanwhile."""
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if " classhub-test " not in line]


@pytest.fixture
def homes(open_folder):
    """Alice's home and Bob's, each 0700 and with a file, in one folder."""
    for number, name in enumerate(("alice", "bob")):
        home = open_folder / "homes" / name
        home.mkdir(parents=True)
        (home / "work.txt").write_text(f"{name}\n")
        for path in (home, home / "work.txt"):
            os.chown(path, UID + number, UID + number)
        home.chmod(0o700)
    return open_folder / "homes"


def behind(homes, *more, **fields):
    """The spec of Alice's server."""
    mounts = plan_mounts(UID, UID, show=[homes / "alice", *more], hide=[homes])
    return {
        **dataclasses.asdict(mounts),
        "cwd": str(homes / "alice"),
        "private_tmp": True,
        "hide_processes": True,
        "account": Account("alice@college.edu", str(homes / "alice")),
        **fields,
    }


def test_the_student_has_its_uid_no_group_and_no_capability_at_all():
    status = as_student("cat /proc/self/status")
    fields = {line.split(":")[0]: line.split(":")[1].split() for line in status.splitlines()}
    assert fields["Uid"] == fields["Gid"] == [str(UID)] * 4
    assert fields["Groups"] == []
    assert {name: int(fields[name][0], 16) for name in fields if name.startswith("Cap")} == dict.fromkeys(
        ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), 0
    )
    assert fields["NoNewPrivs"] == ["1"]


def test_the_own_home_is_there_and_the_neighbours_is_absent(homes):
    out = as_student(f"cat work.txt; ls {homes}; touch new; stat -c %a new", **behind(homes))
    assert out.split() == ["alice", "alice", "600"]
    assert (homes / "alice" / "new").stat().st_uid == UID


def test_nothing_in_a_hidden_folder_can_be_listed_or_made(open_folder):
    secrets = open_folder / "secrets"
    secrets.mkdir()
    (secrets / "key").touch()
    hidden = plan_mounts(UID, UID, show=[], hide=[secrets]).hide
    script = f"cd {secrets}; ls -A . ..; touch x 2>&1; mkdir y 2>&1; true"
    out = as_student(script, hide=hidden)
    assert "key" not in out
    assert out.count("denied") == 2


def test_python_with_its_imports_runs_from_a_folder_that_only_root_may_enter(homes, open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "secret").touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", closed / "venv"], check=True)
    site = next(closed.glob("venv/lib/python*/site-packages"))
    (site / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    python = str(closed / "venv" / "bin" / "python")
    script = f"import os, jupyterhub, jupyter_server; print(os.getuid()); print(*os.listdir('{closed}'))"
    out = as_student(script, shell=python, **behind(homes, *needed_paths(python)))
    assert out.splitlines() == [str(UID), "venv"]


def test_temporary_folders_are_private_and_gone_afterwards(homes):
    with tempfile.NamedTemporaryFile(dir="/tmp") as mine:
        script = (
            f"ls -A /tmp /dev/shm; test -e {mine.name} && echo seen; touch /tmp/classhub-left; stat -c %a /tmp /dev/shm"
        )
        out = as_student(script, **behind(homes))
    assert out.split() == ["/dev/shm:", "/tmp:", "1777", "1777"]
    assert not Path("/tmp/classhub-left").exists()


@pytest.mark.skipif(not Path("/run/lock").is_dir(), reason="this machine has none")
def test_the_machines_lock_folder_is_private_too(homes):
    """Everybody may write in it, and it is small: one student could fill it for all."""
    out = as_student("ls -A /run/lock; touch /run/lock/classhub-left && echo mine", **behind(homes))
    assert out.split() == ["mine"]
    assert not Path("/run/lock/classhub-left").exists()


def test_the_private_temporary_folder_has_its_size(homes):
    out = as_student("head -c 3m /dev/zero 2>&1 > /tmp/x; stat -c %s /tmp/x", **behind(homes, tmp_bytes=1 << 20))
    assert out.split()[-1] == str(1 << 20)


@pytest.mark.parametrize("place", ["there", "hidden/deep"])
def test_a_small_folder_is_the_students_own_and_ends_at_its_size(open_folder, place):
    """The place of kernels' sockets: on the machine's own /run one student could fill it for all."""
    folder = open_folder / place
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    (folder / "before").touch()
    fields = {"small": [str(folder)], "hide": [str(folder.parent)] if "/" in place else []}
    script = f"cd {folder}; stat -c '%a %u' .; ls -A; head -c 20m /dev/zero 2>/dev/null > big; stat -c %s big; rm big; "
    many = "seq 5000 | xargs touch 2>/dev/null; test $(ls | wc -l) -lt 4097 && echo few"
    assert as_student(script + many, **fields).split() == ["700", str(UID), str(16 << 20), "few"]
    assert [path.name for path in folder.iterdir()] == ["before"]


def test_a_home_below_tmp_stays_reachable():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home = Path(folder, "alice")
        home.mkdir()
        os.chown(home, UID, UID)
        mounts = plan_mounts(UID, UID, show=[home], hide=[])
        out = as_student("pwd; ls -A /tmp", cwd=str(home), private_tmp=True, **dataclasses.asdict(mounts))
    assert out.split() == [str(home), Path(folder).name]


def test_the_account_has_its_name(homes):
    out = as_student("whoami; id -gn; echo ~; getent passwd root", **behind(homes, env={**PLAIN.env, "HOME": "/x"}))
    assert out.split()[:2] == ["alice@college.edu", "alice@college.edu"]
    assert "root:x:0:0" in out


@pytest.mark.parametrize("name", ["a:0:0", "a\nroot::0:0::/:/bin/sh", "jürgen", "x" * 300])
def test_no_name_breaks_the_account_file(homes, name):
    out = as_student("id -u; getent passwd 0", **behind(homes, account=Account(name, "/")))
    assert out.splitlines()[0] == str(UID)
    assert out.splitlines()[1].startswith("root:")


def test_other_accounts_processes_are_not_seen(homes):
    own = as_student(
        "ls /proc | grep -x '[0-9]*'; cat /proc/1/cmdline 2>/dev/null; test -r /proc/meminfo", **behind(homes)
    )
    assert str(os.getpid()) not in own.split()
    assert "1" not in own.split()


def test_a_link_in_the_home_does_not_lead_out(homes, open_folder):
    """Alice swaps a folder that would be shown for a link to Bob's home after the plan was made."""
    shown = homes / "alice" / "shown"
    shown.mkdir()
    fields = behind(homes, open_folder / "homes" / "alice" / "shown", hide=(), show=(str(shown),))
    shown.rmdir()
    shown.symlink_to(homes / "bob")
    for where in ({"show": (str(shown),)}, {"show": (f"{shown}/work.txt",)}, {"show": (), "hide": (str(shown),)}):
        done = enter(dataclasses.replace(PLAIN, uid=UID, gid=UID, **{**fields, **where}))
        assert done.returncode == 72
        assert f"{shown} is a link" in done.stderr


def test_links_of_the_interpreter_are_made_again(open_folder):
    """As uv does: the version is a link, below a folder that the student may not enter."""
    top = open_folder / "root"
    (top / "python" / "3.11.7").mkdir(parents=True)
    (top / "python" / "3.11.7" / "sh").symlink_to("/bin/sh")
    (top / "python" / "3.11").symlink_to("3.11.7")
    (top / "secret").touch()
    top.chmod(0o700)
    mounts = plan_mounts(UID, UID, show=[top / "python" / "3.11"], hide=[])
    out = as_student(f"ls {top}; ls {top}/python", shell=f"{top}/python/3.11/sh", **dataclasses.asdict(mounts))
    assert out.split() == ["python", "3.11", "3.11.7"]


def test_closed_shown_closed_shown_all_at_once(open_folder):
    top = open_folder / "srv"
    home = top / "checkout" / ".classhub" / "homes" / "alice"
    home.mkdir(parents=True)
    (top / "checkout" / ".classhub" / "hub.json").touch()
    (top / "checkout" / "code.py").touch()
    os.chown(home, UID, UID)
    for folder in (top, top / "checkout" / ".classhub"):
        folder.chmod(0o700)
    mounts = plan_mounts(UID, UID, show=[home, top / "checkout"], hide=[])
    out = as_student("touch ok; ls -A . .. ../.. ../../..", cwd=str(home), **dataclasses.asdict(mounts))
    assert out.split() == [".:", "ok", "..:", "alice", "../..:", "homes", "../../..:", ".classhub", "code.py"]


def test_a_setuid_program_raises_nobody(open_folder):
    copy = open_folder / "id"
    copy.write_bytes(Path("/usr/bin/id").read_bytes())
    copy.chmod(0o4755)
    assert as_student(f"{copy} -u").strip() == str(UID)


def test_the_mount_is_not_to_be_taken_away(homes):
    out = as_student(f"umount {homes} 2>&1; unshare -m true 2>&1; ls {homes}", **behind(homes))
    assert out.splitlines()[-1] == "alice"


def test_oom_score_and_limits_hold():
    out = as_student("cat /proc/self/oom_score_adj; ulimit -n", oom_score_adj=300, nofile=500)
    assert out.split() == ["300", "500"]


@pytest.fixture
def alices_server(homes):
    """A running server of Alice's, with a file in its private /tmp."""
    fields = behind(
        homes, uid=UID, gid=UID, argv=["/bin/sh", "-c", "touch /tmp/hers ../../runtime/socket; echo up; exec sleep 60"]
    )
    fields["small"] = [str(homes.parent / "runtime")]
    spec = dataclasses.replace(PLAIN, **fields)
    child = subprocess.Popen(spec.command(sys.executable), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child.stdin.write(spec.to_json())
    child.stdin.flush()
    assert child.stdout.readline() == "up\n"
    yield identity.of(child.pid)
    child.kill()
    child.communicate()


def test_exec_sees_what_the_server_sees(alices_server, homes):
    runtime = homes.parent / "runtime"
    out = as_student(f"ls -A /tmp {runtime}; ls {homes}; whoami", join=alices_server, cwd=str(homes / "alice"))
    assert out.split() == ["/tmp:", "hers", f"{runtime}:", "socket", "alice", "alice@college.edu"]


def test_exec_does_not_enter_a_stranger(alices_server):
    forged = dataclasses.replace(alices_server, start=alices_server.start - 1)
    done = enter(dataclasses.replace(PLAIN, uid=UID, gid=UID, join=forged))
    assert (done.returncode, done.stderr) == (
        72,
        f"classhub: cannot join the server's files (pid {forged.pid}): it has ended\n",
    )


def test_a_server_cannot_be_signalled_by_its_neighbour(alices_server):
    out = as_student(f"kill -9 {alices_server.pid} 2>&1; true", uid=UID + 1, gid=UID + 1)
    assert "not permitted" in out
    assert identity.is_alive(alices_server)
    assert identity.send(alices_server, signal.SIGKILL)


def test_a_folder_to_hide_that_is_gone_is_one_sentence():
    done = enter(dataclasses.replace(PLAIN, uid=UID, gid=UID, hide=["/no/where"]))
    assert (done.returncode, done.stderr) == (72, "classhub: cannot hide /no/where: No such file or directory\n")


def test_thirty_at_once_all_start(homes):
    spec = dataclasses.replace(PLAIN, uid=UID, gid=UID, **behind(homes, argv=["/bin/sh", "-c", "ls /tmp; sleep 0.2"]))
    children = [
        subprocess.Popen(spec.command(sys.executable), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(30)
    ]
    for child in children:
        child.stdin.write(spec.to_json())
        child.stdin.close()
    until = time.monotonic() + 180
    assert [child.wait(max(0, until - time.monotonic())) for child in children] == [0] * 30
    for child in children:
        child.stderr.close()

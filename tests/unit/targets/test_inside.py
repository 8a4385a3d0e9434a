"""exec and shell enter a running server: its account, its control group, and no terminal of ours."""

import io
import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from classhub.errors import NotRunning
from classhub.hub import registry
from classhub.targets.local import inside
from classhub.targets.local.paths import Paths
from classhub.walls import cgroups, identity, names
from classhub.walls.cgroups import Limits
from unit.walls.student import UID, needs_root

ALICE = "alice@college.edu"


@pytest.fixture
def server():
    """A function: server(**entry) registers a running server of Alice's; gives the paths."""
    uid = UID if os.geteuid() == 0 else None
    child = subprocess.Popen(["/bin/sleep", "60"], env={"JUPYTERHUB_API_TOKEN": "secret", "PATH": "/usr/bin:/bin"})
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        paths = Paths(Path(folder, "state"), Path(folder, "run"), Path(folder, "homes"))
        home = paths.homes / names.slug(ALICE)
        for made in (paths.servers, paths.homes, home):
            made.mkdir(parents=True)
            made.chmod(0o755)

        def register(**entry):
            who = identity.of(child.pid)
            registry.write(paths.servers, registry.Entry(ALICE, "", who, "", time.time(), uid=uid, **entry))
            return paths

        yield register
    child.kill()
    child.wait()


@pytest.fixture
def group_name():
    """A control group of Alice's; ended and taken away afterwards."""
    deployment = f"classhub-inside{os.getpid()}"
    made = cgroups.make(f"{deployment}/{names.slug(ALICE)}", Limits())
    if made is None:
        pytest.skip("this machine has no control groups to give")
    yield made.name
    assert made.kill()
    assert made.remove()
    cgroups.remove_slice(deployment)


def sh(script):
    return ["/bin/sh", "-c", script]


def test_it_leads_a_session_of_its_own_without_a_terminal(server):
    script = "(: < /dev/tty) 2>/dev/null && echo open; ps -o sid= -p $$; echo $$"
    session, pid = inside.run(server(), ALICE, sh(script), False).out.split()
    assert session == pid


def test_what_is_piped_in_reaches_the_program(server, monkeypatch):
    with tempfile.TemporaryFile("w+") as file:
        file.write("work\n")
        file.seek(0)
        monkeypatch.setattr("sys.stdin", file)
        assert inside.run(server(), ALICE, ["cat"], False).out == "work\n"


def test_without_any_stdin_it_runs_too(server, monkeypatch):
    for stdin in (None, io.StringIO("x")):
        monkeypatch.setattr("sys.stdin", stdin)
        assert inside.run(server(), ALICE, ["cat"], False).out == ""


def test_the_servers_token_does_not_come_along(server):
    assert "secret" not in inside.run(server(), ALICE, ["env"], False).out


@needs_root
def test_it_counts_against_the_servers_limits(server, group_name):
    said = inside.run(server(group=group_name), ALICE, ["cat", "/proc/self/cgroup"], False)
    assert group_name.partition("/")[0] in said.out, said.err


@needs_root
def test_a_group_that_is_gone_stops_nobody(server):
    assert inside.run(server(group="classhub-none/alice"), ALICE, ["id", "-u"], False).out == f"{UID}\n"


def test_without_a_server_the_admin_page_is_named_only_where_there_is_one(server, monkeypatch):
    paths = server()
    registry.forget(paths.servers, ALICE, "")
    with pytest.raises(NotRunning, match=r"No hub runs here\.") as caught:
        inside.run(paths, ALICE, ["true"], False)
    assert caught.value.fix.startswith("classhub up; or look at the files: ls '")
    monkeypatch.setattr(inside.parts, "living", lambda paths: {"hub": None})
    with pytest.raises(NotRunning, match="has no running server") as caught:
        inside.run(paths, ALICE, ["true"], False)
    assert caught.value.fix.startswith("start it from the admin page")

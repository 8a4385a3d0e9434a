"""A student's server: its own account and home, limits, names of every kind, and a start that cannot be broken from inside."""

import json
import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from classhub.walls import cgroups, machine_uids, uids
from hub.files import regular
from hub.student import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="accounts and limits of their own need root")


@pytest.fixture(scope="module")
def alice(hub):
    student = hub.student()
    student.start()
    student.start_kernel()
    return student


def home(hub, name: str) -> Path:
    return next(
        Path(row["path"]) for row in json.loads(hub.run("homes", "list", "--json").stdout) if row["owner"] == name
    )


def test_the_home_is_private_and_holds_the_course_material(hub, alice):
    folder = home(hub, alice.name)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    eventually((folder / "comp141" / "labs" / "lab01.ipynb").exists)
    assert (
        alice.run("from pathlib import Path; print(Path.home().joinpath('comp141/labs/lab01.ipynb').exists())").strip()
        == "True"
    )
    assert alice.run("open('comp141/mine.txt', 'w').write('kept'); print('ok')").strip() == "ok"


@as_root
def test_each_student_has_an_own_uid_and_sees_nothing_of_the_others(hub, alice):
    bob = hub.student("bob@college.edu")
    bob.start()
    bob.start_kernel()
    accounts = {student.name: int(student.run("import os; print(os.getuid())")) for student in (alice, bob)}
    assert len(set(accounts.values())) == 2 and 0 not in accounts.values()
    look = "import os; print(os.listdir(os.path.dirname(os.path.expanduser('~'))))"
    assert alice.run(look).strip() == "['alice@college.edu']"
    assert (hub.state / "hub.json").exists()
    assert "hub.json" not in alice.run(
        f"import os\ntry: print(os.listdir({str(hub.state)!r}))\nexcept OSError: print('hidden')"
    )
    sockets = hub.settings()["proxy"]["sockets"]
    seen = alice.run(f"import os\ntry: print('seen', os.listdir({sockets!r}))\nexcept OSError as e: print('hidden')")
    assert "seen" not in seen
    assert "PermissionError" in alice.run(
        f"import os; os.kill({bob_pid(hub)}, 0)"
    ) or "ProcessLookupError" in alice.run(f"import os; os.kill({bob_pid(hub)}, 0)")
    assert "CapEff:\t0000000000000000" in alice.run("print(open('/proc/self/status').read())")


@as_root
def test_the_other_hubs_of_the_machine_learn_which_uids_are_given(hub, alice):
    record = machine_uids.read(machine_uids.path())
    given = uids.users(hub.state / "uids.json")
    assert hub.state / "uids.json" in record.maps and record.highest >= given[alice.name]


def bob_pid(hub) -> int:
    return next(server["pid"] for server in hub.status()["servers"] if server["user"] == "bob@college.edu")


@as_root
def test_a_kernels_channels_are_sockets_in_a_private_folder(hub, alice):
    """A TCP channel would let any other account on the machine read what a cell prints."""
    look = "from ipykernel.connect import get_connection_info as look; print(look())"
    channels = json.loads(alice.run(look))
    assert channels["transport"] == "ipc"
    folder = Path(channels["ip"]).parent
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert not list(folder.iterdir()), "they lie on the machine's /run, which one student could fill"


@as_root
def test_the_memory_limit_ends_the_kernel_and_not_the_hub(hub):
    if not cgroups.probe().memory:
        pytest.skip("no memory limit works on this machine")
    carol = hub.student("carol@college.edu")
    carol.start()
    carol.start_kernel()
    before = int(carol.run("import os; print(os.getpid())"))
    with suppress(TimeoutError):  # a kernel that is killed answers nothing
        carol.run("x = bytearray(3 * 2**30); print('had')", timeout_s=20)
    eventually(lambda: int(carol.run("import os; print(os.getpid())", timeout_s=20)) != before)
    assert carol.run("print('x' in globals())").strip() == "False"
    told = "A program of carol@college.edu was ended: memory ran out (limit 1 GiB)."
    eventually(lambda: told in hub.run("events", carol.name).stdout)
    carol.api.stop_server(carol.name)
    assert hub.run("events", carol.name).stdout.count("memory ran out") == 1
    assert carol.api.info()["version"]


@pytest.mark.parametrize(
    "name", ["jane.doe", "o'neil@college.edu", "x" * 70, "zoë@college.edu", "学生", "a b", "a+b@college.edu", "学" * 40]
)
def test_any_user_name_gets_a_server(hub, name):
    student = hub.student(name)
    student.start()
    for written in (quote(name, safe="@~"), quote(name)):
        student.name = written
        assert student.get("/api/status").status_code == 200
    student.name = name
    student.api.stop_server(name)


def test_questions_that_were_answered_do_not_fill_the_log(hub, alice):
    assert alice.get("/api/kernels").status_code == 200
    assert alice.get("/api/contents/nowhere").status_code == 404
    shown = eventually(lambda: "404 GET" in (log := hub.run("logs", alice.name).stdout) and log)  # after the answer
    assert " 200 GET " not in shown


def test_a_named_server_runs_beside_the_default_one(hub, alice):
    alice.api.start_server(alice.name, "second")
    eventually(lambda: alice.api.user(alice.name)["servers"].get("second", {}).get("ready"))
    assert alice.get("/second/api/status").status_code == 200
    assert alice.get("/api/status").status_code == 200
    old = hub.pid("proxy")
    hub.kill("proxy")
    eventually(lambda: hub.pid("proxy") != old)
    eventually(lambda: alice.get("/second/api/status").status_code == 200)
    alice.api.stop_server(alice.name, "second", remove=True)
    eventually(lambda: "second" not in alice.api.user(alice.name)["servers"])


BROKEN = {
    "a config file with a syntax error": (".jupyter/jupyter_server_config.py", "this is not python ("),
    "a json config that is none": (".jupyter/jupyter_server_config.json", "{"),
    "a package that shadows tornado": (
        ".local/lib/python{version}/site-packages/tornado/__init__.py",
        "raise SystemExit('broken')",
    ),
    "settings of Lab that are no json": (
        ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings",
        "{{{",
    ),
    "a folder where a file belongs": (".jupyter/jupyter_server_config.py/oops", ""),
    "a closed home": ("", ""),
}


@pytest.mark.parametrize("situation", BROKEN)
def test_broken_dot_files_do_not_lock_a_student_out(hub, situation):
    name = f"broken{list(BROKEN).index(situation)}@college.edu"
    student = hub.student(name)
    student.start()
    student.api.stop_server(name)
    eventually(lambda: not student.api.user(name)["servers"])
    break_home(home(hub, name), *BROKEN[situation])
    student.start()
    assert student.get("/api/status").status_code == 200
    student.api.stop_server(name)


def break_home(folder: Path, path: str, text: str) -> None:
    """As the student could."""
    if not path:
        folder.chmod(0)
        return
    file = folder / path.format(version=f"{sys.version_info[0]}.{sys.version_info[1]}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    if os.geteuid() == 0:
        owner = folder.stat()
        for part in [file, *file.parents]:
            if part.is_relative_to(folder):
                os.chown(part, owner.st_uid, owner.st_gid)


def test_a_server_that_does_not_answer_yet_is_starting(hub):
    eve = hub.student("eve@college.edu")
    eve.start()
    eventually(lambda: ready_of(hub, eve.name) == [True])
    eve.api.stop_server(eve.name)
    eventually(lambda: not eve.api.user(eve.name)["servers"])
    settings = home(hub, eve.name) / ".jupyter" / "jupyter_server_config.py"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("import time, pathlib\nwhile not pathlib.Path('go').exists(): time.sleep(0.1)\n")
    eve.api.start_server(eve.name)
    assert eventually(lambda: ready_of(hub, eve.name)) == [False]
    assert "starting" in hub.run("status").stdout
    (settings.parents[1] / "go").touch()
    eventually(lambda: ready_of(hub, eve.name) == [True])
    settings.unlink()
    eve.api.stop_server(eve.name)


def ready_of(hub, name: str) -> list[bool]:
    return [server["ready"] for server in hub.status()["servers"] if server["user"] == name]


def test_a_server_that_cannot_start_says_why(hub):
    dora = hub.student("dora@college.edu")
    dora.start()
    dora.api.stop_server(dora.name)
    eventually(lambda: not dora.api.user(dora.name)["servers"])
    folder = home(hub, dora.name)
    folder.rename(folder.with_name("aside"))
    folder.write_text("a file in place of the home")
    try:
        dora.api.start_server(dora.name)
        eventually(lambda: "is not a folder" in hub.run("events", dora.name).stdout)
        eventually(lambda: "is not a folder" in (shown := hub.run("logs", dora.name)).stdout + shown.stderr)
        eventually(lambda: not dora.api.user(dora.name)["servers"])
    finally:
        folder.unlink()
        folder.with_name("aside").rename(folder)
    dora.start()


def test_an_admin_runs_a_program_in_a_students_server(hub, alice):
    done = hub.run("exec", alice.name, "--", "sh", "-c", "id -u; pwd; exit 7", check=False)
    assert done.returncode == 7
    assert done.stdout.splitlines()[-1].endswith("alice@college.edu")
    if os.geteuid() == 0:
        assert done.stdout.split()[0] != "0"
    assert hub.run("exec", "nobody@college.edu", "--", "true", check=False).returncode == 1


def test_what_a_program_writes_comes_byte_for_byte(hub, alice):
    script = "import sys; sys.stdout.buffer.write(bytes(range(256)) + b'\\r\\n')"
    argv = hub.command("exec", alice.name, "--", "python3", "-c", script)
    assert subprocess.run(argv, capture_output=True, check=True).stdout == bytes(range(256)) + b"\r\n"


def test_logs_of_a_student_and_of_parts_are_found_by_name(hub, alice):
    assert "Jupyter Server" in hub.run("logs", alice.name).stdout
    assert "JupyterHub is now running" in hub.run("logs", "hub", "-n", "0").stdout
    wrong = hub.run("logs", "alicia@college.edu", check=False)
    assert wrong.returncode == 1 and "alice@college.edu" in wrong.stderr
    for log in (hub.state / "logs").rglob("*.log"):
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_token_opens_the_api_for_one_hour_and_is_all_that_stdout_holds(hub, alice):
    import httpx2

    token = hub.run("token").stdout.strip()
    assert token and "\n" not in token
    answer = httpx2.get(f"{hub.address}hub/api/users", headers={"Authorization": f"token {token}"}, timeout=60)
    assert answer.status_code == 200 and any(user["name"] == alice.name for user in answer.json())
    limited = hub.run(
        "token", "--for", "alice@college.edu", "--scope", "read:users:name!user", "--expires", "10m"
    ).stdout.strip()
    headers = {"Authorization": f"token {limited}"}
    assert httpx2.get(f"{hub.address}hub/api/users", headers=headers, timeout=60).status_code in (200, 403)
    removal = httpx2.delete(f"{hub.address}hub/api/users/bob@college.edu", headers=headers, timeout=60)
    assert removal.status_code in (403, 404)


def test_secrets_stand_in_no_command_line_and_no_world_readable_file(hub, alice):
    tokens = [*hub.settings()["hub"]["tokens"].values()]
    lines = "\n".join(map(command_line, Path("/proc").glob("[0-9]*")))
    assert "jupyterhub" in lines and not [token for token in tokens if token in lines]
    for path, seen in regular(hub.state).items():
        if path.relative_to(hub.state).parts[0] not in ("homes", "libraries"):
            assert seen.st_mode & 0o077 == 0, path


def command_line(process: Path) -> str:
    """Empty where it has ended meanwhile."""
    with suppress(OSError):
        return (process / "cmdline").read_text(errors="replace")
    return ""

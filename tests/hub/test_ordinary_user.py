"""Started by an account without rights: one person's trial, on loopback, that works and says what it lacks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import zmq

from classhub.outside import process
from classhub.walls import identity
from hub import ordinary
from hub.files import below, regular
from hub.ordinary import IS_ROOT, STRANGER, UID, WORKER, OrdinaryDeployment, mode, open_folder, started
from hub.student import eventually

acts_as_others = pytest.mark.skipif(not IS_ROOT, reason="only root can act as another account")
VICTIM = 47100 + WORKER
"""An account for hostile folders, each worker's own, so that the trial above it is not in the way."""


@pytest.fixture(scope="module")
def trial() -> Iterator[OrdinaryDeployment]:
    with started() as deployment:
        yield deployment


@pytest.fixture(scope="module")
def alice(trial):
    return at_work(trial, "alice@college.edu")


@pytest.fixture
def not_started() -> Iterator[OrdinaryDeployment]:
    with open_folder() as folder:
        deployment = OrdinaryDeployment(folder)
        yield deployment
        deployment.run("down", check=False)


def at_work(deployment, name):
    student = deployment.student(name)
    student.start()
    student.start_kernel()
    student.run("x = 41")
    return student


def count_up(student) -> int:
    return int(student.run("x += 1; print(x)"))


def healthy(deployment) -> bool:
    return httpx2.get(f"{deployment.address}hub/health", timeout=30).status_code == 200


# --- what is said


def test_the_first_line_says_one_persons_trial_on_this_machine_alone(trial):
    first = trial.said.splitlines()[0]
    assert first.startswith("One person's trial:")
    assert "not started by root" in first and "Only this machine can reach it." in first
    assert trial.settings()["proxy"]["listen"].startswith("127.0.0.1:")


def test_limits_are_named_as_not_holding(trial):
    rows = {row["setting"]: row for row in json.loads(trial.run("parity", "--json").stdout)}
    for setting in ("singleuser.memory.limit", "singleuser.cpu.limit"):
        assert rows[setting]["here"] == "only there"
        assert "needs root" in rows[setting]["sentence"]


def test_doctor_names_what_is_missing_and_what_mends_it(trial):
    done = trial.run("doctor", "--json", check=False)
    assert done.returncode == 1
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    for name in ("account", "limits", "walls"):
        assert checks[name]["problem"] and "root" in checks[name]["fix"], name
    assert "student's account" not in checks["interpreter"]["seen"], "nothing was tried as a student"
    assert not checks["interpreter"]["problem"]


# --- a student's day


def test_a_server_starts_and_a_cell_prints(trial, alice):
    assert "jupyterlab" in alice.get("/lab", follow_redirects=True).text.lower()
    assert alice.run("print(6 * 7)") == "42\n"
    assert int(alice.run("import os; print(os.getuid())")) == UID


def test_a_node_on_the_path_is_not_asked_by_jupyterlab(trial):
    """It costs half a CPU second a start. The second import shows that this node would have noticed."""
    done = ordinary.run_as(UID, [sys.executable, "-c", WITH_NODE], trial.home)
    assert done.stdout.split() == ["False", "True"], done.stderr


WITH_NODE = """
import os, subprocess, sys
from pathlib import Path
asked, node = Path.home() / "asked", Path.home() / "node"
node.write_text(f"#!/bin/sh\\ntouch '{asked}'\\n")
node.chmod(0o755)
env = {**os.environ, "PATH": f"{Path.home()}:{os.environ['PATH']}"}
ours = "import classhub.server; classhub.server._jupyter_server_extension_points(); "
for code in (ours + "import jupyterlab.labapp", "import jupyterlab.labapp"):
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    print(asked.exists())
"""


def test_two_students_of_one_trial_have_a_home_and_a_kernel_each(trial, alice):
    bob = at_work(trial, "bob@college.edu")
    homes = {student.run("from pathlib import Path; print(Path.home().name)").strip() for student in (alice, bob)}
    assert homes == {"alice@college.edu", "bob@college.edu"}
    bob.run("x = 0")
    assert count_up(alice) > 1
    assert len({server["pid"] for server in trial.status()["servers"]}) == 2


def test_an_admin_runs_a_program_in_a_students_server(trial, alice):
    done = trial.run("exec", alice.name, "--", "sh", "-c", "id -u; exit 7", check=False)
    assert (done.returncode, done.stdout.strip()) == (7, str(UID))


def test_kernel_channels_are_encrypted(trial, alice):
    """A neighbour finds the port in the kernel's table; without the key of the kernel's file it hears nothing."""
    connection = json.loads(next(trial.runtime.glob(f"u/*/kernel-{alice.kernel}.json")).read_text())
    assert connection["transport"] == "tcp" and connection["ip"] == "127.0.0.1"
    key = connection["curve_publickey"].encode()
    with zmq.Context() as context:
        neighbour, holder = (listener(context, connection["iopub_port"], key) for key in (None, key))
        with neighbour, holder:
            for _ in range(5):  # nobody says when a kernel has taken note of a subscription
                alice.run("print('a sentence from the exam')")
                if has_heard := heard(holder, b"a sentence from the exam"):
                    break
            assert has_heard
            assert not neighbour.poll(1500), "not one frame"


def listener(context, port, key):
    """Subscribed to everything; connected before it returns when it has the key."""
    subscriber = context.socket(zmq.SUB)
    subscriber.linger = 0
    if key:
        subscriber.curve_serverkey = key
        subscriber.curve_publickey, subscriber.curve_secretkey = zmq.curve_keypair()
    monitor = subscriber.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
    subscriber.subscribe(b"")
    subscriber.connect(f"tcp://127.0.0.1:{port}")
    if key:
        assert monitor.poll(60_000)
    subscriber.disable_monitor()
    return subscriber


def heard(subscriber, sentence: bytes, timeout_s=10) -> bool:
    """Whether any frame with this sentence comes."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if subscriber.poll(200) and sentence in b"".join(subscriber.recv_multipart()):
            return True
    return False


@pytest.mark.parametrize("words", ["status", "top", "logs hub", "events hub", "homes list", "users list", "open"])
def test_an_admin_looks_at_everything(trial, words):
    done = trial.run(*words.split())
    assert "Traceback" not in done.stderr


def test_ctrl_c_stops_what_up_started(not_started):
    with ordinary.start_as(UID, not_started.command("up"), not_started.home) as up:
        said = []
        while not said or "Ctrl-C stops it" not in said[-1]:
            said.append(up.stdout.readline())
            assert said[-1], said
        assert healthy(not_started)
        os.killpg(up.pid, signal.SIGINT)
        assert "The hub is stopped. Homes stay." in up.stdout.read()
    assert up.returncode == 0
    eventually(lambda: not not_started.left_processes())
    assert not not_started.runtime.exists()


def test_what_a_server_left_running_ends_with_it_and_nothing_else_does(trial, alice):
    bob = at_work(trial, "bob@college.edu")
    start = "import subprocess; print(subprocess.Popen(['sleep', '777'], start_new_session=True).pid)"
    left, hers = int(bob.run(start)), int(alice.run(start))
    bob.api.stop_server(bob.name)
    eventually(lambda: not bob.api.user(bob.name)["servers"])
    eventually(lambda: identity.of(left) is None)
    assert identity.of(hers) is not None
    assert count_up(alice) and healthy(trial)


# --- closed to others


def test_state_and_sockets_are_the_accounts_alone(trial, alice):
    assert mode(trial.state) == 0o700
    for folder in (trial.runtime, trial.runtime.parent, trial.runtime / "s", trial.runtime / "u"):
        assert mode(folder) == 0o700 and folder.lstat().st_uid == UID, folder
    for path, seen in regular(trial.state).items():
        if path.relative_to(trial.state).parts[0] not in ("homes", "libraries"):
            assert seen.st_mode & 0o077 == 0, path


@acts_as_others
def test_another_account_gets_at_nothing(trial, alice):
    argv = ["python3", "-c", TRY_TO_ENTER, str(trial.runtime / "control.sock"), str(trial.runtime), str(trial.state)]
    done = ordinary.run_as(STRANGER, ["/usr/bin/env", *argv], Path("/"))
    assert done.stdout.split() == ["PermissionError"] * 3, done.stderr


TRY_TO_ENTER = """
import os, socket, sys
tries = [(socket.socket(socket.AF_UNIX).connect, sys.argv[1]), *((os.listdir, folder) for folder in sys.argv[2:])]
for enter, place in tries:
    try:
        print("in", enter(place))
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "::1234"])
def test_an_open_address_is_refused(not_started, address):
    not_started.write("classhub.yaml", f"local:\n  address: '{address}'\n  port: {not_started.port}\n")
    done = not_started.run("up", "-d", check=False)
    assert done.returncode == 1
    assert f"local.address {address} would let other machines in" in done.stderr
    assert "Next: " in done.stderr and "Traceback" not in done.stdout + done.stderr
    assert not not_started.state.exists()


# --- a hostile /tmp


@pytest.fixture
def victim() -> Iterator[OrdinaryDeployment]:
    """Not started, of an account whose runtime folder nobody has made yet."""
    with open_folder() as folder:
        yield OrdinaryDeployment(folder, uid=VICTIM)


@pytest.fixture
def place(victim) -> Iterator[Path]:
    place = victim.runtime.parent
    assert place.parent == Path("/tmp") and str(VICTIM) in place.name
    clear_away(place)
    yield place
    clear_away(place)


def clear_away(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def of_a_stranger(path: Path) -> Path:
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    return path


def a_folder(place: Path, victim: OrdinaryDeployment) -> None:
    place.mkdir(mode=0o777)
    of_a_stranger(place)


def a_link_to_a_folder_of_the_victims_own(place: Path, victim: OrdinaryDeployment) -> None:
    place.symlink_to(victim.home)
    of_a_stranger(place)


def a_link_to_nowhere(place: Path, victim: OrdinaryDeployment) -> None:
    place.symlink_to("/tmp/nowhere at all")
    of_a_stranger(place)


def a_file(place: Path, victim: OrdinaryDeployment) -> None:
    place.touch()
    of_a_stranger(place)


@acts_as_others
@pytest.mark.parametrize("trap", [a_folder, a_link_to_a_folder_of_the_victims_own, a_link_to_nowhere, a_file])
def test_a_runtime_folder_that_another_account_made_is_refused(victim, place, trap):
    trap(place, victim)
    before = mode(victim.home)
    done = victim.run("up", "-d", check=False)
    assert done.returncode == 3, done.stdout
    assert str(place) in done.stderr and f"uid {STRANGER}" in done.stderr, done.stderr
    assert "Next: " in done.stderr and "Traceback" not in done.stderr
    assert f"start it as uid {STRANGER}" not in done.stderr, "whoever lays a trap must not be obeyed"
    assert not victim.state.exists() and victim.processes() == []
    assert mode(victim.home) == before and not any(victim.home.iterdir())


@acts_as_others
def test_a_stranger_who_answers_for_the_supervisor_is_not_believed(victim, place):
    victim.up()
    victim.down()
    folder = victim.runtime
    place.rmdir()
    folder.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "control.sock"))
        door.listen()
        for path in (place, folder, folder / "control.sock"):
            path.chmod(0o777)
        threading.Thread(target=answer_everybody, args=(door,), daemon=True).start()
        done = victim.run("status", check=False)
        door.shutdown(socket.SHUT_RDWR)
    assert done.stdout.startswith("stopped"), done.stdout + done.stderr


def answer_everybody(door):
    while True:
        try:
            connection, _ = door.accept()
        except OSError:
            return
        part = {"state": "running", "process": None, "since": 0, "restarts": 0}
        parts = [{**part, "name": name} for name in ("hub", "proxy")]
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(json.dumps({"ok": True, "pid": 1, "parts": parts}).encode() + b"\n")


# --- faults and the end


@acts_as_others
def test_root_sees_the_hub_of_an_account_and_leaves_it_alone(trial):
    root = [sys.executable, "-m", "classhub", "-C", str(trial.config)]
    shown = json.loads(process.run([*root, "status", "--json"]).out)
    assert (shown["state"], shown["supervised"]) == ("running", True)
    assert any("This hub belongs to" in note and "sudo -u" in note for note in shown["notes"])
    refused = process.run([*root, "up", "-d"], check=False)
    assert (refused.code, "not to the account that runs ClassHub (root)" in refused.err) == (3, True), refused.err
    for words in (["down"], ["restart", "hub"], ["scale", "servers", "3"], ["remove", "--yes"]):
        refused = process.run([*root, *words], check=False)
        assert (refused.code, "This hub belongs to" in refused.err) == (1, True), refused.err
    assert not [path for path, seen in below(trial.state).items() if seen.st_uid == 0]
    assert json.loads(trial.run("status", "--json").stdout)["supervised"] is True


def test_every_environment_finds_the_same_hub(trial):
    """A cron job and a second login have other variables; a login's own folder is gone after the logout."""
    assert json.loads(trial.run("status", "--json", XDG_RUNTIME_DIR=str(trial.home)).stdout)["supervised"] is True


@pytest.mark.parametrize("part", ["hub", "proxy"])
def test_a_killed_part_comes_back_and_the_kernel_keeps_its_variables(trial, alice, part):
    value, old = count_up(alice), trial.pid(part)
    trial.kill(part)
    eventually(lambda: trial.pid(part) != old)
    eventually(lambda: healthy(trial))
    assert count_up(alice) == value + 1


def test_everything_killed_at_once_loses_no_variable(trial, alice):
    value = count_up(alice)
    trial.kill("supervisor", "hub", "proxy", "culler")
    assert trial.up().startswith("One person's trial")
    eventually(lambda: healthy(trial))
    alice.wait_ready()
    assert count_up(alice) == value + 1


def test_down_leaves_no_process_socket_or_file_behind(trial, alice):
    assert len(trial.processes()) > 4
    runtime, listen = trial.runtime, trial.settings()["proxy"]["listen"]
    trial.down()
    eventually(lambda: not trial.left_processes() and not trial.processes())
    assert not runtime.exists()
    assert not [path for path in trial.folder.rglob("*") if path.is_socket() or path.is_fifo()]
    assert not any((trial.state / "servers").iterdir())
    assert (trial.state / "homes" / alice.name / "comp141").is_dir(), "homes stay"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(listen.rpartition(":")[2])))
    trial.said = trial.up()

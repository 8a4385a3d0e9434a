"""What the machine gets wrong: disks, owners, damaged files, ports, an old Python. Sentences again, and a way out that works."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from hub.conftest import REPOSITORY, Deployment, make
from hub.sentences import nothing_is_left, read, refused, says, shell, suggested, told
from hub.student import eventually

STRANGER = 54321
root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


# --- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "a disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=14m,mode=755", "classhub-test", str(place)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this machine lets us mount nothing: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    yield
    filling.unlink()


def test_a_read_only_disk(disk):
    deployment = Deployment(disk / "a college")
    remount(disk, "ro")
    text = refused(deployment, code=3)
    says(
        text, f"ClassHub cannot write in {deployment.state}.", "mounted read-only", "Next: put the deployment folder on"
    )
    assert deployment.run("down", check=False).returncode == 0


def test_a_full_disk(disk):
    deployment = Deployment(disk / "a college")
    with filled(disk):
        text = refused(deployment, code=3)
    says(
        text,
        f"ClassHub cannot write in {deployment.state}.",
        "the disk is full",
        "make room",
        f"df -h '{disk}/a college'",
    )


def test_a_disk_that_fills_up_stops_nobody_from_signing_in_and_working(disk):
    with contextmanager(make)(disk / "a college") as deployment:
        deployment.up()
        invitation = deployment.run("users", "invite", "alice@college.edu").stdout.strip()
        alice = deployment.student()
        alice.start()
        with filled(disk):
            choose_a_password(invitation, "a short sentence")
            assert alice.get("/api/status").status_code == 200
            alice.api.add_user("bob@college.edu")
            text = told(deployment, code=3)
            says(text, "the hub at", "goes on as it is", "the disk is full", "make room")
            deployment.kill("hub", "proxy")
            eventually(lambda: httpx2.get(f"{deployment.address}hub/login").status_code == 200)
            assert alice.get("/api/status").status_code == 200
        told(deployment, code=0)
        told(deployment, "down", code=0)


def choose_a_password(link: str, password: str) -> None:
    with httpx2.Client(follow_redirects=True, timeout=120) as browser:
        page = browser.get(link)
        xsrf = page.text.partition('name="_xsrf" value="')[2].partition('"')[0]
        address, _, code = link.partition("?code=")
        answer = browser.post(address, data={"_xsrf": xsrf, "code": code, "password": password, "again": password})
        assert answer.status_code == 200 and "/user/alice" in str(answer.url), answer.url


# --- owners


@root
def test_homes_of_another_owner(deployment):
    homes = deployment.folder / "the homes"
    homes.mkdir()
    os.chown(homes, STRANGER, STRANGER)
    deployment.write("classhub.yaml", f"local:\n  port: {deployment.port}\nhomes:\n  folder: the homes\n")
    text = refused(deployment, code=3)
    says(
        text,
        f"{homes} belongs to uid {STRANGER}, not to the account that runs ClassHub (root).",
        f"chown root '{homes}'",
    )
    assert "-R" not in text, "what is in the homes belongs to the students"


@root
def test_a_state_folder_of_another_owner_and_the_way_out(deployment):
    """Of a hub that root had, copied by somebody: what one refusal says is all that is needed."""
    home = deployment.state / "homes" / "alice@college.edu"
    home.mkdir(parents=True)
    uids = deployment.state / "uids.json"
    uids.write_text('{"alice@college.edu": 50001}')
    for path in (deployment.state, deployment.state / "homes", home, uids):
        os.chown(path, STRANGER, STRANGER)
    text = refused(deployment, code=3)
    says(
        text,
        f"{deployment.state} belongs to uid {STRANGER}",
        "started by another account before",
        "hand the folder over",
    )
    shell(text.partition("hand the folder over:")[2], deployment.folder)
    assert (deployment.state.stat().st_uid, home.stat().st_uid) == (0, 50001)
    told(deployment, code=0)


def test_homes_on_a_disk_that_is_not_there(deployment):
    deployment.write("classhub.yaml", f"local:\n  port: {deployment.port}\nhomes:\n  folder: not/mounted/homes\n")
    text = refused(deployment, code=3)
    says(text, "classhub.yaml:4: The folder", "cannot be made: there is no", "a disk that is not mounted", "mkdir -p '")


def test_a_file_in_place_of_the_state_folder(deployment):
    deployment.state.write_text("")
    text = refused(deployment, code=3)
    says(text, f"{deployment.state} must be a folder, and is not.", f"mv '{deployment.state}' '{deployment.state}.old'")


# --- damaged files

GARBAGE = b'{"cut short": "\xff'


@pytest.mark.parametrize("name", ["hub.json", "machine.json", "uids.json", "jupyterhub.sqlite"])
def test_a_damaged_file_is_named_and_kept(deployment, name):
    (deployment.state).mkdir(mode=0o700)
    damaged = deployment.state / name
    damaged.write_bytes(GARBAGE)
    if name == "hub.json":  # nothing else is known of the hub then
        text = told(deployment, code=3)
        told(deployment, "status", code=3)
        damaged.unlink()
    else:
        text = refused(deployment, code=1 if name == "uids.json" else 3)
        assert damaged.read_bytes() == GARBAGE
    says(text, str(damaged), "damaged", "Next: ", "from a backup")
    nothing_is_left(deployment)


def test_the_commands_for_damaged_files_lead_out(deployment):
    """One after the other, as an admin would meet them; small files that only help are passed over."""
    (deployment.state / "history").mkdir(mode=0o700, parents=True)
    for name in ("hub.json", "machine.json", "jupyterhub.sqlite", "parts.json", "routes.json", "history/0001.json"):
        (deployment.state / name).write_bytes(GARBAGE)
    for _ in range(3):
        text = told(deployment, code=3)
        says(text, "is damaged", "Next: Put it back from a backup, or move it away")
        shell(suggested(text), deployment.folder)
    told(deployment, code=0)
    for name in ("hub.json.damaged", "machine.json.damaged", "damaged/jupyterhub.sqlite", "routes.json.damaged"):
        assert (deployment.state / name).read_bytes() == GARBAGE
    says(deployment.run("history").stdout, "damaged, no way back to it")
    damage_a_running_database(deployment)


def damage_a_running_database(deployment: Deployment) -> None:
    files = [deployment.state / "jupyterhub.sqlite", deployment.state / "jupyterhub.sqlite-wal"]
    hub = deployment.pid("hub")
    os.kill(hub, signal.SIGSTOP)  # so that it reads and writes nothing meanwhile
    try:
        sound = [file.read_bytes() for file in files]
        for file, content in zip(files, sound, strict=True):
            file.write_bytes(content[:4096] + b"x" * (len(content) - 4096))
        text = told(deployment, code=3)
        for file, content in zip(files, sound, strict=True):
            file.write_bytes(content)
    finally:
        os.kill(hub, signal.SIGCONT)
    says(text, "The hub's database", "is damaged", "goes on as it is", "Next: Put it back from a backup")


# --- ports and addresses


def test_a_port_that_is_taken_is_told_with_who_has_it(deployment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", deployment.port))
        other.listen()
        text = refused(deployment, code=3)
    says(text, "classhub.yaml:2: ", f"Port {deployment.port} on 127.0.0.1 is taken by ", f"(pid {os.getpid()})")
    says(text, "Nothing was started.", "Next: stop it, or set another local.port in config/classhub.yaml")
    assert not deployment.state.exists() and not deployment._runtime().exists(), "nothing for a hub that cannot be"


@root
def test_an_address_that_this_machine_does_not_have(deployment):
    deployment.write("classhub.yaml", f"local:\n  port: {deployment.port}\n  address: 203.0.113.7\n")
    text = refused(deployment, code=3)
    says(text, "classhub.yaml:3: This machine has no address 203.0.113.7. Nothing was started.")
    says(text, "Next: correct local.address in config/classhub.yaml")


def test_a_port_below_1024_without_the_right_to_it(deployment):
    deployment.write("classhub.yaml", "local:\n  port: 81\n")
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 81:
        pytest.skip("every account may open port 81 on this machine")
    drop = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"] if os.geteuid() == 0 else []
    argv = [*drop, *deployment.command("up", "-d")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    text = read(deployment, done, 3)
    says(
        text, "classhub.yaml:2: Port 81 needs root. Nothing was started.", "below 1024", "port: 8000", "&& sudo make up"
    )
    nothing_is_left(deployment)


# --- Python

TOO_OLD = """#!/bin/sh
[ "$1" = --version ] && { echo "Python 3.9.2"; exit 0; }
exit 1
"""
NO_VENV = """#!/bin/sh
case "$*" in *venv*) echo "No module named venv" >&2; exit 1 ;; esac
"""


def make_venv(folder: Path, fake: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """scripts/venv on a machine whose only Python is `fake`."""
    programs = folder / "bin"
    programs.mkdir()
    (folder / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts" / "venv", folder / "scripts" / "venv")
    for tool in (path for path in Path("/usr/bin").iterdir() if not path.name.startswith("python")):
        (programs / tool.name).symlink_to(tool)
    (programs / "python3").write_text(fake)
    (programs / "python3").chmod(0o755)
    argv = ["/bin/sh", str(folder / "scripts" / "venv"), "base", *arguments]
    env = {"PATH": str(programs)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert not (folder / ".venv").exists()
    return done


def test_make_tells_too_old_a_python_and_what_to_install(tmp_path):
    done = make_venv(tmp_path, TOO_OLD)
    assert done.returncode == 2
    says(done.stderr, "ClassHub needs Python 3.11 or newer; this machine has Python 3.9.2.", "Next: install it")


def test_make_tells_that_the_named_python_is_too_old(tmp_path):
    done = make_venv(tmp_path, TOO_OLD, str(tmp_path / "bin" / "python3"))
    assert done.returncode == 2
    says(done.stderr, "bin/python3 is not Python 3.11 or newer.", "Next: make up PYTHON=")


def test_make_tells_that_the_venv_module_is_missing(tmp_path):
    done = make_venv(tmp_path, NO_VENV)
    assert done.returncode == 2
    says(done.stderr, "venv", "missing", "Next: ", "apt install python3-venv")


MAIN = REPOSITORY / "src" / "classhub" / "__main__.py"
PRETEND = f"""
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = [{str(MAIN)!r}, "up"]
runpy.run_path({str(MAIN)!r}, run_name="__main__")
"""


def old_pythons() -> list[list[str]]:
    """Every Python 3 here that is older than 3.11, and this one in its clothes."""
    found = [Path(path) for path in map(shutil.which, ("python3.8", "python3.9", "python3.10")) if path]
    found += sorted(Path("~/.pyenv/versions").expanduser().glob("*/bin/python"))
    older = "import sys; sys.exit(not (3,) <= sys.version_info < (3, 11))"
    usable = [path for path in found if subprocess.run([path, "-c", older], check=False).returncode == 0]
    return [[sys.executable, "-c", PRETEND], *([str(path), str(MAIN), "up"] for path in usable)]


@pytest.mark.parametrize("argv", old_pythons(), ids=lambda argv: argv[0].split("/")[-3])
def test_classhub_itself_tells_too_old_a_python(argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    says(done.stderr, "ClassHub needs Python 3.11 or newer; this is Python ", "Next: run it with a newer one")
    assert "Traceback" not in done.stderr

"""A second `up`, a killed one, Ctrl-C, odd folders and odd surroundings."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from doubles.ports import free_port
from hub.conftest import CONFIG, Deployment, make
from hub.sentences import goes_on, logs, nothing_is_left, read, says, told
from hub.student import eventually

NAME = "alice@college.edu"

# --- a second `up`


@pytest.fixture(scope="module")
def alice(hub):
    student = hub.student()
    student.start()
    return student


@pytest.fixture
def untouched(hub, alice):
    """The student's server is the same before and after; config/ is put back."""
    before = hub.status()["servers"]
    files = {path: path.read_text() for path in hub.config.glob("*.yaml")}
    yield
    for path, text in files.items():
        path.write_text(text)
    assert hub.status()["servers"] == before
    assert alice.get("/api/status").status_code == 200


def revision(hub: Deployment) -> int:
    return int(hub.status()["revision"])


@pytest.mark.parametrize("arguments", [("up",), ("up", "-d")])
def test_a_second_up_prints_the_address_and_returns(hub, untouched, arguments):
    done = hub.run(*arguments)
    says(done.stdout, "The hub runs already; nothing changed.", f"The hub is at {hub.address}", "hub/enter?code=")
    assert done.stderr == ""


def test_a_second_up_with_a_mistake_leaves_the_hub_alone_and_says_so(hub, untouched):
    hub.write("config.yaml", CONFIG + "hub:\n\tx: 1\n")
    before = revision(hub)
    text = told(hub, code=1)
    says(text, "config.yaml:", "A tab is used")
    goes_on(hub, text.replace("Nothing was changed: t", "t"))
    assert revision(hub) == before


def test_a_second_up_with_a_taken_port_leaves_the_hub_alone_and_says_so(hub, untouched):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        hub.write("classhub.yaml", f"local:\n  port: {other.getsockname()[1]}\n")
        text = told(hub, code=3)
    says(text, "classhub.yaml:2: Port", "is taken by", f"(pid {os.getpid()})", "goes on as it was", "Next: stop it, or")
    assert "restarts" not in text, "looked at before anything was stopped"
    assert hub.status()["state"] == "running"


def test_a_second_up_with_a_change_that_the_hub_refuses_goes_back_by_itself(hub, untouched):
    hub.write(
        "config.yaml",
        CONFIG.replace("    Authenticator:\n", "    Authenticator:\n      auth_refresh_strict: much\n").replace(
            "hub:\n", "hub:\n  image: {name: gcr.io/college-cs/hub, tag: v6}\n", 1
        ),
    )
    before, settings = revision(hub), hub.settings()
    text = told(hub, code=3)
    says(text, f"Going back to revision {before}.", f"The hub went back to revision {before} and runs.", "config.yaml:")
    says(text, "the setting Authenticator.auth_refresh_strict of hub.config expected a boolean", "Next: Mend that")
    assert (hub.settings(), hub.status()["state"]) == (settings, "running")


def test_a_second_up_with_a_change_applies_it(hub, untouched):
    hub.write("config.yaml", CONFIG.replace("allowNamedServers: true", "allowNamedServers: false"))
    done = hub.run("up")
    says(done.stderr, "The new settings are written", "1 running server goes on.")
    says(done.stdout, f"The hub is at {hub.address}")


def test_a_second_up_with_a_new_port_takes_the_hub_along(hub, untouched, alice):
    old_port, old_hub = hub.port, hub.pid("hub")
    hub.port = free_port()
    try:
        hub.write("classhub.yaml", f"local:\n  port: {hub.port}\n")
        done = hub.run("up")
        says(done.stderr, f"1 running server keeps the old address until it is restarted: {NAME}.")
        says(done.stdout, f"The hub is at {hub.address}", f"{hub.address}hub/enter?code=")
        assert hub.pid("hub") != old_hub
        told_by_the_hub = hub.api().user(NAME)["servers"][""]["full_url"]
        assert told_by_the_hub.startswith(hub.address)
    finally:
        hub.port = old_port
        hub.write("classhub.yaml", f"local:\n  port: {hub.port}\n")
        hub.run("up")
    says(hub.run("up").stdout, "The hub runs already; nothing changed.")


def test_a_change_whose_up_was_killed_is_finished_by_the_next(hub, untouched):
    """Killed between writing and restarting: the files speak of the new settings, the hub runs with the old ones."""
    old_hub, old_proxy = hub.pid("hub"), hub.pid("proxy")
    hub.write("config.yaml", CONFIG.replace("limit: 1G", "limit: 2G"))
    moment = "The new settings are written"
    assert cut_short(hub, moment, signal.SIGKILL).returncode == -signal.SIGKILL
    done = hub.run("up")
    assert "The hub restarts" in done.stderr or hub.pid("hub") != old_hub
    assert hub.pid("proxy") == old_proxy
    says(hub.run("up").stdout, "The hub runs already; nothing changed.")


def test_up_and_down_at_once_take_turns(deployment):
    deployment.up()
    words = [("down",), ("up", "-d"), ("restart", "proxy"), ("up", "-d")]
    processes = [
        subprocess.Popen(deployment.command(*one), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for one in words
    ]
    for process in processes:
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err and "A bug of ours" not in err, err
        assert process.returncode == 0 or "No hub runs here" in err, out + err
    deployment.up()
    status = deployment.status()
    assert (status["state"], status["supervised"]) == ("running", True)
    eventually(lambda: len(deployment.named_processes()) == 3)  # one supervisor, one proxy, one mirror


def test_a_closed_terminal_stops_the_hub_of_a_foreground_up(deployment):
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        deployment.command("up"), stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    said = b""
    while b"Ctrl-C stops it." not in said:
        said += os.read(controller, 4096)
    os.close(controller)
    process.send_signal(signal.SIGHUP)  # as the shell sends it on
    assert process.wait(300) == 0
    nothing_is_left(deployment)


def test_a_reader_that_leaves_is_no_failure(hub, untouched):
    for arguments in ("logs hub", "status", "users list"):
        command = f"{{ {' '.join(map(quoted, hub.command(*arguments.split())))}; echo $? >&2; }} | head -n 1"
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
        assert (done.stderr.splitlines()[-1], done.stdout.count("\n")) == ("0", 1), done.stderr


def test_a_closed_stdout_is_no_failure(hub, untouched):
    command = f"{' '.join(map(quoted, hub.command('status')))} >&-"
    assert subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False).returncode == 0


def test_a_full_stdout_is_told(hub, untouched):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(hub.command("status"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    says(done.stderr, "The disk is full", "Next: Free some space")


def test_open_without_a_display_says_the_address(hub, untouched):
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}
    done = subprocess.run(hub.command("open"), env=bare, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    says(done.stdout + done.stderr, hub.address)


def quoted(word: str) -> str:
    return f"'{word}'"


# --- an `up` that is cut short

MOMENTS = (
    "The settings are written.",
    "The supervisor starts",
    "The proxy starts",
    "The hub starts",
    "The culler starts",
)


def cut_short(deployment: Deployment, moment: str, how: signal.Signals) -> "subprocess.CompletedProcess[str]":
    """`up -d` gets the signal once it has said `moment`."""
    process = subprocess.Popen(
        deployment.command("up", "-d"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = ""
    while moment not in said:
        said += process.stderr.readline() or pytest.fail(f"it never said {moment!r}: {said}")
    process.send_signal(how)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, said + err)


def test_ctrl_c_during_up_leaves_nothing_half_started(deployment):
    for moment in MOMENTS:
        says(read(deployment, cut_short(deployment, moment, signal.SIGINT), 130), moment, "Interrupted.")
        nothing_is_left(deployment)


def test_up_works_after_an_up_that_was_killed_at_any_moment(deployment):
    """Twice in a row, so that the second meets what the first had begun; the last one is let through."""
    for moments in (("The settings are written.", "The supervisor starts"), ("The proxy starts",), ("The hub starts",)):
        for moment in moments:
            assert cut_short(deployment, moment, signal.SIGKILL).returncode == -signal.SIGKILL
        told(deployment, code=0)
        status = deployment.status()
        assert (status["state"], status["supervised"]) == ("running", True)
        eventually(lambda: len(deployment.named_processes()) == 3)  # one supervisor, one proxy, one mirror
        told(deployment, "down", code=0)
        nothing_is_left(deployment)


def test_two_ups_at_the_same_time_start_one_hub(deployment):
    both = [
        subprocess.Popen(deployment.command("up", "-d"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate(timeout=600)
        done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        read(deployment, done, 0)
        says(out, f"The hub is at {deployment.address}")
    eventually(lambda: len(deployment.named_processes()) == 3)  # one supervisor, one proxy, one mirror
    assert deployment.run("status", "--json").stdout.count('"revision": 1') == 1, "applied once"


# --- odd folders and surroundings

ODD = 'it\'s "a" college; $HOME `x` 100% é 计算机 ?a=1#b & Söhne'


def test_a_long_path_with_every_odd_character(open_tmp):
    folder = open_tmp / ODD / ("long " * 40).strip()
    for deployment in make(folder):
        says(deployment.up(), f"The hub is at {deployment.address}")
        assert len(os.fsencode(deployment.state)) > 300, "far beyond the 107 bytes of a socket's path"
        alice = deployment.student()
        alice.start()
        assert alice.get("/api/contents/comp141").status_code == 200
        told(deployment, "down", code=0)
        assert not any("Traceback" in text for text in logs(deployment).values())


def test_without_a_home_a_terminal_or_a_language(deployment):
    """As cron, systemd and ssh start it."""
    bare = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(deployment.command("up", "-d"), env=bare, capture_output=True, text=True, check=False)
    read(deployment, done, 0)
    says(done.stdout, f"The hub is at {deployment.address}")
    told(deployment, "status", code=0, HOME="/nowhere/at/all", XDG_CACHE_HOME="/proc", TERM="")

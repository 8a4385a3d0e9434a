"""Programs in a container."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time

import pytest

from classhub.errors import ClasshubError, OutsideFailed, WrongUsage
from classhub.outside.kubernetes import Cluster, channels
from classhub.outside.kubernetes.silence import BrokenOff
from classhub.outside.process import Output
from unit.outside.kubernetes.pod import ERR, IN, OUT, SIZE, STATUS, SUCCESS, Pod, echo

V4, V5 = "v4.channel.k8s.io", "v5.channel.k8s.io"
PATIENCE_S = 120


def ended_with(code):
    cause = [{"reason": "ExitCode", "message": str(code)}]
    return json.dumps({"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": cause}}).encode()


@pytest.fixture
def pod(kubeconfig):
    """pod(play) -> the pod, and a cluster that leads to it."""
    made = []

    def start(play):
        one = Pod(play)
        made.append(one)
        return one, Cluster.connect("jhub", kubeconfig=kubeconfig(one.address))

    yield start
    for one in made:
        one.close()


def test_both_streams_and_the_exit_code_come_back_whatever_their_bytes(pod):
    def play(line):
        line.accept(V5, (OUT, b"\xff\x00"))
        line.ping()
        line.say(ERR, b"hush")
        line.say(OUT, "\u00fc".encode())
        line.say(STATUS, ended_with(7))

    there, cluster = pod(play)
    output = cluster.run("hub-1", "hub", ["sh", "-c", "exit 7"])
    assert output == Output(7, b"\xff\x00\xc3\xbc".decode(errors="surrogateescape"), "hush")
    assert there.lines[0].query["command"] == ["sh", "-c", "exit 7"]
    assert there.lines[0].query["container"] == ["hub"]
    assert "stdin" not in there.lines[0].query


def test_a_program_that_ends_before_it_has_read_all_input_still_tells_its_exit_code(pod):
    def leave(line):
        line.accept(V5)
        line.hear()
        line.say(STATUS, ended_with(3))

    _, cluster = pod(leave)
    for _ in range(20):
        assert cluster.run("hub-1", "hub", ["sh", "-c", "exit 3"], stdin=bytes(4_000_000)).code == 3


def test_much_input_and_output_at_once_does_not_lock_up(pod):
    _, cluster = pod(echo)
    much = os.urandom(6_000_000)
    output = cluster.run("hub-1", "hub", ["cat"], stdin=much)
    assert output.out.encode(errors="surrogateescape") == much


def test_input_is_only_sent_where_its_end_can_be_told(pod):
    def play(line):
        line.accept(V5)
        line.say(STATUS, SUCCESS)

    there, cluster = pod(play)
    cluster.run("hub-1", "hub", ["cat"], stdin=b"x")
    cluster.run("hub-1", "hub", ["true"])
    assert [line.protocols for line in there.lines] == [[V5], [V5, V4]]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH', 127),
        ('exec: "/nosuch": stat /nosuch: no such file or directory: unknown', 127),
        ('exec failed: exec: "/etc/passwd": permission denied: unknown', 126),
    ],
)
def test_a_program_that_cannot_start_ends_as_in_a_shell(pod, message, code):
    def play(line):
        line.accept(V5)
        line.say(STATUS, json.dumps({"status": "Failure", "reason": "InternalError", "message": message}).encode())

    _, cluster = pod(play)
    output = cluster.run("hub-1", "hub", ["nosuch"])
    assert output.code == code
    assert output.err.startswith('exec: "')


def test_a_program_that_takes_too_long_is_left(pod):
    def play(line):
        line.accept(V5)
        line.hear()

    _, cluster = pod(play)
    with pytest.raises(OutsideFailed, match=r"took longer than 0\.2 s") as told:
        cluster.run("hub-1", "hub", ["sleep", "9"], timeout_s=0.2)
    assert "sleep" not in str(told.value)


@pytest.mark.parametrize("is_polite", [True, False])
def test_a_cut_connection_is_no_exit_code(pod, is_polite):
    def play(line):
        line.accept(V5)
        line.say(OUT, b"half")
        if is_polite:
            line.close()

    _, cluster = pod(play)
    with pytest.raises(BrokenOff, match="was cut while the program ran"):
        cluster.run("hub-1", "hub", ["true"])


def test_a_dead_connection_is_noticed(pod, monkeypatch):
    monkeypatch.setattr(channels, "PING_S", 0.1)
    monkeypatch.setattr(channels, "DEAD_S", 0.3)

    def play(line):
        line.accept(V5)
        time.sleep(PATIENCE_S)

    _, cluster = pod(play)
    with pytest.raises(BrokenOff):
        cluster.run("hub-1", "hub", ["true"], timeout_s=PATIENCE_S)


def test_an_api_server_that_refuses_says_why(api, cluster):
    api.fail(400, "container nope is not valid for pod hub-1", "BadRequest")
    with pytest.raises(ClasshubError, match="Pod hub-1") as told:
        cluster.run("hub-1", "nope", ["true"])
    assert "container nope" in told.value.cause
    api.answers.clear()
    api.say(b"hello")
    with pytest.raises(OutsideFailed, match="does not speak websockets"):
        cluster.run("hub-1", "hub", ["true"])


DRIVER = """
import fcntl, sys, termios
from pathlib import Path
from classhub.outside.kubernetes import Cluster
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.exit(Cluster.connect("jhub", kubeconfig=Path(sys.argv[1])).terminal("hub-1", "hub", ["bash"]))
"""


class Outer:
    """An admin's terminal, with `terminal` running on it."""

    def __init__(self, config):
        self.keyboard, self.side = pty.openpty()
        termios.tcsetwinsize(self.side, (33, 111))
        self.mode = termios.tcgetattr(self.side)
        ours = (self.side,) * 3
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(config)],
            stdin=ours[0],
            stdout=ours[1],
            stderr=ours[2],
            start_new_session=True,
        )

    def shows(self, text):
        seen, until = b"", time.monotonic() + PATIENCE_S
        os.set_blocking(self.keyboard, False)
        while text not in seen and time.monotonic() < until:
            try:
                seen += os.read(self.keyboard, 65536)
            except BlockingIOError:
                time.sleep(0.02)
        assert text in seen, seen

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.keyboard)
        os.close(self.side)


@pytest.fixture
def outer(pod, kubeconfig):
    made = []

    def start(play):
        there, _ = pod(play)
        one = Outer(kubeconfig(there.address, name="outer"))
        made.append(one)
        return one

    yield start
    for one in made:
        one.close()


def test_a_terminal_passes_keys_and_sizes_on_and_is_left_as_it_was(outer):
    heard = []

    def play(line):
        line.accept(V5)
        line.say(OUT, b"ready\r\n")
        while (piece := line.hear()) is not None:
            heard.append(piece)
            line.say(OUT, b"%d " % len(heard))
            if piece == (IN, b"q"):
                line.say(STATUS, ended_with(42))
                return

    one = outer(play)
    one.shows(b"ready")
    os.write(one.keyboard, b"\x03")  # Ctrl-C
    one.shows(b"2 ")
    termios.tcsetwinsize(one.side, (20, 60))
    one.process.send_signal(signal.SIGWINCH)
    one.shows(b"3 ")
    os.write(one.keyboard, b"q")
    assert one.process.wait(PATIENCE_S) == 42
    assert heard == [
        (SIZE, b'{"Width": 111, "Height": 33}'),
        (IN, b"\x03"),
        (SIZE, b'{"Width": 60, "Height": 20}'),
        (IN, b"q"),
    ]
    assert termios.tcgetattr(one.side) == one.mode


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_terminal_whose_admin_goes_away_is_left_as_it_was(outer, signum, code):
    def play(line):
        line.accept(V5)
        line.say(OUT, b"ready")
        while line.hear() is not None:
            pass

    one = outer(play)
    one.shows(b"ready")
    one.process.send_signal(signum)
    assert one.process.wait(PATIENCE_S) == code
    assert termios.tcgetattr(one.side) == one.mode


def test_a_terminal_that_is_cut_off_is_left_as_it_was(outer):
    def play(line):
        line.accept(V5)
        line.say(OUT, b"ready")
        line.hear()

    one = outer(play)
    one.shows(b"was cut while the program ran")
    assert one.process.wait(PATIENCE_S) != 0
    assert termios.tcgetattr(one.side) == one.mode


def test_without_a_terminal_there_is_none_to_give(cluster, monkeypatch):
    monkeypatch.setattr(os, "isatty", lambda fd: False)
    with pytest.raises(WrongUsage, match="needs a terminal"):
        cluster.terminal("hub-1", "hub", ["bash"])

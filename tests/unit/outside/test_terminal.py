"""A program on a terminal of its own, seen from an outer terminal that stands for the admin's."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

from classhub.walls import identity

DRIVER = """
import fcntl, sys, termios
from classhub.outside import process, terminal
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
"""
ON_ITS_OWN = DRIVER + "sys.exit(terminal.run(sys.argv[1:]))"
WITHOUT = DRIVER + "print(process.run(sys.argv[1:], new_session=True, check=False).out, end='')"
PATIENCE_S = 120

INJECT = """
import fcntl, os, termios
for way in (0, 1, 2, "/dev/tty"):
    fd = way if isinstance(way, int) else os.open(way, os.O_RDWR)
    for key in b"touch owned\\n":
        try:
            fcntl.ioctl(fd, termios.TIOCSTI, bytes([key]))
        except OSError:
            pass
print("done", os.ttyname(0))
"""


class Outer:
    """An admin's terminal, with a program of ours running on it."""

    def __init__(self, driver, *argv):
        self.keyboard, self.side = pty.openpty()
        termios.tcsetwinsize(self.side, (33, 111))
        self.mode = termios.tcgetattr(self.side)
        self.name = os.ttyname(self.side)
        self.seen = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", driver, *argv],
            stdin=self.side,
            stdout=self.side,
            stderr=self.side,
            start_new_session=True,
        )

    def type(self, keys):
        while keys:
            keys = keys[os.write(self.keyboard, keys[:512]) :]
            self.look(0)

    def look(self, timeout_s=0.1):
        while select.select([self.keyboard], [], [], timeout_s)[0]:
            self.seen += os.read(self.keyboard, 65536)

    def until(self, done):
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < deadline, self.seen
            self.look()

    def shows(self, text):
        self.until(lambda: text.encode() in self.seen)

    def code(self):
        self.until(lambda: self.process.poll() is not None)
        self.look()
        return self.process.returncode

    def is_raw(self):
        return not termios.tcgetattr(self.side)[3] & termios.ICANON

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self.keyboard)
        os.close(self.side)


@pytest.fixture
def outer():
    """A function: outer(*argv) runs it by terminal.run on an outer terminal."""
    made = []

    def start(*argv, driver=ON_ITS_OWN):
        made.append(Outer(driver, *argv))
        return made[-1]

    yield start
    for each in made:
        each.close()


def sh(script):
    return "/bin/sh", "-c", script


def test_keystrokes_put_into_the_terminal_reach_nobody_elses(outer):
    keep = "termios.TCSAFLUSH = termios.TCSANOW\n"  # so that the way out hides nothing
    left = "import select\nprint('left to read:', bool(select.select([0], [], [], 0)[0]))"
    admin = outer(sys.executable, "-c", INJECT, driver=f"{DRIVER}{keep}terminal.run(sys.argv[1:])\n{left}")
    assert admin.code() == 0
    assert b"done /dev/" in admin.seen and f"done {admin.name}\r".encode() not in admin.seen
    assert b"left to read: False" in admin.seen


def test_without_a_terminal_there_is_none_to_open(outer):
    admin = outer(*sh("(: < /dev/tty) 2>/dev/null && echo open || echo none"), driver=WITHOUT)
    assert admin.code() == 0
    assert admin.seen == b"none\r\n"


@pytest.mark.parametrize(
    ("argv", "code"),
    [(sh("exit 7"), 7), (sh("kill -TERM $$"), 143), (sh("kill -KILL $$"), 137), (("/no/program",), 127), (("/",), 126)],
)
def test_the_exit_code_is_passed_on(outer, argv, code):
    admin = outer(*argv)
    assert admin.code() == code
    assert (b"cannot start" in admin.seen) == (code in (126, 127))


def test_the_last_words_are_shown(outer):
    admin = outer(*sh("seq 20000"))
    assert admin.code() == 0
    assert admin.seen.endswith(b"19999\r\n20000\r\n")


def test_the_window_has_our_size_also_when_it_changes(outer):
    admin = outer(*sh("stty size; trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.1; done"))
    admin.shows("ready")
    assert b"33 111" in admin.seen
    termios.tcsetwinsize(admin.keyboard, (44, 55))
    assert admin.code() == 0
    assert b"44 55" in admin.seen


@pytest.mark.parametrize(("key", "name"), [(b"\x03", "INT"), (b"\x1a", "TSTP"), (b"\x1c", "QUIT")])
def test_keys_that_signal_reach_the_program(outer, key, name):
    admin = outer(*sh(f"trap 'echo got; exit 5' {name}; echo ready; while :; do sleep 0.1; done"))
    admin.shows("ready")
    admin.type(key)
    assert admin.code() == 5
    assert b"got" in admin.seen


def test_end_of_input_reaches_the_program(outer):
    admin = outer("/bin/cat")
    admin.until(admin.is_raw)
    admin.type(b"hello\n\x04")
    assert admin.code() == 0
    assert admin.seen.count(b"hello") == 2


def test_much_typed_at_once_comes_back_whole(outer):
    admin = outer(*sh("stty raw -echo; echo ready; exec head -c 300000"))
    admin.shows("ready")
    text = bytes(range(32, 127)) * 4000
    admin.type(text)
    assert admin.code() == 0
    assert text[:300000] in admin.seen


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_our_terminal_is_as_before_when_we_are_ended(outer, signum):
    admin = outer(*sh("echo $$; exec sleep 60"))
    admin.until(lambda: b"\n" in admin.seen)
    assert admin.is_raw()
    admin.process.send_signal(signum)
    assert admin.code() in (128 + signum, 1, -signum)  # SIGINT: Python's own exception
    assert termios.tcgetattr(admin.side) == admin.mode
    pid = int(admin.seen.split()[0])
    admin.until(lambda: identity.of(pid) is None)


@pytest.mark.parametrize("script", ["exit 3", "kill -KILL $$", "stty raw; printf '\\033[?1h'"])
def test_our_terminal_is_as_before_when_the_program_ends(outer, script):
    admin = outer(*sh(f"echo ready; read line; {script}"))
    admin.shows("ready")
    assert admin.is_raw()
    admin.type(b"\r")
    admin.code()
    assert termios.tcgetattr(admin.side) == admin.mode


def test_what_holds_the_terminal_open_does_not_hold_us(outer):
    admin = outer(*sh("trap '' HUP; sleep 60 & echo $!; exit 3"))
    try:
        assert admin.code() == 3
    finally:
        os.kill(int(admin.seen.split()[0]), signal.SIGKILL)


def test_a_program_that_closes_its_terminal_is_waited_for(outer):
    admin = outer(*sh("exec <&- >&- 2>&-; sleep 0.5; exit 4"))
    assert admin.code() == 4

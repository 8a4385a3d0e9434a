"""`classhub init` as typed, on a terminal and without one."""

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest


def test_without_a_terminal_and_flags_the_defaults_are_taken_and_said(classhub, folder):
    done = classhub("init", "my hub")
    assert done.code == 0
    assert done.out.splitlines()[-1] == "my hub/config/config.yaml"
    assert "no terminal to ask on, so the defaults were taken: host: none; login: invitations" in done.err
    assert "Next: `classhub -C 'my hub' check`, then `classhub -C 'my hub' up`." in done.err
    assert classhub("-C", "my hub", "check").code == 0


def test_with_flags_nothing_is_asked(classhub, folder):
    argv = "--host hub.college.edu --login google --admin jane.doe@college.edu --admin rk@college.edu --course none"
    done = classhub("init", "hub", *argv.split())
    assert done.code == 0
    assert "client id and a secret: config/secrets.example.yaml says how" in done.err
    assert classhub("-C", "hub", "check").code == 0
    assert classhub("-C", "hub", "config", "get", "hub.config.Authenticator.admin_users").out == (
        "[jane.doe@college.edu, rk@college.edu]\n"
    )
    assert not (folder.parent / "hub" / "config" / "courses").exists()


def test_a_flag_that_is_no_answer_is_wrong_usage_and_nothing_is_written(classhub, folder):
    done = classhub("init", "hub", "--host", "https://hub.college.edu")
    assert done.code == 2
    assert "without https://" in done.err
    assert not (folder.parent / "hub").exists()


def test_what_is_there_is_named(classhub, folder):
    before = (folder / "config.yaml").read_bytes()
    done = classhub("init", ".")
    assert done.code == 1
    assert "Nothing was written: config/config.yaml is there already." in done.err
    assert classhub("init", "config").code == 2
    assert (folder / "config.yaml").read_bytes() == before
    assert not (folder.parent / ".gitignore").exists()


@pytest.mark.parametrize("option", ["--host", "--login", "--domain", "--course"])
def test_a_flag_that_is_given_twice_is_refused(classhub, folder, option):
    done = classhub("init", "hub", option, "none", option, "comp141")
    assert done.code == 2
    assert f"'{option}': it may be given once" in done.err
    assert not (folder.parent / "hub").exists()


def test_no_name_is_not_the_folder_you_are_in(classhub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = classhub("init", "")
    assert (done.code, done.out) == (2, "")
    assert "classhub init ." in done.err


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc")
def test_where_no_folder_can_be_made_is_no_bug_of_ours(classhub):
    done = classhub("init", "/proc/hub")
    assert done.code == 3
    assert done.err.splitlines()[-2] == "No folder can be made in /proc."


def test_a_name_that_is_too_long_is_no_bug_of_ours(classhub):
    assert classhub("init", "x" * 300).code == 3


PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # Ctrl-C reaches whom the terminal belongs to
from classhub.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


def _read(terminal, again):
    """again: press Ctrl-C once more while nothing comes; one that arrives before Python waits for a line is not seen."""
    while again and not select.select([terminal], [], [], 2)[0]:
        os.write(terminal, b"\x03")
    return os.read(terminal, 4096)


def on_a_terminal(folder, answers, *argv):
    """Exit code and what the terminal showed, when these lines are typed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "init", *argv]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, start_new_session=True)
    os.close(theirs)
    seen, waiting = b"", [answer.encode() for answer in answers]
    try:
        while chunk := _read(ours, again=answers[-1:] == ["\x03"] and not waiting):
            seen += chunk
            if seen.endswith(b"]: ") and waiting:
                os.write(ours, waiting.pop(0))
    except OSError:
        pass  # Linux: the other side closed
    os.close(ours)
    assert not waiting, "not asked for"
    return process.wait(timeout=120), seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("flags", [(), ("--course", "cs1")])
def test_on_a_terminal_five_questions_are_asked_and_none_with_a_flag(tmp_path, flags):
    code, seen = on_a_terminal(tmp_path, [] if flags else ["\n"] * 5, "hub", *flags)
    assert code == 0
    assert len(re.findall(r"\[.*\]: ", seen)) == (0 if flags else 5)
    assert (tmp_path / "hub" / "config" / "config.yaml").is_file()


def test_a_wrong_answer_is_told_and_asked_again(tmp_path):
    lines = ["hub\n", "Hub.College.edu\n", "\n", "\n", "\n", "none\n"]
    code, seen = on_a_terminal(tmp_path, lines, "hub")
    assert code == 0
    assert "'hub' is no public host name" in seen
    assert "[college.edu]: " in seen and "[admin@college.edu]: " in seen
    assert "hosts: [hub.college.edu]" in (tmp_path / "hub" / "config" / "config.yaml").read_text()


@pytest.mark.parametrize(("end", "code"), [("\x04", 1), ("\x03", 130)])
def test_ctrl_d_and_ctrl_c_write_nothing(tmp_path, end, code):
    assert on_a_terminal(tmp_path, ["\n", end], "hub")[0] == code
    assert not (tmp_path / "hub").exists()


def test_a_folder_that_is_taken_is_told_before_the_questions(tmp_path):
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "config.yaml").write_text("")
    code, seen = on_a_terminal(tmp_path, [], "hub")
    assert code == 1
    assert "hub/config.yaml is there already" in seen

"""Every exit code, and what is said with it."""

import errno
import re
import stat
from pathlib import Path

import pytest

from classhub.cli import failures

SECRET = "hunter2-of-the-college"
TOKEN = "0123456789abcdef0123"


@pytest.fixture
def bug(target, monkeypatch):
    """A command that runs into a bug of ours while it holds secrets."""

    def history():
        password = SECRET
        try:
            raise KeyError(f"no {password}")
        except KeyError as error:
            raise RuntimeError(f"token {TOKEN} and {password} failed") from error

    monkeypatch.setattr(target, "history", history)


def log_of(result):
    return Path(re.search(r"this file: (.*)", result.err)[1])


def test_a_bug_is_exit_code_4_with_a_private_log(classhub, bug, folder):
    (folder.parent / ".classhub").mkdir()
    result = classhub("history")
    path = log_of(result)
    assert result.code == 4
    assert "A bug of ours" in result.err and "Traceback" not in result.err
    assert path.parent == folder.parent / ".classhub" / "logs"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert "classhub 0." in text and "Python 3." in text and "jupyterhub 6." in text
    assert "RuntimeError" in text and "KeyError" in text and "test_failures.py" in text


def test_no_secret_reaches_the_log(classhub, bug, folder):
    (folder.parent / ".classhub").mkdir()
    (folder / "secrets.yaml").write_text(f"hub: {{config: {{GoogleOAuthenticator: {{client_secret: {SECRET}}}}}}}\n")
    text = log_of(classhub("history")).read_text()
    assert SECRET not in text and TOKEN not in text
    assert "***" in text


def test_arguments_are_not_in_the_log():
    text = failures.report(RuntimeError("x"), ["token", "--for", "alice@college.edu", "--scope", "Secret1"])
    assert "command: token --for --scope" in text
    assert "alice" not in text and "Secret1" not in text


def test_without_a_state_folder_the_log_is_in_the_temporary_folder(classhub, bug, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = log_of(classhub("history"))
    assert path.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_said_in_one_line(classhub, bug, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    result = classhub("history")
    assert result.code == 4
    assert "No log could be written" in result.err and "RuntimeError in test_failures.py:" in result.err


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES])
def test_a_machine_that_fails_is_exit_code_3_and_no_bug(classhub, target, monkeypatch, code):
    def full(tell):
        raise OSError(code, "x", "/srv/class/.classhub/hub.json")

    monkeypatch.setattr(target, "remove", full)
    result = classhub("remove", "--yes")
    assert result.code == 3
    assert "/srv/class/.classhub/hub.json" in result.err and "Next: " in result.err


@pytest.mark.parametrize(
    "argv",
    [["nope"], ["status", "--nope"], ["-t", "mars", "status"], ["logs"], ["users", "nope"], ["up", "now"], []],
)
def test_wrong_usage_is_exit_code_2_with_a_hint(classhub, argv):
    result = classhub(*argv)
    assert result.code == 2
    assert "--help" in result.err


def test_a_folder_that_is_not_there_is_wrong_usage(classhub):
    result = classhub("-C", "nowhere", "status")
    assert result.code == 2
    assert "There is no folder nowhere." in result.err


def test_without_a_deployment_folder_the_way_to_name_one_is_said(classhub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = classhub("status")
    assert result.code == 1
    assert "classhub -C PATH/config" in result.err


def test_an_interrupt_is_130(classhub, target, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(target, "history", interrupted)
    assert classhub("history").code == 130


def test_a_misspelt_command_is_answered_with_the_right_one(classhub):
    assert "status" in classhub("stauts").err.rpartition("No such command")[2]

"""Why a server ended, in words."""

import pytest

from classhub.errors import ClasshubError
from classhub.hub.home import UnusableHome
from classhub.hub.reasons import LOG_END_BYTES, end_of, explain, memory_ran_out, of
from classhub.hub.spawner import CannotStart


@pytest.mark.parametrize(
    ("code", "log", "oom", "said"),
    [
        (-9, [], 1, "ran out of memory"),
        (-9, [], 0, "signal SIGKILL"),
        (-40, [], 0, "signal number 40"),
        (None, [], 0, "nobody was watching"),
        (0, [], 0, "ended by itself"),
        (72, ["classhub: cannot go to the folder /x: No such file or directory"], 0, "cannot go to the folder /x"),
        (1, ["OSError: [Errno 28] No space left on device"], 0, "disk that holds the home is full"),
        (1, ["OSError: [Errno 122] Disk quota exceeded"], 0, "home is full"),
        (1, ["PermissionError: [Errno 13] Permission denied: '/home/x/.local'"], 0, "/home/x/.local"),
        (1, ["ModuleNotFoundError: No module named 'jupyterhub'"], 0, "package is missing: jupyterhub"),
        (1, ["SyntaxError: '(' was never closed"], 0, "'(' was never closed"),
        (3, ["Something else went wrong", "    at a place"], 0, "exit code 3: Something else went wrong"),
    ],
)
def test_a_reason_is_found(code, log, oom, said):
    why = explain(code, log, oom)
    assert said in why.admin
    assert not why.admin.endswith(".") and not why.student.endswith(".")
    assert "/" not in why.student, "paths are the admin's"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClasshubError("/srv/x leads over a link.", "a student", "ls -l /srv/x"), "tell the person who runs this hub"),
        (OSError(28, "No space left on device", "/srv/homes/x"), "could not set it up: No space left on device"),
        (
            UnusableHome("The home /srv/x belongs to uid 0, and this student has uid 5. ... ls -l"),
            "Your home cannot be used",
        ),
    ],
)
def test_a_student_reads_no_command_and_no_path_of_the_admins(error, said):
    page = CannotStart(of(error).student).jupyterhub_message
    assert said in page
    assert "/srv" not in page and "ls -l" not in page and "uid" not in page and "`" not in page
    assert "/srv" in of(error).admin


@pytest.mark.parametrize(
    ("limit", "said"), [(2**30, " (limit 1 GiB)."), (512 * 2**20, " (limit 512 MiB)."), (None, "memory ran out.")]
)
def test_the_limit_is_said_as_people_write_it(limit, said):
    assert memory_ran_out("alice@college.edu", limit).endswith(said)


def test_only_the_end_of_a_huge_log_is_read(tmp_path):
    """A student can write without end: here a terabyte, of which the disk holds nothing but the last lines."""
    log = tmp_path / "alice.log"
    with log.open("wb") as file:
        file.truncate(2**40)
        file.seek(0, 2)
        file.write(b"\nfirst\nOSError: [Errno 28] No space left on device\n\xff\n")
    lines = end_of(log)
    assert lines[-3:] == ["first", "OSError: [Errno 28] No space left on device", "\ufffd"]
    assert sum(map(len, lines)) <= LOG_END_BYTES
    assert "disk that holds the home is full" in explain(1, lines).student


def test_a_short_log_is_read_whole_and_none_is_no_failure(tmp_path):
    assert end_of(tmp_path / "nowhere.log") == []
    (tmp_path / "alice.log").write_text("one\ntwo\n")
    assert end_of(tmp_path / "alice.log") == ["one", "two"]

"""Why a server ended, in words."""

import pytest

from classhub.errors import ClasshubError
from classhub.hub.home import UnusableHome
from classhub.hub.reasons import explain, for_student
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
    sentence = explain(code, log, oom)
    assert said in sentence
    assert not sentence.endswith(".")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClasshubError("/srv/x leads over a link.", "a student", "ls -l /srv/x"), "Please tell your instructor"),
        (OSError(28, "No space left on device", "/srv/homes/x"), "could not set it up: No space left on device"),
        (UnusableHome("The home alice is not a folder"), "The home alice is not a folder"),
    ],
)
def test_a_student_reads_no_command_and_no_path_of_the_admins(error, said):
    page = CannotStart(for_student(error)).jupyterhub_message
    assert said in page
    assert "/srv" not in page and "ls -l" not in page and "`" not in page

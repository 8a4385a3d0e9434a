"""Why a server ended, in words."""

import pytest

from classhub.hub.reasons import explain


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

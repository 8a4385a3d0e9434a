"""The line of a log that tells why a part ended."""

import pytest

from classhub.targets.local.reasons import is_hopeless, reason

STAMP = "[E 2026-11-24 10:44:53.123 JupyterHub app:4090]"
TOLD = {
    f"{STAMP} The 'any_allow_config' trait of a StandInAuthenticator instance expected a boolean, not the str 'many'.": (
        "the setting Authenticator.any_allow_config of hub.config expected a boolean, not the str 'many'"
    ),
    "hub.extraConfig.mine, line 3: NameError: name 'x'. Fix it in config/config.yaml, then run `classhub up`.": (
        "hub.extraConfig.mine, line 3: NameError: name 'x'"
    ),
    '{"level":"error","msg":"loading initial config: loading new config: listen tcp :80: bind: in use"}': (
        "listen tcp :80: bind: in use"
    ),
    "    sqlalchemy.exc.DatabaseError: file is not a database": "DatabaseError: file is not a database",
    f"{STAMP} Refusing to run JupyterHub with invalid cookie_secret_file. /x error was: can be read by anybody": (
        "Refusing to run JupyterHub with invalid cookie_secret_file. /x can be read by anybody; "
        "move that file away, people then sign in once more"
    ),
}


@pytest.mark.parametrize("line", TOLD)
def test_the_telling_line_is_found_and_put_in_words(line):
    around = [
        "Traceback (most recent call last):",
        '  File "x", line 1',
        line,
        "[I 2026-11-24 10:44:56.1 JupyterHub a:1] x",
    ]
    assert reason(around) == TOLD[line]


def test_without_a_telling_line_the_last_one_counts():
    assert reason(["first", "last"]) == "last"
    assert reason([f"{STAMP}", ""]) == STAMP
    assert reason([]) == "its log is empty"


def test_a_json_line_that_is_cut_short_tells_nothing():
    assert reason(['{"level":"error","ms', '{"level":"warn","msg":"x"}', "[1]"]) == "[1]"


def test_settings_that_cannot_work_are_hopeless_and_a_crash_is_not():
    assert is_hopeless(["x", "hub.extraConfig.mine, line 3: NameError"])
    assert is_hopeless([f"{STAMP} The 'a' trait of a B instance expected an int"])
    assert not is_hopeless(["MemoryError", f"{STAMP} [Errno 98] Address already in use"])

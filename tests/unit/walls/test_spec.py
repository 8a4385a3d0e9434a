"""A spec crosses to enter.py as one line, and says no to halves."""

import json

import pytest

from classhub.walls import enter
from classhub.walls.identity import Identity
from classhub.walls.spec import Account, Spec

FULL = Spec(
    argv=["python", "-m", "x"],
    env={"A": "b\nc", "NAME": "jürgen"},
    cwd="/",
    uid=50001,
    gid=50001,
    account=Account("jürgen", "/home"),
    join=Identity("b", 2, 3),
    links=[("/a", "b")],
)


def test_it_is_one_line_of_ascii():
    text = FULL.to_json()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert text.isascii()


def test_enter_finds_every_field():
    read = json.loads(FULL.to_json())
    assert read["env"]["A"] == "b\nc"
    assert read["join"] == {"boot_id": "b", "pid": 2, "start": 3}
    assert read["account"] == {"name": "jürgen", "home": "/home", "shell": "/bin/bash"}


def test_the_command_is_an_isolated_interpreter_on_the_program():
    assert FULL.command("/usr/bin/python3", 7) == ["/usr/bin/python3", "-I", "-S", "-X", "utf8", enter.__file__, "7"]
    assert FULL.command("python3")[-1] == "-"


@pytest.mark.parametrize("fields", [{"uid": 1}, {"gid": 1}, {"account": Account("a", "/")}, {"argv": []}])
def test_halves_are_refused(fields):
    with pytest.raises(ValueError, match=r"together|no program"):
        Spec(**{"argv": ["x"], "env": {}, "cwd": "/", **fields})

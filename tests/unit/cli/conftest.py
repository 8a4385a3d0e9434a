"""Run command lines in this process, on the in-memory target."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from classhub.cli.run import run
from classhub.operations import targets
from doubles.target_memory import MemoryTarget

CONFIG = """\
hub:
  config:
    Authenticator:
      admin_users: [rk@college.edu]
"""


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """config/ with one admin; the current folder is the one above it."""
    made = tmp_path / "comp141" / "config"
    made.mkdir(parents=True)
    (made / "config.yaml").write_text(CONFIG)
    monkeypatch.chdir(made.parent)
    monkeypatch.delenv("CLASSHUB_CONFIG", raising=False)
    return made


@pytest.fixture
def target(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryTarget:
    """What commands act on; admin and student are known to it."""
    made = MemoryTarget(folder)
    made.people.known = ["alice@college.edu", "rk@college.edu"]
    made.people.admins = {"rk@college.edu"}
    monkeypatch.setattr(targets, "machine", lambda given: made)
    return made


@pytest.fixture
def classhub(target, capsys, monkeypatch):
    """A function: classhub("status", "--json") -> Result."""

    def call(*argv: str, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = run(argv)
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return call


@pytest.fixture
def running(classhub, target) -> MemoryTarget:
    """A hub that runs, with alice's server."""
    assert classhub("up", "-d").code == 0
    target.start_server("alice@college.edu")
    return target

"""A hub of one's own, from nothing: init, check, up, down."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles.ports import free_port
from hub.conftest import Deployment


class Begun(Deployment):
    """What `init` has written, on a free port."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.folder, self.config, self.port = folder, folder / "config", free_port()
        argv = [sys.executable, "-m", "classhub", "init", str(folder), *flags]
        subprocess.run(argv, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        self.run("config", "set", "local.port", str(self.port))


@pytest.fixture
def begun(open_tmp: Path) -> Iterator[Begun]:
    deployment = Begun(open_tmp / "a new college", "--course", "1e3", "--admin", "rk@college.edu", "--admin", "yes")
    try:
        yield deployment
    finally:
        deployment.run("down", check=False)


def test_a_folder_that_init_wrote_runs_at_once(begun):
    begun.run("check")
    told = begun.up()
    assert f"The hub is at {begun.address}" in told
    assert "people enter by invitation" in told
    assert "Enter as rk@college.edu, once" in told
    assert begun.status()["state"] == "running"
    begun.run("users", "invite", "alice@college.edu")
    begun.down()
    assert begun.left_processes() == []

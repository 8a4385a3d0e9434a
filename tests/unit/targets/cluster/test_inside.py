"""A program in a pod for the command line: where, with which input, and nothing of it kept."""

import os
from pathlib import Path

import pytest

from classhub.targets.cluster.inside import run_aloud
from classhub.targets.cluster.whom import ThePart
from unit.targets.cluster.objects import evicted, pod, workload


class Api:
    def __init__(self):
        self.asked = {}

    def run_aloud(self, name, container, argv, *, out, err, stdin, timeout_s):
        self.asked = {"pod": name, "container": container, "argv": argv, "stdin": stdin}
        out(b"\xff as it is")
        err(b"hush")
        return 7


def running():
    made = pod("hub", containerStatuses=[{"name": "hub", "state": {"running": {}}}])
    return made | {"spec": {"containers": [{"name": "side-car"}, {"name": "hub"}]}}


def asked(stdin, monkeypatch):
    api, said = Api(), []
    monkeypatch.setattr("sys.stdin", stdin)
    found = ThePart("hub", workload("hub"), (evicted("hub"), running()))
    done = run_aloud(api, found, ["ls"], said.append, said.append)
    assert (done.code, done.out, done.err, said) == (7, "", "", [b"\xff as it is", b"hush"])
    return api.asked


def test_it_runs_in_the_container_that_lives_and_its_output_is_handed_on(monkeypatch, tmp_path):
    (tmp_path / "input").write_text("work")
    with (tmp_path / "input").open() as file:
        found = asked(file, monkeypatch)
        assert found == {"pod": "hub-x", "container": "hub", "argv": ["ls"], "stdin": file.fileno()}


@pytest.mark.parametrize("path", [os.devnull, None])
def test_no_input_asks_no_more_of_the_cluster(monkeypatch, path):
    if path is None:
        assert asked(None, monkeypatch)["stdin"] is None
        return
    with Path(path).open() as file:
        assert asked(file, monkeypatch)["stdin"] is None

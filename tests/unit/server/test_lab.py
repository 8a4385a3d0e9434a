"""JupyterLab is not let near node at a start, and nothing else of it is touched."""

import sys
from types import ModuleType

import pytest

from classhub.server import lab


@pytest.fixture
def jupyterlab(monkeypatch):
    """A module of that name, in place of the real one; call it with a version and its question."""

    def put(version, ask):
        package, commands = ModuleType("jupyterlab"), ModuleType("jupyterlab.commands")
        package.__version__, package.commands = version, commands
        if ask:
            commands._yarn_config = ask
        monkeypatch.setitem(sys.modules, "jupyterlab", package)
        monkeypatch.setitem(sys.modules, "jupyterlab.commands", commands)
        return commands

    return put


def asks_node(logger):
    raise AssertionError("node was started")


def test_the_question_is_answered_as_without_node(jupyterlab):
    commands = jupyterlab("4.9.9", asks_node)
    assert lab.leave_node_alone() is True
    assert commands._yarn_config(None) == {"yarn config": {}, "npm config": {}}
    assert commands._yarn_config(logger=None) == commands._yarn_config(None)


@pytest.mark.parametrize(
    "version, ask", [("5.0.0", asks_node), ("3.6.1", asks_node), ("4.9.9", lambda logger, more: {}), ("4.9.9", None)]
)
def test_a_jupyterlab_that_we_do_not_know_stays_as_it_is(jupyterlab, version, ask):
    commands = jupyterlab(version, ask)
    assert lab.leave_node_alone() is False
    assert getattr(commands, "_yarn_config", None) is ask


def test_without_jupyterlab_the_server_starts_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    assert lab.leave_node_alone() is False

"""What `up` looks at before it touches anything."""

import json
import socket

import pytest

from classhub.errors import NotRunning, OutsideFailed
from classhub.plan.steps import Plan, Step
from classhub.targets.local import changing, ports, starting
from classhub.targets.local.machine import ensure_machine
from classhub.targets.local.paths import ensure_folders
from doubles.ports import free_port


@pytest.fixture
def listen():
    """An address that is held as a supervisor holds it while no proxy lives."""
    port = free_port()
    held = ports.Held()
    held.keep({("127.0.0.1", port)})
    yield f"127.0.0.1:{port}"
    held.close()


@pytest.fixture
def supervisor(monkeypatch):
    monkeypatch.setattr(starting.control, "ask", lambda paths, request, timeout_s: {"pid": 1, "parts": []})


def look(paths, wanted, applied):
    proxy = {"proxy": {"listen": wanted}}
    plan = Plan((Step("restart proxy", "The proxy restarts."),), settings=proxy)
    starting.look_ahead(paths, plan, {"proxy": {"listen": applied}} if applied else None)


def test_a_port_that_the_supervisor_holds_for_a_failing_proxy_is_ours(paths, listen, supervisor):
    look(paths, listen, listen)


@pytest.mark.parametrize("applied", ["", "127.0.0.1:1"])
def test_a_port_that_this_hub_does_not_have_is_a_strangers(paths, listen, supervisor, applied):
    with pytest.raises(OutsideFailed, match="is taken by"):
        look(paths, listen, applied)


def test_without_a_supervisor_and_a_proxy_the_port_is_a_strangers(paths, listen, monkeypatch):
    def nobody(paths, request, timeout_s):
        raise NotRunning("No hub runs here.")

    monkeypatch.setattr(starting.control, "ask", nobody)
    with pytest.raises(OutsideFailed, match="is taken by"):
        look(paths, listen, listen)


def test_a_program_on_the_other_family_would_meet_who_asks_localhost(paths):
    with socket.socket(socket.AF_INET6) as other:
        port = free_port()
        other.bind(("::1", port))
        other.listen()
        with pytest.raises(OutsideFailed, match=rf"Port {port} on ::1 is taken by python.* \(pid \d+\)"):
            look(paths, f"127.0.0.1:{port}", "")
    look(paths, f"127.0.0.1:{port}", "")


@pytest.fixture
def refused(paths, listen):
    """Refuses an `up` whose port is taken."""

    def refuse():
        ensure_folders(paths)
        ensure_machine(paths.machine_json)
        plan = Plan((Step("start proxy", "The proxy starts."),), settings={"proxy": {"listen": listen}})
        with pytest.raises(OutsideFailed, match="is taken by"):
            changing.apply(paths, plan, pytest.fail)

    return refuse


def test_a_first_up_that_is_refused_leaves_nothing_behind(paths, refused):
    refused()
    assert not paths.state.exists() and not paths.runtime.exists()


def test_a_refused_up_takes_nothing_of_an_earlier_hub(paths, refused):
    paths.hub_json.write_text(json.dumps({"proxy": {"listen": "127.0.0.1:1"}, "hub": {}, "culler": {}, "login": {}}))
    refused()
    assert paths.machine_json.exists() and paths.homes.exists() and not paths.runtime.exists()


@pytest.mark.parametrize("kept", ["jupyterhub.sqlite", "homes/alice"])
def test_a_refused_up_takes_nothing_that_others_put_there(paths, refused, kept):
    """Restored from a backup, say."""
    (paths.state / kept).mkdir()
    refused()
    assert (paths.state / kept).exists() and paths.machine_json.exists()


def test_a_refused_up_leaves_the_sockets_of_a_hub_that_runs(paths, refused):
    paths.control.touch()
    refused()
    assert paths.sockets.exists() and paths.student_runtime.exists()

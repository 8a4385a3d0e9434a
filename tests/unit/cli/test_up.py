"""up and down, as an admin reads them."""

import os
import signal
from contextlib import contextmanager

import pytest

from classhub.errors import OutsideFailed
from classhub.operations import following
from classhub.plan.running import State

NO_ADMIN = """\
hub:
  config:
    JupyterHub: {authenticator_class: google}
    GoogleOAuthenticator: {client_id: x-1, client_secret: y-2, hosted_domain: [college.edu]}
"""


def test_up_says_where_how_and_gives_the_admin_a_link(classhub):
    result = classhub("up", "-d")
    assert result.code == 0
    assert "The hub is at http://127.0.0.1:8000/" in result.out
    assert "Enter as rk@college.edu, once, within ten minutes: http://127.0.0.1:8000/hub/enter?" in result.out
    assert "classhub down" in result.out
    assert "The hub starts, about 5 s." in result.err


def test_what_is_next_names_a_folder_that_is_not_found_from_here(classhub, folder, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "Stop it: `classhub -C ../comp141 down`." in classhub("-C", "../comp141", "up", "-d").out
    done = classhub("-C", str(folder), "config", "set", "local.port", "8001")
    assert f"Next: `classhub -C {folder} up` applies it." in done.err
    monkeypatch.setenv("CLASSHUB_CONFIG", str(folder))
    assert "`classhub up`" in classhub("-C", str(folder), "config", "set", "local.port", "8002").err
    monkeypatch.chdir(folder.parent)
    monkeypatch.delenv("CLASSHUB_CONFIG")
    assert "`classhub up`" in classhub("-C", "config", "config", "set", "local.port", "8003").err
    assert "`classhub up`" in classhub("config", "set", "local.port", "8004").err


def test_a_trial_is_said_in_the_first_line(classhub, target):
    target.first = ["One person's trial: loopback only."]
    assert classhub("up", "-d").out.startswith("One person's trial: loopback only.\n")


def test_a_second_up_gives_the_address_and_returns(classhub, running):
    result = classhub("up")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("The hub runs already; nothing changed.\nThe hub is at http://127.0.0.1:8000/")


def test_a_change_is_applied_and_up_returns(classhub, running, folder):
    (folder / "config.yaml").write_text("hub: {config: {Authenticator: {admin_users: [other@college.edu]}}}\n")
    result = classhub("up")
    assert result.code == 0
    assert "1 running server keeps its old settings until it is restarted: alice@college.edu" in result.err
    assert "Enter as other@college.edu" in result.out


def test_mistakes_leave_a_running_hub_alone(classhub, running, folder):
    (folder / "config.yaml").write_text("hubb: {}\n")
    result = classhub("up", "-d")
    assert result.code == 1
    assert "config.yaml" in result.err and "goes on as it is." in result.err
    assert running.inspect().state is State.RUNNING


def test_a_mistake_is_told_as_check_tells_it(classhub, folder):
    (folder / "config.yaml").write_text("cull:\n  timout: 60\n")
    told = classhub("check").out.splitlines()
    refused = classhub("up", "-d").err.splitlines()
    assert refused[:2] == [line for line in told if "timout" in line or "timeout: 60" in line][:2]
    assert refused[0].startswith("error CH1201 config/config.yaml:2:3: ") and refused[1] == "    Fix: timeout: 60"


def test_a_missing_file_is_a_mistake_and_no_traceback(classhub, folder):
    (folder / "config.yaml").unlink()
    result = classhub("-C", str(folder), "up", "-d")
    assert result.code == 1
    assert "config.yaml" in result.err and "Traceback" not in result.err


def test_a_failing_outside_is_exit_code_3_with_cause_and_next(classhub, target):
    target.breaks["start proxy"] = OutsideFailed("Port 8000 is taken.", "nginx (pid 812) listens there.", "Stop it.")
    result = classhub("up", "-d")
    assert result.code == 3
    assert result.err.endswith(
        "Port 8000 is taken. What had started was stopped again.\n"
        "Probable cause: nginx (pid 812) listens there.\nNext: Stop it.\n"
    )


def test_no_admin_is_said_with_the_setting_that_names_one(classhub, folder):
    (folder / "config.yaml").write_text(NO_ADMIN)
    result = classhub("up", "-d")
    assert result.code == 0
    assert "admin_users" in result.out


def test_in_the_foreground_it_stays_until_the_hub_is_stopped_elsewhere(classhub, target, monkeypatch):
    def stopped_elsewhere():
        yield "The hub was started again."
        target.stop(keep_servers=False)

    monkeypatch.setattr(target, "follow", stopped_elsewhere)
    result = classhub("up")
    assert result.code == 0
    assert "The hub was started again." in result.err
    assert result.out.endswith("Ctrl-C stops it.\nThe hub was stopped from elsewhere.\n")


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("keep", [[], ["--keep-servers"]])
def test_ctrl_c_a_polite_kill_and_a_closed_terminal_stop_the_hub(classhub, target, monkeypatch, signal_, keep):
    def interrupted():
        target.start_server("alice@college.edu")
        os.kill(os.getpid(), signal_)
        yield "never"

    monkeypatch.setattr(target, "follow", interrupted)
    result = classhub("up", *keep)
    assert result.code == 0
    assert result.out.endswith(
        f"The hub is stopped; 1 server {'left running' if keep else 'stopped too'}. Homes stay.\n"
    )
    assert target.inspect().state is State.STOPPED
    assert bool(target.servers) is bool(keep)


def test_under_nohup_a_closed_terminal_is_nothing(classhub, target, monkeypatch):
    def hung_up():
        os.kill(os.getpid(), signal.SIGHUP)
        yield "It goes on."
        target.stop(keep_servers=False)

    monkeypatch.setattr(target, "follow", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        result = classhub("up")
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "It goes on." in result.err and "stopped from elsewhere" in result.out


@pytest.mark.parametrize(
    "words", [["up"], ["down"], ["restart", "hub"], ["scale", "servers", "3"], ["remove", "--yes"]], ids=" ".join
)
def test_what_changes_a_hub_takes_its_turn(classhub, running, monkeypatch, words):
    at_work = []

    @contextmanager
    def alone(tell):
        at_work.append(True)
        yield
        at_work.pop()

    def checked(name):
        real = getattr(running, name)

        def call(*given, **named):
            assert at_work, f"{name} beside another command"
            return real(*given, **named)

        monkeypatch.setattr(running, name, call)

    monkeypatch.setattr(running, "alone", alone)
    for name in ("apply", "stop", "remove", "restart", "scale", "settings"):
        checked(name)
    assert classhub(*words).code == 0


def test_ctrl_c_takes_its_turn(classhub, target, monkeypatch):
    turns = []

    @contextmanager
    def alone(tell):
        turns.append(target.inspect())
        yield

    def interrupted():
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(target, "alone", alone)
    monkeypatch.setattr(target, "follow", interrupted)
    assert classhub("up").code == 0
    assert [one and one.state for one in turns] == [None, State.RUNNING]


def test_a_supervisor_that_is_gone_is_exit_code_3(classhub, target, monkeypatch):
    monkeypatch.setattr(following, "SETTLING_S", 0)
    result = classhub("up")
    assert result.code == 3
    assert "Adopt them: `classhub up`." in result.err


def test_an_interrupted_start_is_undone_and_130(classhub, target):
    target.breaks["start hub"] = KeyboardInterrupt()
    assert classhub("up").code == 130
    assert target.inspect().state is State.STOPPED


def test_down_stops_hub_and_servers_and_keeps_homes(classhub, running):
    result = classhub("down")
    assert result.out == "The hub is stopped; 1 server stopped too. Homes stay.\n"
    assert (running.servers, [home.owner for home in running.homes().list()]) == ({}, ["alice@college.edu"])


def test_down_can_leave_servers_running_and_end_them_later(classhub, running):
    assert classhub("down", "--keep-servers").out == "The hub is stopped; 1 server left running. Homes stay.\n"
    assert classhub("down").out == "The hub did not run; 1 server of an earlier one stopped. Homes stay.\n"


def test_down_twice_names_what_it_leaves_running(classhub, running):
    classhub("down", "--keep-servers")
    assert classhub("down", "--keep-servers").out == (
        "No hub runs here; 1 server of an earlier one still runs: alice@college.edu.\nStop it: `classhub down`.\n"
    )
    assert running.servers


def test_history_says_what_failed(classhub, target):
    target.breaks["start hub"] = OutsideFailed("Port 8000 is taken.")
    classhub("up", "-d")
    assert "classhub up (failed)" in classhub("history").out
    shown = classhub("history", "--json").json
    assert shown[0]["outcome"] == "failed" and "digests" not in shown[0]


def test_down_where_nothing_runs_is_fine(classhub):
    result = classhub("down")
    assert (result.code, result.out) == (0, "No hub runs here; nothing to stop.\n")


def test_remove_asks_by_name(classhub, running):
    refused = classhub("remove", stdin="yes\n")
    assert refused.code == 1
    assert "Type comp141 to go on" in refused.err and "`--yes`" in refused.err
    assert running.inspect().state is State.RUNNING
    assert classhub("remove", stdin="comp141\n").code == 0
    assert running.inspect() is None


def test_remove_can_be_told_yes(classhub, running):
    assert "Homes stay" in classhub("remove", "--yes").out
    assert running.inspect() is None

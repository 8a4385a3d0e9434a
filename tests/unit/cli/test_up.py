"""up and down, as an admin reads them."""

import os
import signal

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
    assert "1 running server goes on with its old settings" in result.err
    assert "Enter as other@college.edu" in result.out


def test_mistakes_leave_a_running_hub_alone(classhub, running, folder):
    (folder / "config.yaml").write_text("hubb: {}\n")
    result = classhub("up", "-d")
    assert result.code == 1
    assert "config.yaml" in result.err and "goes on as it is." in result.err
    assert running.inspect().state is State.RUNNING


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


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("keep", [[], ["--keep-servers"]])
def test_ctrl_c_and_a_polite_kill_stop_the_hub(classhub, target, monkeypatch, signal_, keep):
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


def test_down_where_nothing_runs_is_fine(classhub):
    result = classhub("down")
    assert (result.code, result.out) == (0, "The hub does not run; nothing to stop.\n")


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

"""servers, homes delete and --explain, as people type them."""

import pytest

ALICE = "alice@college.edu"


def test_servers_that_run_are_listed(classhub, running):
    result = classhub("servers", "list")
    assert ALICE in result.out and "ready" in result.out
    assert classhub("servers", "list", "--json").json[0]["user"] == ALICE


def test_a_server_is_stopped_and_started_by_its_users_name(classhub, running):
    assert classhub("servers", "stop", ALICE).out == f"The server of {ALICE} is stopped.\n"
    assert classhub("servers", "list").out == "No server runs.\n"
    assert classhub("servers", "start", ALICE).out == f"The server of {ALICE} is ready.\n"
    assert (ALICE, "") in running.servers


def test_stopping_what_does_not_run_is_fine(classhub, running):
    assert classhub("servers", "stop", "rk@college.edu").code == 0


def test_all_are_stopped_only_when_somebody_says_so(classhub, running):
    refused = classhub("servers", "stop", "--all")
    assert refused.code == 1 and "1 server would stop" in refused.err and running.servers
    assert classhub("servers", "stop", "--all", "--yes").out == "1 server stopped.\n"
    assert not running.servers


def test_a_name_or_all_must_be_given_and_not_both(classhub, running):
    assert classhub("servers", "stop").code == classhub("servers", "stop", ALICE, "--all").code == 2
    assert running.servers


def test_a_near_name_is_said(classhub, running):
    result = classhub("servers", "start", "alise@college.edu")
    assert result.code == 1 and "did you mean alice@college.edu" in result.err


def test_a_home_on_this_machine_is_not_deleted(classhub, running):
    result = classhub("homes", "delete", ALICE, "--yes")
    assert result.code == 1 and "rm -r" in result.err
    assert (running.homes_folder / ALICE).is_dir()


COMMANDS = [
    ["status"],
    ["deploy"],
    ["rollback", "7"],
    ["users", "list"],
    ["top"],
    ["open"],
    ["logs", ALICE],
    ["events", "hub"],
    ["shell", "hub"],
    ["exec", "--explain", ALICE, "--", "ls"],
    ["restart", "hub"],
    ["scale", "placeholders", "3"],
    ["down"],
    ["remove"],
    ["servers", "list"],
    ["servers", "start", ALICE],
    ["servers", "stop", "--all"],
    ["homes", "list"],
    ["homes", "delete", "claim-alice"],
]


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_what_kubectl_would_do_is_printed_and_nothing_done(classhub, running, folder, monkeypatch, argv):
    (folder / "classhub.yaml").write_text("namespace: autumn\ncluster:\n  context: gke hub\n")
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    argv = argv if "--explain" in argv else [*argv, "--explain"]
    result = classhub("-t", "cluster", *argv)
    assert result.code == 0, result.err
    assert "--context 'gke hub' -n autumn" in result.out or "--kube-context 'gke hub' -n autumn" in result.out
    assert running.servers and running.parts


def test_on_this_machine_there_is_nothing_to_explain(classhub, running):
    result = classhub("restart", "hub", "--explain")
    assert result.code == 1 and "classhub -t cluster" in result.err

"""status, top, logs, events, history, homes, doctor, parity, open: as people and as scripts read them."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from classhub.plan.checks import Check
from classhub.plan.records import Record
from classhub.plan.running import Server, State

HOSTILE = "\x1b]0;owned\x07\u202eecila"
LONG = "x" * 70 + "@college.edu"
NAMES = ["alice@college.edu", "Jane.Doe", LONG, "Zo\u00eb \u5b66\u751f", HOSTILE, "[bold]rich[/bold]", "-rf", "a\nb"]


def test_status_json_of_a_hub_that_never_ran(classhub):
    result = classhub("status", "--json")
    assert result.code == 0
    assert result.json["state"] == "stopped" and result.json["address"] == ""


def test_status_json_has_what_scripts_need(classhub, running, folder):
    facts = classhub("status", "--json").json
    assert facts["state"] == "running"
    assert facts["address"] == "http://127.0.0.1:8000/"
    assert [part["name"] for part in facts["parts"]] == ["proxy", "hub", "culler"]
    assert [server["user"] for server in facts["servers"]] == ["alice@college.edu"]
    assert (facts["notes"], facts["folder"]) == ([], str(folder))


def test_status_says_it_in_a_few_lines(classhub, running):
    lines = classhub("status").out.splitlines()
    assert lines[0] == "running  http://127.0.0.1:8000/  revision 1"
    assert lines[1].split() == ["part", "state", "since", "restarts", "reason"]
    assert "1 server running" in lines


def test_status_names_a_failing_part_and_the_next_command(classhub, running):
    running.parts["hub"] = replace(running.parts["hub"], state=State.FAILING, reason="disk full")
    assert "The hub keeps failing: disk full. Next: `classhub logs hub`." in classhub("status").out


@pytest.mark.parametrize("name", NAMES)
def test_no_name_steers_the_terminal_or_breaks_json(classhub, running, name):
    running.servers.clear()
    running.servers[(name, "")] = Server(name)
    text = classhub("status").out
    assert not any(sign in text for sign in ("\x1b", "\x07", "\u202e"))
    assert classhub("status", "--json").json["servers"][0]["user"] == name
    assert classhub("status", "--json").out.isascii()


def test_logs_have_the_last_event_above_them(classhub, running):
    running.events["alice@college.edu"].append(Record("The server ended: out of memory.", 0.0))
    result = classhub("logs", "alice@college.edu")
    assert result.out == "The server started.\n"
    assert result.err.startswith("Last event: ") and "out of memory" in result.err


def test_logs_of_an_unknown_name_are_exit_code_1(classhub, running):
    result = classhub("logs", "nobody")
    assert (result.code, result.out) == (1, "")
    assert "Next: " in result.err


def test_logs_can_be_cut(classhub, running):
    running.logs["hub"] = [Record(str(number)) for number in range(10)]
    assert classhub("logs", "hub", "-n", "2").out == "8\n9\n"


def test_logs_of_the_run_before(classhub, running):
    running.logs["hub"] = [Record("the first run")]
    classhub("restart", "hub")
    assert classhub("logs", "hub", "--previous").out == "the first run\n"


def test_a_name_that_looks_like_an_option_is_given_after_two_dashes(classhub, running):
    running.start_server("-rf")
    assert classhub("logs", "--", "-rf").out == "The server started.\n"


def test_events_json_parses(classhub, running):
    events = classhub("events", "alice@college.edu", "--json").json
    assert [event["text"] for event in events] == ["The server started."]


@pytest.mark.parametrize(
    ("words", "said"), [("events hub", "Nothing happened yet."), ("logs hub", "The log is empty.")]
)
def test_where_there_is_nothing_to_show_that_is_said(classhub, running, words, said):
    running.logs["hub"], running.events["hub"] = [], []
    result = classhub(*words.split())
    assert (result.code, result.out, result.err.splitlines()[-1]) == (0, "", said)
    assert classhub("events", "hub", "--json").json == []


def test_events_have_a_time(classhub, running):
    assert classhub("events", "alice@college.edu").out.endswith("  The server started.\n")


def test_top_json_parses(classhub, running, monkeypatch):
    monkeypatch.setattr("classhub.operations.usage.time.sleep", lambda seconds: None)
    rows = classhub("top", "--json").json["rows"]
    assert rows[0]["name"] == "alice@college.edu"


def test_top_is_a_table(classhub, running, monkeypatch):
    monkeypatch.setattr("classhub.operations.usage.time.sleep", lambda seconds: None)
    result = classhub("top")
    assert result.out.splitlines()[0].split() == ["name", "kind", "cores", "memory", "limit"]
    assert "57.2 MiB" in result.out and "954 MiB" in result.out and "954 MiB free of 9.3 GiB" in result.out


def test_history_says_who_and_why(classhub, running):
    assert classhub("history", "--json").json[0]["what"] == "classhub up"
    assert "admin" in classhub("history").out


def test_an_empty_history_is_said(classhub):
    assert classhub("history").out == "Nothing was applied here yet.\n"
    assert classhub("history", "--json").json == []


def test_homes_are_listed_with_sizes_when_asked(classhub, running):
    assert classhub("homes", "list", "--json").json[0]["size_bytes"] is None
    assert classhub("homes", "list", "--json", "--sizes").json[0]["size_bytes"] == 0
    assert "alice@college.edu" in classhub("homes", "list").out


def test_doctor_is_exit_code_1_with_a_problem(classhub, target):
    assert classhub("doctor").code == 0
    target.found = [Check("disk", "It is full.", "Free some space.")]
    result = classhub("doctor")
    assert result.code == 1
    assert "PROBLEM  disk: It is full.\n         Next: Free some space.\n1 problem.\n" in result.out
    assert [check["ok"] for check in classhub("doctor", "--json").json][-1] is False


def test_a_warning_is_said_and_is_no_failure(classhub, target):
    target.found = [Check("host", "It leads nowhere.", "Ask for it.", warning=True)]
    result = classhub("doctor")
    assert result.code == 0
    assert "WARNING  host: It leads nowhere.\n         Next: Ask for it.\nNo problems.\n" in result.out


def test_parity_parses_without_a_hub(classhub):
    result = classhub("parity", "--json")
    assert result.code == 0
    assert isinstance(result.json, list)
    *_, summary, versions = classhub("parity").out.splitlines()
    assert summary.endswith("only on the cluster.") and "classhub parity" not in summary
    assert versions == f"JupyterHub {version('jupyterhub')} runs here; chart 4.4.0 brings 5.5.0."


def test_open_prints_a_new_link_for_the_admin(classhub, running):
    link = classhub("open", "--print").out
    assert link.startswith("http://127.0.0.1:8000/") and link.count("\n") == 1
    assert classhub("open").out.startswith("The hub is at http://127.0.0.1:8000/\n")


def test_open_needs_a_hub(classhub):
    result = classhub("open")
    assert result.code == 1
    assert "classhub up" in result.err


def test_watching_json_gives_a_line_for_each_change(classhub, running, monkeypatch):
    pauses = iter([lambda: None, lambda: running.start_server("Jane.Doe"), interrupt])
    monkeypatch.setattr("classhub.cli.status.time.sleep", lambda seconds: next(pauses)())
    result = classhub("status", "--json", "--watch")
    assert result.code == 130
    assert len(result.out.splitlines()) == 2


def interrupt():
    raise KeyboardInterrupt

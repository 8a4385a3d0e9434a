"""users, token, exec, restart, scale."""

import re
import time

import pytest

from classhub.outside.hub_api import Link, Spelling


def test_a_token_is_alone_on_stdout(classhub, running):
    result = classhub("token")
    assert (result.code, result.out) == (0, "canary-token-9c1e\n")
    assert "rk@college.edu" in result.err and "canary" not in result.err
    assert running.people.minted == [{"name": "rk@college.edu", "expires_in_s": 3600, "scopes": ()}]


def test_a_token_for_somebody_with_less(classhub, running):
    classhub("token", "--for", "alice@college.edu", "--expires", "15m", "--scope", "list:users", "--scope", "read:hub")
    assert running.people.minted[0] == {
        "name": "alice@college.edu",
        "expires_in_s": 900,
        "scopes": ("list:users", "read:hub"),
    }


def test_no_token_without_a_hub(classhub):
    result = classhub("token")
    assert (result.code, result.out) == (1, "")


@pytest.mark.parametrize("length", ["", "1", "0s", "-1h", "1.5h", "1y", "1 h", "9" * 40 + "s"])
def test_a_length_of_time_needs_a_unit(classhub, length):
    result = classhub("token", "--expires", length)
    assert result.code == 2
    assert "90s" in result.err


def test_users_list_parses(classhub, running):
    running.people.asking = ["Jane.Doe"]
    people = classhub("users", "list", "--json").json
    assert [(one["name"], one["standing"]) for one in people] == [
        ("Jane.Doe", "asks"),
        ("alice@college.edu", "user"),
        ("rk@college.edu", "admin"),
    ]
    assert "Jane.Doe" in classhub("users", "list").out


@pytest.fixture
def in_utc():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_utc")
def test_users_list_tells_times_as_people_read_them(classhub, running, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1788253500.0)  # 2026-09-01T09:05 UTC
    running.people.asking = ["Jane.Doe"]
    classhub("users", "invite", "alice@collge.edu")
    shown = classhub("users", "list").out
    assert re.search(r"^Jane.Doe +asks +0 +5 min ago$", shown, re.M)
    assert re.search(r"^alice@collge.edu +invited +0 +until 2026-09-01 10:00$", shown, re.M)
    assert re.search(r"^rk@college.edu +admin +0 +-$", shown, re.M)
    assert "+00:00" not in shown
    told = {one["name"]: one for one in classhub("users", "list", "--json").json}
    assert told["Jane.Doe"]["last_activity"] == "2026-09-01T09:00:00+00:00"
    assert told["alice@collge.edu"]["invited_until"] == "2026-09-01T10:00:00+00:00"


def test_an_invitation_is_withdrawn_by_name(classhub, running):
    classhub("users", "invite", "alice@collge.edu")
    refused = classhub("users", "remove", "alice@collge.edu", stdin="")
    assert (refused.code, "its link stops working" in refused.err) == (1, True)
    result = classhub("users", "remove", "Alice@collge.edu", "--yes")
    assert result.out == "The invitation for alice@collge.edu is withdrawn.\n"
    assert running.people.invited == []


def test_an_impossible_name_is_refused_in_one_sentence(classhub, running):
    result = classhub("users", "invite", "a/b")
    assert (result.code, result.err.strip()) == (1, "'a/b' cannot be a user name here: it has a slash.")


def test_users_list_needs_a_hub(classhub):
    assert classhub("users", "list", "--json").code == 1


def test_an_invitation_is_alone_on_stdout(classhub, running):
    result = classhub("users", "invite", "bob@college.edu")
    assert result.out == "http://127.0.0.1:8000/hub/enter?key=canary-link-7f3a\n"
    assert "bob@college.edu only, once" in result.err
    assert "works in a browser on this machine only" in result.err and "local.host" in result.err


def test_an_invitation_that_others_can_open_has_no_warning(classhub, running, monkeypatch):
    link = Link("bob@college.edu", "https://hub.college.edu/hub/invitation?code=x", "2026-09-01T10:00:00+00:00")
    monkeypatch.setattr(type(running.people), "invite", lambda *_: link)
    assert "this machine" not in classhub("users", "invite", "bob@college.edu").err


def test_of_several_invitations_each_line_of_stdout_says_whose_it_is(classhub, running):
    lines = classhub("users", "invite", "bob@college.edu", "eve").out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["bob@college.edu", "eve"]
    assert all(line.split(" ")[1].startswith("http://127.0.0.1:8000/hub/enter?key=") for line in lines)


def test_invitations_json_pairs_name_and_link(classhub, running):
    assert [one["name"] for one in classhub("users", "invite", "--json", "bob", "eve").json] == ["bob", "eve"]


def test_approve_and_decline(classhub, running):
    running.people.asking = ["Jane.Doe", "eve"]
    assert classhub("users", "approve", "Jane.Doe").out == "Jane.Doe may enter.\n"
    assert classhub("users", "decline", "eve").out == "eve was refused.\n"
    assert classhub("users", "approve", "eve").code == 1
    again = classhub("users", "approve", "Alice@college.edu")
    assert (again.code, again.out) == (0, "alice@college.edu is in already.\n")


def test_add_says_whether_it_is_new(classhub, running):
    result = classhub("users", "add", "bob", "alice@college.edu")
    assert result.out == "bob is a user now.\nalice@college.edu is a user already.\n"


def test_remove_of_a_name_that_means_another_is_not_done_unasked(classhub, running, monkeypatch):
    monkeypatch.setattr(type(running.people), "spelling", lambda *_: Spelling("alice@college.edu", ""))
    refused = classhub("users", "remove", "bob", "--yes")
    assert (refused.code, "'bob' is 'alice@college.edu'" in refused.err) == (1, True)
    assert "alice@college.edu" in running.people.known
    assert classhub("users", "remove", "bob", stdin="alice@college.edu\n").code == 0


def test_remove_asks_by_name_and_says_that_the_home_stays(classhub, running):
    refused = classhub("users", "remove", "alice@college.edu", stdin="")
    assert refused.code == 1
    assert "The home stays" in refused.err
    assert running.servers
    result = classhub("users", "remove", "alice@college.edu", stdin="alice@college.edu\n")
    assert result.out.startswith("alice@college.edu is no user any more; 1 server stopped. The home stays")
    assert classhub("users", "remove", "nobody", "--yes").code == 1


def test_the_name_is_typed_as_in_the_command_or_as_the_hub_writes_it(classhub, running):
    for typed in ("Jane.Doe", "jane.doe"):
        running.people.known.append("jane.doe")
        result = classhub("users", "remove", "Jane.Doe", stdin=f"{typed}\n")
        assert (result.code, result.out.startswith("jane.doe is no user any more")) == (0, True), result.err
    running.people.known.append("jane.doe")
    refused = classhub("users", "remove", "Jane.Doe", stdin="jane\n")
    assert (refused.code, "The name jane.doe was not typed" in refused.err) == (1, True)


def test_who_is_listed_in_config_yaml_comes_back_and_that_is_said(classhub, running):
    result = classhub("users", "remove", "rk@college.edu", "--yes")
    assert "hub.config.Authenticator.admin_users in config/ lists rk@college.edu: the name comes back" in result.err
    assert "comes back" not in classhub("users", "remove", "alice@college.edu", "--yes").err


@pytest.mark.parametrize("code", [0, 1, 7, 130])
def test_exec_passes_the_exit_code_on(classhub, running, code):
    assert classhub("exec", "alice@college.edu", "--", "/bin/sh", "-c", f"exit {code}").code == code


def test_exec_keeps_streams_apart_and_arguments_whole(classhub, running):
    script = 'echo "$1"; echo oops >&2'
    result = classhub("exec", "alice@college.edu", "--", "/bin/sh", "-c", script, "sh", "--json -n $(id)")
    assert (result.out, result.err) == ("--json -n $(id)\n", "oops\n")


def test_exec_works_without_the_dashes_too(classhub, running):
    assert classhub("exec", "alice@college.edu", "echo", "-n", "hi").out == "hi"


@pytest.mark.parametrize("argv", [["exec", "alice@college.edu"], ["exec", "alice@college.edu", "--"], ["exec"]])
def test_exec_without_a_program_is_wrong_usage(classhub, running, argv):
    assert classhub(*argv).code == 2


def test_exec_without_a_server_is_said(classhub, running):
    result = classhub("exec", "bob", "--", "true")
    assert result.code == 1
    assert "Next: " in result.err


def test_a_shell_needs_a_terminal(classhub, running):
    result = classhub("shell", "alice@college.edu")
    assert result.code == 2
    assert "classhub exec" in result.err


def test_restart_says_what_it_did(classhub, running):
    assert classhub("restart", "hub").out == "The hub was restarted.\n"
    assert running.parts["hub"].restarts == 1


def test_restart_of_an_unknown_part_names_the_parts(classhub, running):
    result = classhub("restart", "hubb")
    assert result.code == 1
    assert "proxy, hub, culler" in result.err


def test_scale_says_the_limit(classhub, running):
    assert classhub("scale", "servers", "30").out == "The limit of servers is 30.\n"
    assert classhub("scale", "servers", "0").out == "There is no limit of servers now.\n"
    assert classhub("scale", "servers", "--", "-1").code == 2
    assert classhub("scale", "gpu", "1").code == 1

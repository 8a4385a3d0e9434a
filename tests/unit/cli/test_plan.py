"""plan, as an admin and a script read it; and what up and status say of a folder that changed."""

import time
from dataclasses import replace

import pytest

from classhub.errors import OutsideFailed
from classhub.operations import status as looking

ADMINS = "hub: {config: {Authenticator: {admin_users: [%s]}}}\n"
CANARY = "canary-2d81c0"


@pytest.fixture
def write(folder):
    def into(name, text, mode=0o644):
        path = folder / name
        path.write_text(text)
        path.chmod(mode)

    return into


def test_where_nothing_ran_it_says_what_up_would_do(classhub):
    result = classhub("plan")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Nothing runs here. `classhub up` would start the hub.\n")
    assert "people enter by invitation on this machine" in result.out
    facts = classhub("plan", "--json").json
    assert [step["do"] for step in facts["steps"]][:3] == ["write settings", "start supervisor", "start proxy"]
    assert (facts["empty"], facts["changes"]) == (False, [])


def test_a_file_that_is_not_there_is_no_empty_file(classhub, running):
    result = classhub("plan", "-f", "other.yaml")
    assert (result.code, result.out) == (2, "")
    assert "other.yaml" in result.err


def test_nothing_would_change(classhub, running):
    assert classhub("plan").out == "Nothing would change. The hub at http://127.0.0.1:8000/ runs with revision 1.\n"
    assert classhub("plan", "--json").json == {"empty": True, "steps": [], "consequences": [], "changes": []}


def test_consequences_come_first_then_the_settings(classhub, running, write):
    write("config.yaml", ADMINS % "Jane.Doe, rk@college.edu" + "cull: {timeout: 1800}\n")
    result = classhub("plan")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "The hub at http://127.0.0.1:8000/ runs with revision 1. `classhub up` would do this:\n"
        "- The hub restarts, about 5 s.\n"
        "- 1 running server keeps its old settings until it is restarted: alice@college.edu.\n"
        "- Servers are stopped after 1800 s without use, in place of 3600 s.\n"
        "- jane.doe becomes admin.\n"
        "Changed settings:\n"
        '  hub.config.Authenticator.admin_users: ["rk@college.edu"] -> ["Jane.Doe", "rk@college.edu"]\n'
        "  cull.timeout: 3600 -> 1800\n"
    )


def test_a_script_gets_the_same(classhub, running, write):
    write("config.yaml", ADMINS % "Jane.Doe, rk@college.edu")
    facts = classhub("plan", "--json").json
    assert list(facts) == ["empty", "steps", "consequences", "changes"]
    assert [step["do"] for step in facts["steps"]] == ["write settings", "restart hub"]
    assert {"kind": "access", "sentence": "jane.doe becomes admin.", "names": ["jane.doe"]} in facts["consequences"]
    assert facts["changes"] == [
        {
            "path": "hub.config.Authenticator.admin_users",
            "old": ["rk@college.edu"],
            "new": ["Jane.Doe", "rk@college.edu"],
        }
    ]


def test_it_changes_nothing(classhub, running, write, monkeypatch):
    write("config.yaml", ADMINS % "Jane.Doe")
    before = running.inspect()
    for name in ("apply", "settings_made", "stop", "restart"):
        monkeypatch.setattr(running, name, lambda *given: pytest.fail("changed"), raising=False)
    classhub("plan")
    assert running.inspect() == before


def test_files_take_the_place_of_config(classhub, running, folder):
    (folder.parent / "next.yaml").write_text("debug: {enabled: true}\n")
    result = classhub("plan", "-f", "config/config.yaml", "-f", "next.yaml")
    assert result.out.endswith("Changed settings:\n  debug.enabled: false -> true\n")
    assert "is taken off admin_users" in classhub("plan", "-f", "next.yaml").out


def test_all_mistakes_are_told_at_once(classhub, running, write):
    write("config.yaml", "hubb: {}\ncull: {every: soon}\n")
    result = classhub("plan")
    assert (result.code, result.out) == (1, "")
    assert "config.yaml:1:1" in result.err and "config.yaml:2:8" in result.err
    assert result.err.endswith("2 mistakes in the deployment folder.\nNext: classhub check\n")


def test_a_mistake_comes_with_the_corrected_line_as_check_tells_it(classhub, running, write):
    write("config.yaml", "cull:\n  enabled: true\n  timout: 60\n")
    result = classhub("plan", "-f", "config/config.yaml")
    assert "config/config.yaml:3:3" in result.err and "\n    Fix: timeout: 60\n" in result.err
    assert result.err.endswith("\nNext: classhub check -f config/config.yaml\n")


@pytest.mark.parametrize(
    "text", ["hubb: {a: %s}", "cull: {every: %s}", "hub: [%s]", "hub: {cookieSecret: [%s]}", "a: '%s"]
)
def test_a_mistake_beside_a_secret_tells_none(classhub, running, write, text):
    write("secrets.yaml", text % CANARY, 0o600)
    result = classhub("plan")
    assert result.code == 1
    assert CANARY not in result.out + result.err


def test_a_file_named_as_secret_is_masked(classhub, running, folder):
    (folder.parent / "my-secrets.yaml").write_text(f"singleuser: {{defaultUrl: /{CANARY}}}\n")
    result = classhub("plan", "-f", "config/config.yaml", "-f", "my-secrets.yaml")
    assert "  singleuser.defaultUrl: (not set) -> ********\n" in result.out
    assert CANARY not in result.out + classhub("plan", "--json", "-f", "my-secrets.yaml").out


def test_a_stopped_hub_is_compared_with_its_last_run(classhub, running, write):
    classhub("down")
    assert classhub("plan").out.startswith("Nothing runs here. `classhub up` would start the hub.\n- The proxy starts")
    write("config.yaml", ADMINS % "Jane.Doe")
    out = classhub("plan").out
    assert out.startswith(
        "Nothing runs here. `classhub up` would start the hub; 1 setting changed since it ran last.\n"
    )
    assert "jane.doe becomes admin." in out


def test_after_an_up_that_was_cut_short_it_says_so(classhub, running, write):
    write("config.yaml", ADMINS % "Jane.Doe, rk@college.edu")
    prepared = running.settings(_load(classhub, running))
    running._write(prepared, "cut short")
    out = classhub("plan").out
    assert "- The settings were written by an `up` that was cut short; the hub was not started with them yet.\n" in out
    assert "- jane.doe becomes admin.\n" in out and "- The hub restarts, about 5 s.\n" in out


def _load(classhub, target):
    from classhub.config.load import load

    return load(target.folder, {})


def test_up_says_who_gains_what_before_it_begins(classhub, running, write):
    write("config.yaml", ADMINS % "Jane.Doe, rk@college.edu" + "cull: {users: true}\n")
    err = classhub("up", "-d").err
    assert "jane.doe becomes admin.\nUsers who are idle for long are deleted" in err
    assert err.index("jane.doe becomes admin.") < err.index("The hub restarts, about 5 s;")
    assert "Changed settings" not in err and classhub("up", "-d").err == ""


def test_status_says_that_the_folder_changed(classhub, running, write):
    assert "classhub plan" not in classhub("status").out
    write("config.yaml", ADMINS % "Jane.Doe")
    sentence = "config/ was changed since; `classhub plan` shows what `classhub up` would do."
    assert classhub("status").out.endswith(f"{sentence}\n")
    assert classhub("status", "--json").json["notes"] == [sentence]
    classhub("up", "-d")
    assert classhub("status", "--json").json["notes"] == []


def test_a_comment_is_no_change(classhub, running, folder):
    with (folder / "config.yaml").open("a") as file:
        file.write("# more\n")
    assert classhub("status", "--json").json["notes"] == []


@pytest.mark.parametrize(
    ("text", "count"), [("hubb: {}\ncull: {every: soon}\n", "2 mistakes"), ("hub: [\n", "1 mistake")]
)
def test_status_says_that_the_folder_has_mistakes_and_the_hub_goes_on(classhub, running, write, text, count):
    write("config.yaml", text)
    result = classhub("status")
    assert result.code == 0
    assert result.out.startswith("running  http://127.0.0.1:8000/")
    assert result.out.endswith(f"config/ has {count}; the hub goes on with revision 1: `classhub check`.\n")


def test_status_sees_a_change_in_a_folder_below(classhub, running, folder, write, monkeypatch):
    monkeypatch.setattr(looking, "CLOCK_S", 0)
    touched = looking._touched(folder)
    time.sleep(0.05)
    folder.joinpath("exam").mkdir()
    write("exam/week.yaml", "{}\n")
    before = looking._touched(folder)
    time.sleep(0.05)
    write("exam/week.yaml", "cull: {timeout: 60}\n")
    assert touched < before < looking._touched(folder)


def test_status_does_not_fail_for_a_file_that_is_gone_or_unreadable(classhub, running, folder, monkeypatch):
    (folder / "config.yaml").rename(folder / "elsewhere.yaml")
    result = classhub("-C", str(folder), "status")
    assert result.code == 0
    assert "holds no config.yaml. Meanwhile the hub goes on with revision 1." in result.out
    (folder / "elsewhere.yaml").rename(folder / "config.yaml")

    def breaks(*given):
        raise RecursionError

    monkeypatch.setattr("classhub.config.load.load", breaks)
    result = classhub("status")
    assert result.code == 0
    assert "config/ cannot be read (RecursionError); the hub goes on with revision 1: `classhub check`." in result.out


def test_status_reads_a_folder_once_for_each_change(classhub, running, write, monkeypatch):
    from classhub.config import load

    monkeypatch.setattr(looking, "CLOCK_S", 0)
    reads = []
    real = load.load
    monkeypatch.setattr(load, "load", lambda *given: reads.append(given) or real(*given))
    classhub("status")
    assert reads == [], "nothing was touched since the settings were written"
    time.sleep(0.05)  # longer than a tick of the clock of files
    write("config.yaml", ADMINS % "Jane.Doe")
    for _ in range(3):
        classhub("status")
    assert len(reads) == 1


def test_status_of_a_stopped_hub_says_nothing_of_the_folder(classhub, running, write):
    classhub("down")
    write("config.yaml", "hubb: {}\n")
    assert classhub("status", "--json").json["notes"] == []


def test_status_that_cannot_ask_for_a_dry_run_still_answers(classhub, running, write, monkeypatch):
    write("config.yaml", ADMINS % "Jane.Doe")
    real = running.inspect

    def inspect(wanted=None):
        if wanted is not None:
            raise OutsideFailed("The machine file is damaged.")
        return real()

    monkeypatch.setattr(running, "inspect", inspect)
    notes = classhub("status", "--json").json["notes"]
    assert notes == ["The machine file is damaged. Meanwhile the hub goes on with revision 1."]
    assert looking.status(running) == replace(real(), notes=())


def test_what_up_would_be_refused_for_comes_first_and_is_exit_code_1(classhub, target, running, write):
    target.refused = [OutsideFailed("Port 8123 is taken by nginx.", "another program listens there", "stop it")]
    write("config.yaml", ADMINS % "Jane.Doe, rk@college.edu")
    result = classhub("plan")
    assert result.code == 1
    assert result.out.splitlines()[:2] == [
        "The hub at http://127.0.0.1:8000/ runs with revision 1. `classhub up` is refused now; once that is mended it "
        "would do this:",
        "- `classhub up` would be refused: Port 8123 is taken by nginx. Probable cause: another program listens there. "
        "Next: stop it",
    ]
    assert classhub("plan", "--json").json["consequences"][0]["kind"] == "refused"


def test_where_nothing_ran_a_refusal_is_foreseen_too(classhub, target):
    target.refused = [OutsideFailed("Port 8123 is taken by nginx.")]
    result = classhub("plan")
    assert result.code == 1 and "`classhub up` would be refused: Port 8123 is taken by nginx." in result.out

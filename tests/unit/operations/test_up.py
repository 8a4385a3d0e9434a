"""up: load, plan, apply, wait; what fails is undone."""

from dataclasses import replace

import pytest

from classhub.errors import ClasshubError, Mistakes, OutsideFailed
from classhub.operations.up import carry_out, prepare, wait_until_up
from classhub.operations.welcome import welcome
from classhub.plan.running import State


def up(target, folder, told=None):
    prepared = prepare(target, folder, {})
    carry_out(target, prepared, (told if told is not None else []).append, timeout_s=1)
    return prepared


@pytest.fixture
def running(target, folder):
    """A hub that was brought up, with a student's server."""
    up(target, folder)
    target.start_server("alice@college.edu")
    return target.inspect()


def change(folder):
    text = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(text.replace("rk@college.edu", "rk@college.edu, other@college.edu"))


def fails(target, step):
    target.breaks[step] = OutsideFailed("Port 8000 is taken.", "nginx (pid 812) listens there.", "Stop it.")


def test_a_first_up_starts_everything_and_is_followed(target, folder):
    assert up(target, folder).starts
    assert target.inspect().state is State.RUNNING


def test_a_second_up_has_nothing_to_do(target, folder, running):
    again = prepare(target, folder, {})
    assert again.plan.empty and not again.starts


def test_a_change_is_applied_and_not_followed(target, folder, running):
    change(folder)
    prepared = up(target, folder)
    assert [step.do for step in prepared.plan.steps] == ["write settings", "restart hub"]
    assert not prepared.starts


def test_a_dead_supervisor_is_replaced_and_followed(target, folder, running):
    target.supervised = False
    assert up(target, folder).starts
    assert target.inspect().servers == running.servers


def test_mistakes_leave_a_running_hub_alone_and_say_so(target, folder, running):
    (folder / "config.yaml").write_text("hubb: {}\n")
    with pytest.raises(Mistakes) as refused:
        prepare(target, folder, {})
    assert "http://127.0.0.1:8000/ goes on as it is." in str(refused.value)
    assert target.inspect() == running


def test_mistakes_without_a_hub_do_not_speak_of_one(target, folder):
    (folder / "config.yaml").write_text("hubb: {}\n")
    with pytest.raises(Mistakes) as refused:
        prepare(target, folder, {})
    assert "goes on" not in str(refused.value)


def test_a_failed_first_start_leaves_nothing_half_started(target, folder):
    fails(target, "start hub")
    with pytest.raises(OutsideFailed, match=r"What had started was stopped again\."):
        up(target, folder)
    assert target.inspect().state is State.STOPPED


def test_an_interrupted_first_start_leaves_nothing_half_started(target, folder):
    target.breaks["start culler"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        up(target, folder)
    assert target.inspect().state is State.STOPPED


def test_a_failed_change_goes_back_and_servers_go_on(target, folder, running):
    change(folder)
    target.breaks_once = True
    fails(target, "restart hub")
    with pytest.raises(OutsideFailed, match=r"went back to revision 1 and runs"):
        up(target, folder)
    now = target.inspect()
    assert (now.state, now.settings_digest, now.servers) == (State.RUNNING, running.settings_digest, running.servers)


def test_the_history_says_what_failed_and_was_taken_back(target, folder, running):
    change(folder)
    target.breaks_once = True
    fails(target, "restart hub")
    with pytest.raises(OutsideFailed):
        up(target, folder)
    assert [(one.what, one.outcome) for one in target.history()] == [
        ("classhub up", ""),
        ("admin_users", "failed"),
        ("back to revision 1", ""),
    ]


@pytest.mark.parametrize(
    ("error", "outcome"), [(KeyboardInterrupt(), "interrupted"), (OutsideFailed("Port 8000 is taken."), "failed")]
)
def test_the_history_says_that_a_first_start_was_undone(target, folder, error, outcome):
    target.breaks["start hub"] = error
    with pytest.raises(type(error)):
        up(target, folder)
    assert [one.outcome for one in target.history()] == [outcome]


def test_settings_that_once_held_are_not_marked_when_a_later_start_fails(target, folder, running):
    target.stop(keep_servers=False)
    fails(target, "start proxy")
    with pytest.raises(OutsideFailed):
        up(target, folder)
    assert [one.outcome for one in target.history()] == [""]


def test_a_start_that_began_nothing_stops_nobody_elses_hub(target, folder):
    """As where locks do not hold: another `up` brings the hub up in the meantime."""
    prepared = prepare(target, folder, {})
    up(target, folder)
    fails(target, "write settings")
    with pytest.raises(OutsideFailed, match=r"Nothing was started\."):
        carry_out(target, prepared, lambda sentence: None, timeout_s=1)
    assert target.inspect().state is State.RUNNING


def test_a_failed_way_back_is_said_too(target, folder, running):
    change(folder)
    fails(target, "restart hub")
    fails(target, "mark failed")
    with pytest.raises(OutsideFailed, match=r"Undoing it failed too: Port 8000 is taken\."):
        up(target, folder)


def test_a_change_that_failed_before_anything_was_written_touches_nothing(target, folder, running):
    change(folder)
    fails(target, "write settings")
    with pytest.raises(OutsideFailed, match=r"goes on as it was\."):
        up(target, folder)
    assert target.inspect() == running


def test_a_hub_that_keeps_failing_says_why(target, folder, running):
    target.parts["hub"] = replace(target.parts["hub"], state=State.FAILING, reason="No module named 'x'")
    with pytest.raises(OutsideFailed, match="No module named 'x'"):
        wait_until_up(target, timeout_s=5)


def test_waiting_ends(target, folder, running):
    target.parts["hub"] = replace(target.parts["hub"], state=State.STARTING)
    with pytest.raises(OutsideFailed, match=r"did not answer within 0\.05 s"):
        wait_until_up(target, timeout_s=0.05, poll_s=0.01)


def test_the_welcome_has_all_that_an_admin_needs(target, folder):
    prepared = up(target, folder)
    told = welcome(target, prepared.config, target.inspect())
    assert (told.address, told.admin, told.trouble) == ("http://127.0.0.1:8000/", "rk@college.edu", "")
    assert told.link and told.sign_in and told.parity.endswith("only on the cluster: `classhub parity` lists them")


def test_a_hub_without_a_link_is_still_welcome(target, folder, monkeypatch):
    def refuse(name):
        raise ClasshubError("The hub does not allow this.")

    prepared = up(target, folder)
    monkeypatch.setattr(target.people, "enter_link", refuse)
    told = welcome(target, prepared.config, target.inspect())
    assert (told.link, told.trouble) == ("", "The hub does not allow this.")


def test_a_change_is_looked_at_once(target, folder, running, monkeypatch):
    change(folder)
    asked = []
    inspect = target.inspect
    monkeypatch.setattr(target, "inspect", lambda wanted=None: asked.append(wanted) or inspect(wanted))
    assert prepare(target, folder, {}).first == ("other@college.edu becomes admin.",)
    assert len(asked) == 1


def test_the_history_names_what_changed_and_no_value(target, folder, running):
    text = (folder / "config.yaml").read_text()
    login = "    GoogleOAuthenticator: {client_secret: canary-91}\n"
    (folder / "config.yaml").write_text(
        text + login + "cull: {timeout: 60, every: 60}\nsingleuser: {memory: {limit: 2G}}\n"
    )
    up(target, folder)
    what = target.history()[-1].what
    assert what == "client_secret, cull.timeout, cull.every, singleuser.memory.limit"


def test_python_that_only_the_clusters_hub_reads_stops_it_before_anything_changes(target, folder, monkeypatch):
    # as if this machine's Python were older than any
    monkeypatch.setattr("classhub.config.newer_python.is_read_by", lambda *_: True)
    code = "  extraConfig:\n    late: |\n      type = \n"
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text() + code)
    with pytest.raises(Mistakes) as told:
        prepare(target, folder, {})
    (found,) = told.value.findings
    assert (found.code, found.severity) == ("CH1603", "error") and "too new for this machine" in found.message
    assert target.inspect() is None

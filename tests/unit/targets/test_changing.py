"""A restart tells how it ended."""

import json

import pytest

from classhub.errors import NotRunning, OutsideFailed
from classhub.hub.files import write_private
from classhub.targets.local import changing


@pytest.fixture
def paths(paths):
    write_private(paths.hub_json, json.dumps({"proxy": {}, "hub": {}, "culler": None, "login": {}}))
    (paths.logs / "hub.log").write_text("hub.extraConfig: line 3: NameError: c is not defined\n")
    return paths


@pytest.fixture
def ends(monkeypatch):
    """Says in which states the parts are after the wait."""

    def set_states(**states):
        parts = [{"name": name, "state": state} for name, state in states.items()]
        monkeypatch.setattr(changing.control, "ask", lambda paths, request, timeout_s=30: {"parts": parts})

    return set_states


def restart(paths, part="hub"):
    changing.restart(paths, part, lambda sentence: None)


def test_a_part_that_keeps_failing_is_a_failure_with_its_reason(paths, ends):
    ends(proxy="running", hub="failing")
    with pytest.raises(OutsideFailed, match="keeps failing") as failed:
        restart(paths)
    assert "NameError: c is not defined" in failed.value.cause


def test_a_part_that_does_not_come_up_in_time_is_a_failure(paths, ends):
    ends(proxy="running", hub="starting")
    with pytest.raises(OutsideFailed, match="does not answer"):
        restart(paths)


def test_the_failure_of_another_part_is_not_its_own(paths, ends):
    ends(proxy="failing", hub="running")
    restart(paths)


def test_a_culler_that_the_settings_do_without_is_not_said_to_be_restarted(paths, ends):
    ends(proxy="running", hub="running", culler="stopped")
    with pytest.raises(NotRunning) as refused:
        restart(paths, "culler")
    assert "cull.enabled: true" in refused.value.fix

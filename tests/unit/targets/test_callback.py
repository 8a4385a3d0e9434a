"""Where people come back to after the provider's login, and where this hub is."""

import pytest

from classhub.config.load import load
from classhub.targets.local import callback, checks, inspection
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths
from classhub.targets.local.settings import settings

HERE = "http://127.0.0.1:8000/"
ELSEWHERE = "https://hub.college.edu/hub/oauth_callback"


@pytest.fixture
def paths(tmp_path):
    state = tmp_path / ".classhub"
    return Paths(state, state / "run", state / "homes")


def a_hub(paths, back, local="{}", client_id="an-id"):
    """Its config and the settings that run."""
    folder = paths.state.parent / "config"
    folder.mkdir(exist_ok=True)
    (folder / "classhub.yaml").write_text(f"local: {local}\n")
    (folder / "config.yaml").write_text(
        "hub:\n  config:\n    JupyterHub: {authenticator_class: google}\n"
        f"    OAuthenticator: {{oauth_callback_url: '{back}', client_id: '{client_id}', client_secret: a-secret}}\n"
    )
    config = load(folder, {})
    machine = Machine(20002, 20001, "token-classhub", "token-culler", "00" * 32)
    return config, settings(config, machine, paths, is_root=True, cores=2)


def test_a_callback_that_leads_to_another_machine_is_said_by_up_status_and_doctor(paths):
    config, applied = a_hub(paths, ELSEWHERE)
    (note,) = inspection._notes(applied, paths)
    assert note.startswith(f"Nobody can sign in: people who sign in come back to {ELSEWHERE} (")
    assert f"hub.config.OAuthenticator.oauth_callback_url), and this hub is at {HERE}. Next: " in note
    (check,) = checks._callback(config)
    assert not check.ok and not check.warning
    for way_out in ("local.host", f"oauth_callback_url: {HERE}hub/oauth_callback", "move config/secrets.yaml away"):
        assert way_out in check.fix and way_out in note


@pytest.mark.parametrize(
    ("back", "local"),
    [
        (f"{HERE}hub/oauth_callback", "{}"),
        (ELSEWHERE, "{address: 0.0.0.0, host: hub.college.edu, port: 443, https: internal}"),
        ("https://HUB.college.edu:443/hub/oauth_callback", "{host: hub.college.edu, port: 443, https: internal}"),
    ],
)
def test_a_callback_that_leads_here_is_fine(paths, back, local):
    config, applied = a_hub(paths, back, local)
    assert inspection._notes(applied, paths) == ()
    assert [check.ok for check in checks._callback(config)] == [True]


@pytest.mark.parametrize(
    "back", ["http://localhost:8000", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://127.0.0.1:x"]
)
def test_another_host_port_or_scheme_is_another_address(paths, back):
    """Also localhost for 127.0.0.1: the browser keeps the cookie of the login for the one that it was given by."""
    assert callback.note(a_hub(paths, f"{back}/hub/oauth_callback")[1])


def test_where_people_enter_by_invitation_the_callback_does_not_matter(paths):
    config, applied = a_hub(paths, ELSEWHERE, client_id="")
    assert config.login.stand_in
    assert callback.note(applied) == "" and checks._callback(config) == []


def test_a_hub_that_names_no_callback_takes_the_address_that_people_came_by(paths):
    config, applied = a_hub(paths, "")
    assert callback.note(applied) == "" and checks._callback(config) == []

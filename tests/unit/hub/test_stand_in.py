"""What the stand-in takes over from the login that config.yaml configures: hub.json -> traits of the authenticator."""

import pytest
from jupyterhub.orm import new_session_factory
from traitlets.config import Config

from classhub.config.load import load
from classhub.hub import local_traits
from classhub.hub.extra_config import run_extra_config
from classhub.hub.login import StandInAuthenticator
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths
from classhub.targets.local.settings import settings

MACHINE = Machine(20002, 20001, "token-classhub", "token-culler", "00" * 32)


@pytest.fixture
def stand_in(tmp_path):
    """A function: sections of hub.config (and an extraConfig) -> the authenticator as the hub makes it."""
    db = new_session_factory("sqlite:///:memory:")()
    folder = tmp_path / "config"
    folder.mkdir()

    def make(sections, extra="{}"):
        text = f"hub: {{config: {{JupyterHub: {{authenticator_class: google}}, {sections}}}, extraConfig: {extra}}}"
        (folder / "config.yaml").write_text(text)
        paths = Paths(tmp_path, tmp_path / "run", tmp_path / "homes")
        made = settings(load(folder, {}), MACHINE, paths, is_root=True, cores=2)
        c = Config()
        local_traits.apply_values(c, made["hub"]["traits"])
        run_extra_config(c, made["hub"])
        local_traits.apply_machine(c, made, tmp_path)
        return StandInAuthenticator(config=c, db=db)

    return make


def test_the_configured_authenticators_own_section_holds(stand_in):
    own = stand_in(
        "GoogleOAuthenticator: {blocked_users: [mallory], username_map: {bob: robert}, username_pattern: '[a-z]+',"
        " delete_invalid_users: true}"
    )
    assert own.blocked_users == {"mallory"}
    assert own.normalize_username("Bob") == "robert"
    assert own.validate_username("alice") and not own.validate_username("4lice")
    assert own.delete_invalid_users


def test_the_more_specific_section_wins_as_a_whole(stand_in):
    own = stand_in(
        "Authenticator: {blocked_users: [eve], admin_users: [ada]},"
        " OAuthenticator: {blocked_users: [trudy]}, GoogleOAuthenticator: {blocked_users: [mallory]}"
    )
    assert own.blocked_users == {"mallory"}
    assert own.admin_users == {"ada"}


def test_the_parents_sections_hold_without_an_own_one(stand_in):
    own = stand_in("Authenticator: {blocked_users: [eve], username_map: {bob: robert}}")
    assert own.blocked_users == {"eve"}
    assert own.normalize_username("bob") == "robert"


def test_another_authenticators_section_does_not_count(stand_in):
    assert stand_in("GitHubOAuthenticator: {blocked_users: [mallory]}").blocked_users == set()


def test_extra_config_may_block_too(stand_in):
    own = stand_in("Authenticator: {}", "{mine: 'c.GoogleOAuthenticator.blocked_users.add(\"mallory\")'}")
    assert own.blocked_users == {"mallory"}


def test_the_admin_that_nobody_named_passes_a_pattern_for_students(stand_in):
    own = stand_in("Authenticator: {username_pattern: '.+@college[.]edu'}")
    assert own.admin_users == {"admin"}
    assert own.validate_username("admin")
    assert not own.validate_username("administrator") and not own.validate_username("")


def test_a_named_admin_is_bound_by_the_pattern_as_on_the_cluster(stand_in):
    own = stand_in("Authenticator: {username_pattern: '.+@college[.]edu', admin_users: [ada@college.edu]}")
    assert own.admin_users == {"ada@college.edu"}
    assert not own.validate_username("admin")


def test_no_user_has_the_name_of_a_part_unless_a_list_says_so(stand_in):
    own = stand_in("Authenticator: {allowed_users: [proxy]}")
    assert not any(map(own.validate_username, ("hub", "culler", "supervisor")))
    assert own.validate_username("hub@college.edu")
    assert own.validate_username("proxy"), "JupyterHub does not start with a list that holds an invalid name"

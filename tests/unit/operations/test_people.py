"""users and tokens."""

import pytest

from classhub.errors import NotFound, NotRunning, Refused
from classhub.operations import tokens, users
from classhub.operations.up import carry_out, prepare

NO_ADMIN = """\
hub:
  config:
    JupyterHub: {authenticator_class: google}
    GoogleOAuthenticator: {client_id: x-1, client_secret: y-2, hosted_domain: [college.edu]}
"""


@pytest.fixture
def running(target, folder):
    """A hub that runs, with one admin, one student whose server runs, and one who asks."""
    carry_out(target, prepare(target, folder, {}), str, timeout_s=1)
    target.people.known = ["alice@college.edu", "rk@college.edu"]
    target.people.admins = {"rk@college.edu"}
    target.people.asking = ["Jane.Doe"]
    target.start_server("alice@college.edu")
    return target


def test_those_who_ask_come_first(running):
    assert [(one.name, one.standing, one.servers) for one in users.listing(running)] == [
        ("Jane.Doe", "asks", 0),
        ("alice@college.edu", "user", 1),
        ("rk@college.edu", "admin", 0),
    ]


def test_approval_makes_a_user(running):
    assert users.approve(running, "Jane.Doe") == ("Jane.Doe", True)
    assert [one.standing for one in users.listing(running) if one.name == "Jane.Doe"] == ["user"]


def test_a_declined_request_is_gone(running):
    users.decline(running, "Jane.Doe")
    assert "Jane.Doe" not in [one.name for one in users.listing(running)]


def test_nobody_is_approved_who_did_not_ask(running):
    with pytest.raises(NotFound):
        users.approve(running, "eve")


def test_adding_twice_is_fine(running):
    assert users.add(running, "bob") == ("bob", True)
    assert users.add(running, "bob") == ("bob", False)


def test_removing_a_user_stops_their_server_and_keeps_the_home(running):
    assert users.remove(running, users.find(running, "Alice@College.edu")) == 1
    assert running.inspect().servers == ()
    assert [home.owner for home in running.homes().list()] == ["alice@college.edu"]


def test_nobody_else_is_removed_unasked_because_the_login_renames(running):
    alice = users.find(running, "alice@college.edu")
    users.refuse_unseen("Alice@College.EDU", alice)
    with pytest.raises(Refused, match=r"'bob' is 'alice@college\.edu' on this hub") as refused:
        users.refuse_unseen("bob", alice)
    assert refused.value.fix.endswith("classhub users remove alice@college.edu --yes")


def test_a_mistyped_invitation_is_listed_and_withdrawn(running):
    users.invite(running, ["alice@collge.edu"])
    (invited,) = [one for one in users.listing(running) if one.standing == "invited"]
    assert (invited.name, invited.invited_until) == ("alice@collge.edu", "2026-09-01T10:00:00+00:00")
    assert users.remove(running, users.find(running, "Alice@collge.edu")) == 0
    assert [one.standing for one in users.listing(running)] == ["asks", "user", "admin"]


def test_a_user_with_an_open_invitation_is_removed_as_a_user(running):
    users.invite(running, ["alice@college.edu"])
    assert users.find(running, "alice@college.edu").is_user


def test_one_impossible_name_makes_no_link_at_all(running):
    with pytest.raises(Refused, match="'a/b' cannot be a user name here: it has a slash"):
        users.invite(running, ["bob", "a/b"])
    assert running.people.invited == []


def test_a_name_is_found_as_the_hub_writes_it_and_exactly_first(running):
    running.people.known += ["jane.roe", "Jane.Roe"]
    assert users.find(running, "JANE.ROE").name == "jane.roe"
    assert users.find(running, "Jane.Roe").name == "Jane.Roe"


def test_near_names_are_said_for_one_who_is_not_there(running):
    with pytest.raises(NotFound) as caught:
        users.find(running, "Alise@college.edu")
    assert caught.value.cause == "did you mean alice@college.edu or rk@college.edu?"
    with pytest.raises(NotFound) as caught:
        users.approve(running, "jane.do")
    assert "None" not in str(caught.value)


def test_a_token_for_a_typing_error_names_who_is_near(running):
    with pytest.raises(NotFound, match=r"There is no user named 'alise@college\.edu'\.") as caught:
        tokens.mint(running, "alise@college.edu", 3600, ())
    assert "did you mean alice@college.edu" in caught.value.cause and caught.value.fix == "classhub users list"
    assert running.people.minted == []
    tokens.mint(running, "Alice@College.edu", 3600, ())
    assert running.people.minted[0]["name"] == "alice@college.edu"


def test_people_need_a_hub(target):
    with pytest.raises(NotRunning):
        users.listing(target)


def test_the_first_admin_is_config_yamls(running, folder):
    assert tokens.first_admin(running, folder, {}) == "rk@college.edu"


def test_the_first_admin_is_the_hubs_while_config_yaml_has_mistakes(running, folder):
    (folder / "config.yaml").write_text("hubb: {}\n")
    assert tokens.first_admin(running, folder, {}) == "rk@college.edu"


def test_without_an_admin_a_name_must_be_given(running, folder):
    (folder / "config.yaml").write_text(NO_ADMIN)
    with pytest.raises(NotFound, match="--for NAME"):
        tokens.first_admin(running, folder, {})


def test_a_token_without_scopes_asks_for_none(running):
    tokens.mint(running, "alice@college.edu", 3600, [])
    tokens.mint(running, "alice@college.edu", 60, ["list:users"])
    minted = [(one["expires_in_s"], one["scopes"]) for one in running.people.minted]
    assert minted == [(3600, ()), (60, ("list:users",))]

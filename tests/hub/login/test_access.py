"""Strangers ask for access; the instructor answers."""

import re

import pytest

from classhub.errors import NotFound, Refused
from hub.login.running import words

CONFIG = """
c.JupyterHub.authenticator_class = StandInAuthenticator
c.StandInAuthenticator.admin_users = {"prof"}
c.StandInAuthenticator.allowed_users = {"alice@college.edu"}
c.StandInAuthenticator.blocked_users = {"mallory"}
"""
GOOD = "correct horse battery"


@pytest.fixture
def instructor(hub):
    browser = hub.browser()
    browser.submit(browser.get(hub.api.enter_link("prof").url))
    return browser


@pytest.fixture(autouse=True)
def empty_box(hub):
    hub.sql("delete from classhub_requests")


def asks(hub, name, password=GOOD):
    browser = hub.browser()
    return browser.submit(browser.get("hub/signup"), username=name, password=password, again=password)


def names_waiting(hub):
    return [request.name for request in hub.api.requests()]


def test_the_sign_in_page_offers_to_ask(hub):
    page = hub.browser().get("hub/login")
    assert 'href="/hub/signup"' in page.text


def test_jane_doe_asks_and_is_approved(hub):
    assert asks(hub, "Jane.Doe").status_code == 200
    (request,) = hub.api.requests()
    assert request.name == "jane.doe"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", request.asked)
    early = hub.browser().log_in("Jane.Doe", GOOD)
    assert (early.status_code, "waits for an instructor to approve it" in words(early)) == (403, True)
    stranger = hub.browser().log_in("Jane.Doe", "not her password")
    assert words(stranger).replace("jane.doe", "NAME") == words(hub.browser().log_in("no.such", "x")).replace(
        "no.such", "NAME"
    )
    assert hub.api.approve("Jane.Doe") == "jane.doe"
    assert names_waiting(hub) == []
    for typed in ("Jane.Doe", "jane.doe"):
        browser = hub.browser()
        assert browser.log_in(typed, GOOD).status_code == 302
        assert browser.name() == "jane.doe"
    assert not hub.api.user("jane.doe")["admin"]


def test_a_request_may_be_waited_for_often(hub):
    asks(hub, "impatient")
    browser = hub.browser()
    assert {words(browser.log_in("impatient", GOOD)) for _ in range(12)} == {words(browser.log_in("impatient", GOOD))}


def test_a_declined_request_is_gone(hub):
    asks(hub, "declined")
    hub.api.decline("Declined")
    assert names_waiting(hub) == []
    assert hub.browser().log_in("declined", GOOD).status_code == 403
    with pytest.raises(NotFound):
        hub.api.approve("declined")


def test_the_answer_is_the_same_for_every_name(hub):
    hub.has_account("member", GOOD)
    hub.api.add_user("added")
    hub.api.invite("invited")
    names = ["prof", "Alice@college.edu", "mallory", "member", "added", "invited", "a.stranger", "a.stranger"]
    said = {words(asks(hub, name)).replace(name.lower(), "NAME") for name in names}
    assert len(said) == 1
    assert "If NAME is not on the class list, the instructor will see your request" in said.pop()
    assert names_waiting(hub) == ["a.stranger"]


@pytest.mark.parametrize("name", ["prof", "PROF", "alice@college.edu", "added2", "invited2"])
def test_a_stranger_under_a_name_that_is_taken_gets_nothing(hub, name):
    if name == "added2":
        hub.api.add_user(name)
    link = hub.api.invite(name).url if name == "invited2" else ""
    asks(hub, name, "the stranger's own")
    assert names_waiting(hub) == []
    assert hub.browser().log_in(name, "the stranger's own").status_code == 403
    with pytest.raises(NotFound):
        hub.api.approve(name)
    assert not link or hub.browser().get(link).status_code == 200


def test_the_first_password_counts_and_the_instructor_sees_the_second(hub, instructor):
    asks(hub, "sam", "the first one here")
    asks(hub, "sam", "the second one here")
    assert hub.api.requests()[0].times == 2
    assert "Asked 2 times" in words(instructor.get("hub/authorize"))
    hub.api.approve("sam")
    assert hub.browser().log_in("sam", "the second one here").status_code == 403
    assert hub.browser().log_in("sam", "the first one here").status_code == 302


def test_a_name_that_was_listed_since_is_not_approved(hub):
    asks(hub, "meanwhile")
    hub.api.add_user("meanwhile")
    with pytest.raises(Refused) as caught:
        hub.api.approve("meanwhile")
    assert "send an invitation" in caught.value.cause
    assert names_waiting(hub) == []
    assert hub.browser().log_in("meanwhile", GOOD).status_code == 403


def test_an_invitation_answers_a_request(hub):
    asks(hub, "both")
    hub.has_account("both", "by invitation")
    assert names_waiting(hub) == []
    assert hub.browser().log_in("both", GOOD).status_code == 403


def test_a_removed_user_who_was_approved_is_out(hub):
    asks(hub, "leaver")
    hub.api.approve("leaver")
    assert hub.browser().log_in("leaver", GOOD).status_code == 302
    hub.api.remove_user("leaver")
    assert hub.browser().log_in("leaver", GOOD).status_code == 403
    asks(hub, "leaver")
    assert names_waiting(hub) == ["leaver"]


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", "a\tb", "a\x00b", "a\u202eb", "\u200b", "x" * 256, "ü" * 128])
def test_names_nobody_can_have_are_refused(hub, name):
    answer = asks(hub, name)
    assert answer.status_code == 400
    assert names_waiting(hub) == []


@pytest.mark.parametrize("page", ["signup", "login"])
def test_a_name_of_five_megabytes_is_refused_and_hardly_logged(hub, page):
    browser = hub.browser()
    form = browser.get(f"hub/{page}")
    before = hub.log.stat().st_size
    answer = browser.submit(form, username="x" * 5_000_000, password=GOOD, again=GOOD)
    assert 400 <= answer.status_code < 500
    assert len(answer.content) < 20_000
    assert hub.log.stat().st_size - before < 1000


def test_a_weak_password_is_explained(hub):
    answer = asks(hub, "weak", "short")
    assert answer.status_code == 400
    assert "too short" in words(answer)
    assert 'value="weak"' in answer.text


def test_at_most_200_wait_and_old_ones_make_room(hub):
    rows = ", ".join(f"('junk{number}', x'00', strftime('%s') + {number}, 1)" for number in range(200))
    hub.sql(f"insert into classhub_requests (name, password, asked, times) values {rows}")
    for name in ("one.more", "prof"):
        full = asks(hub, name)
        assert full.status_code == 503
        assert "tell your instructor" in words(full)
    assert len(hub.api.requests()) == 200
    hub.sql("update classhub_requests set asked = asked - 31 * 86400 where name = 'junk7'")
    assert asks(hub, "one.more").status_code == 200
    assert len(hub.api.requests()) == 200


def test_the_instructor_approves_and_declines_on_the_page(hub, instructor):
    asks(hub, "page.yes")
    asks(hub, "page.no")
    assert "Requests (2)" in words(instructor.get("hub/home"))
    page = instructor.get("hub/authorize")
    assert "page.yes" in page.text
    assert 'aria-label="Approve page.yes"' in page.text
    done = instructor.submit(page, 0, action="approve")
    assert "page.yes may sign in now" in words(done)
    done = instructor.submit(done, 0, action="decline")
    assert "page.no is declined" in words(done)
    assert "Nobody is waiting" in words(done)
    assert hub.browser().log_in("page.yes", GOOD).status_code == 302
    assert hub.browser().log_in("page.no", GOOD).status_code == 403
    again = instructor.submit(page, 0, action="approve")
    assert (again.status_code, "No request for access by page.yes is open" in words(again)) == (404, True)


def test_the_instructor_invites_on_the_page(hub, instructor):
    done = instructor.submit(instructor.get("hub/authorize"), name="Guest@college.edu", action="invite")
    assert "It opens on this machine only" in words(done)
    link = re.search(r"<code>(.*?)</code>", done.text)[1]
    assert link.startswith(f"{hub.address}hub/invitation?code=")
    assert "guest@college.edu" in words(hub.browser().get(link))
    odd = instructor.submit(done, name="100% a/b", action="invite")
    assert (odd.status_code, "'100% a/b' cannot be a user name here" in words(odd)) == (400, True)


def test_others_do_not_reach_the_instructors_page(hub):
    asks(hub, "hopeful")
    student, stranger = hub.has_account("student", GOOD), hub.browser()
    assert "Requests" not in words(student.get("hub/home"))
    assert student.get("hub/authorize").status_code == 403
    assert stranger.get("hub/authorize").headers["location"].startswith("/hub/login")
    xsrf = student.client.cookies.get("_xsrf", path="/hub/")
    assert (
        student.client.post("hub/authorize", data={"_xsrf": xsrf, "name": "hopeful", "action": "approve"}).status_code
        == 403
    )
    assert student.client.post("hub/api/classhub/approvals/hopeful").status_code == 403
    assert student.client.get("hub/api/classhub/requests").status_code == 403
    assert names_waiting(hub) == ["hopeful"]


def test_a_forged_approval_does_nothing(hub, instructor):
    asks(hub, "forged")
    instructor.get("hub/authorize")
    for data in ({"name": "forged", "action": "approve"}, {"name": "forged", "action": "approve", "_xsrf": "made up"}):
        assert instructor.client.post("hub/authorize", data=data).status_code == 403
    assert instructor.client.post("hub/api/classhub/approvals/forged").status_code == 403
    assert instructor.client.get("hub/authorize?name=forged&action=approve").status_code == 200
    assert names_waiting(hub) == ["forged"]


def test_the_colleges_own_templates_win(hub, tmp_path):
    mine = tmp_path / "templates"
    mine.mkdir()
    (mine / "page.html").write_text('{% extends "templates/page.html" %}{% block footer %}Our College{% endblock %}')
    config = hub.folder / "jupyterhub_config.py"
    config.write_text(config.read_text() + f"\nc.JupyterHub.template_paths.insert(0, {str(mine)!r})\n")
    hub.restart()
    for page in ("login", "signup"):
        assert "Our College" in hub.browser().get(f"hub/{page}").text


def test_the_hub_never_answered_500(hub):
    assert " 500 " not in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()

"""The admin's single-use link, which works with any authenticator (here: JupyterHub's dummy, which lets nobody in)."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from classhub.errors import Refused
from classhub.outside.hub_api import HubApi
from hub.login.running import words

CONFIG = """
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "nobody knows"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"Instructor@college.edu"}
c.Authenticator.blocked_users = {"mallory"}
c.Authenticator.enable_auth_state = True
"""


def test_the_page_posts_itself_and_has_a_button(hub):
    browser = hub.browser()
    page = browser.get(hub.api.enter_link("instructor@college.edu").url)
    assert page.status_code == 200
    assert 'getElementById("enter").submit()' in page.text
    assert ">Sign in</button>" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_previews_burn_nothing_and_one_post_signs_in(hub):
    link = hub.api.enter_link("instructor@college.edu").url
    for _ in range(5):
        assert hub.browser().get(link).status_code == 200
        hub.browser().client.head(link)
    browser = hub.browser()
    done = browser.submit(browser.get(link))
    assert (done.status_code, done.headers["location"]) == (302, "/hub/home")
    assert browser.name() == "instructor@college.edu"
    assert browser.get("hub/admin").status_code == 200


def test_an_unknown_user_is_made_and_is_no_admin(hub):
    browser = hub.browser()
    browser.submit(browser.get(hub.api.enter_link("New.Student").url))
    assert browser.name() == "new.student"
    assert not hub.api.user("new.student")["admin"]
    assert browser.get("hub/admin").status_code == 403


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/hub/admin", "/hub/admin"),
        ("https://evil.example/", "/hub/home"),
        ("/a\r\nX-Evil: 1", "/hub/home"),
        ("//evil.example", "/hub/home"),
    ],
)
def test_next_is_followed_inside_the_hub_only(hub, target, leads_to):
    browser = hub.browser()
    page = browser.get(hub.api.enter_link("someone").url + "&" + urlencode({"next": target}))
    assert browser.submit(page).headers["location"] == leads_to


def test_a_used_link_says_what_to_do(hub):
    link = hub.api.enter_link("instructor@college.edu").url
    browser, other = hub.browser(), hub.browser()
    page, foreign = browser.get(link), other.get(link)
    browser.submit(page)
    for answer in (other.submit(foreign), other.get(link)):
        assert answer.status_code == 410
        assert "used already" in words(answer)
        assert "classhub open" in words(answer)
    assert browser.get(link).headers["location"] == "/hub/home"


def test_an_expired_link_and_an_unknown_one(hub):
    link = hub.api.enter_link("late").url
    hub.sql("update classhub_invitations set expires = expires - 601 where name = 'late'")
    assert hub.browser().get(link).status_code == 410
    unknown = hub.browser().get("hub/enter?code=nonsense")
    assert unknown.status_code == 403
    assert "classhub open" in words(unknown)


def test_of_many_at_once_one_gets_in(hub):
    link = hub.api.enter_link("crowd").url
    browsers = [hub.browser() for _ in range(8)]
    pages = [browser.get(link) for browser in browsers]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda pair: pair[0].submit(pair[1]).status_code, zip(browsers, pages, strict=True)))
    assert sorted(codes) == [302] + [410] * 7


def test_a_forged_post_is_refused(hub):
    browser = hub.browser()
    page = browser.get(hub.api.enter_link("someone").url)
    assert browser.submit(page, _xsrf="made up").status_code == 403
    assert browser.submit(page).status_code == 302


def test_a_removed_user_is_not_made_again_by_an_old_link(hub):
    hub.api.add_user("gone")
    link = hub.api.enter_link("gone").url
    hub.api.remove_user("gone")
    assert hub.browser().get(link).status_code == 403


def test_a_blocked_name_gets_no_link(hub):
    with pytest.raises(Refused, match="as things are"):
        hub.api.enter_link("mallory")


def test_a_helper_raises_nobody(hub):
    """The TA's token has admin:users, not tokens."""
    helper = HubApi(hub.address, "the-ta-own-token-0123456789abcdef")
    for name in ("instructor@college.edu", "someone"):
        with pytest.raises(Refused) as caught:
            helper.enter_link(name)
        assert "may make tokens" in str(caught.value)


def test_students_and_strangers_cannot_make_links(hub):
    student = hub.browser()
    student.submit(student.get(hub.api.enter_link("student").url))
    for browser in (student, hub.browser()):
        for kind in ("enter", "invitation"):
            body = {"name": "instructor@college.edu", "kind": kind}
            assert browser.client.post("hub/api/classhub/invitations", json=body).status_code == 403


def test_what_belongs_to_the_stand_in_says_who_signs_people_in(hub):
    for call in (
        lambda: hub.api.invite("a"),
        lambda: hub.api.approve("a"),
        lambda: hub.api.decline("a"),
    ):
        with pytest.raises(Refused) as caught:
            call()
        assert "People sign in with DummyAuthenticator here" in caught.value.cause
        assert "add the name to hub.config.DummyAuthenticator.allowed_users" in caught.value.cause
    assert (hub.api.requests(), hub.api.invitations()) == ([], [])
    for page in ("signup", "invitation?code=x"):
        answer = hub.browser().get(f"hub/{page}")
        assert (answer.status_code, "sign in with DummyAuthenticator" in words(answer)) == (404, True)
    assert "ask for access" not in hub.browser().get("hub/login").text


@pytest.mark.parametrize(
    "body", [None, [], {}, {"name": 5}, {"name": "a", "kind": "x"}, {"name": "a", "kind": ["enter"]}]
)
def test_a_call_that_makes_no_sense_is_a_400(hub, body):
    answer = hub.browser(Authorization=f"token {hub.api._token}").client.post("hub/api/classhub/invitations", json=body)
    assert answer.status_code in (400, 409)


def test_the_hub_never_answered_500(hub):
    assert " 500 " not in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()

"""Guessing passwords is slow, and whoever guesses slows nobody else down."""

import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.login.running import words

CONFIG = """
c.JupyterHub.authenticator_class = StandInAuthenticator
c.StandInAuthenticator.admin_users = {"instructor"}
"""
GOOD = "correct horse battery"


@pytest.fixture
def fresh(hub, request):
    """A name of this test's own, with an account."""
    name = re.sub(r"\W", "", request.node.name)[-40:]
    hub.has_account(name, GOOD)
    return name


def guesses(browser, name, count):
    return [browser.log_in(name, f"guess {number}").status_code for number in range(count)]


def test_after_ten_wrong_passwords_an_address_has_to_wait_for_that_name(hub, fresh):
    browser = hub.browser()
    assert guesses(browser, fresh, 10) == [403] * 10
    refused = browser.log_in(fresh.upper(), GOOD)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "Too many tries with a wrong password. Please wait a minute" in words(refused)
    assert "<form" in refused.text


def test_an_unknown_name_is_braked_just_the_same(hub):
    assert guesses(hub.browser(), "never.heard.of", 11) == [403] * 10 + [429]


def test_nobody_is_locked_out_from_elsewhere(hub, fresh):
    assert guesses(hub.browser(), fresh, 11)[-1] == 429
    assert hub.browser().log_in(fresh, GOOD).status_code == 302


def test_a_lab_behind_one_address_gets_in_after_two_typing_errors_each(hub, fresh):
    lab = hub.browser()
    assert [guesses(lab, f"{fresh}{student}", 2) for student in range(30)] == [[403, 403]] * 30
    assert lab.log_in(fresh, GOOD).status_code == 302


def test_a_browser_that_signed_in_before_is_not_held_up_by_its_neighbours(hub, fresh):
    own = hub.browser()
    assert own.log_in(fresh, GOOD).status_code == 302
    (cookie,) = [cookie for cookie in own.client.cookies.jar if cookie.name.startswith("classhub-known-")]
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/hub/login", True)
    assert cookie.expires - time.time() > 150 * 86400
    own.get("hub/logout")
    neighbour = hub.browser(**{"X-Forwarded-For": own.client.headers["X-Forwarded-For"]})
    assert guesses(neighbour, fresh, 11)[-1] == 429
    assert guesses(own, fresh, 9) == [403] * 9
    assert own.log_in(fresh, GOOD).status_code == 302
    assert neighbour.log_in(fresh, GOOD).status_code == 429


def test_an_invitation_makes_the_browser_known(hub):
    browser = hub.has_account("came.by.invitation", GOOD)
    assert any(name.startswith("classhub-known-") for name in browser.client.cookies)


def test_the_cookie_of_one_name_is_none_of_another_and_is_not_forged(hub, fresh):
    own, other = hub.browser(), f"{fresh}.other"
    own.log_in(fresh, GOOD)
    (mine,) = [cookie for cookie in own.client.cookies.jar if cookie.name.startswith("classhub-known-")]
    guesser = hub.browser()
    theirs = f"classhub-known-{hashlib.sha256(other.encode()).hexdigest()[:32]}"
    guesser.client.cookies.set(theirs, mine.value, path="/hub/login")
    assert guesses(guesser, other, 11)[-1] == 429
    guesser.client.cookies.set(theirs, "made up", path="/hub/login")
    assert guesser.log_in(other, "guess").status_code == 429


def test_right_passwords_are_not_counted(hub, fresh):
    browser = hub.browser()
    for _ in range(12):
        browser.client.cookies.clear()
        assert browser.log_in(fresh, GOOD).status_code == 302


def test_many_at_once_get_no_further(hub, fresh):
    here = hub.browser().client.headers["X-Forwarded-For"]
    browsers = [hub.browser(**{"X-Forwarded-For": here}) for _ in range(30)]
    pages = [browser.get("hub/login") for browser in browsers]
    with ThreadPoolExecutor(30) as pool:
        tries = pool.map(
            lambda both: both[0].submit(both[1], username=fresh, password="guess"), zip(browsers, pages, strict=True)
        )
        codes = [answer.status_code for answer in tries]
    assert codes.count(403) == 10
    assert codes.count(429) == 20


def test_the_api_for_tokens_is_no_way_round(hub, fresh):
    browser = hub.browser()
    for number in range(12):
        body = {"auth": {"username": fresh, "password": f"guess {number}"}}
        assert browser.client.post(f"hub/api/users/{fresh}/tokens", json=body).status_code == 403
    assert browser.log_in(fresh, GOOD).status_code == 429


@pytest.mark.parametrize("data", [{}, {"username": "x"}, {"password": "x"}])
def test_a_form_with_a_field_missing_is_no_500(hub, data):
    browser = hub.browser()
    page = browser.get("hub/login")
    xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page.text)[1]
    answer = browser.client.post("hub/login", data={**data, "_xsrf": xsrf})
    assert answer.status_code == 400
    assert "type a user name and a password" in words(answer)


@pytest.mark.parametrize(
    "password",
    ["", "x" * 73, "x" * 100_000, "\x00", "ü" * 50, "\ud800".encode("utf-8", "surrogatepass").decode("latin1")],
)
def test_a_strange_password_is_just_wrong(hub, password):
    assert hub.browser().log_in("whoever" + str(len(password)), password).status_code == 403


def test_the_hub_never_answered_500(hub):
    assert " 500 " not in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()

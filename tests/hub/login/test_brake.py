"""Guessing passwords is slow, for a name and for an address; nobody else is slowed down."""

import re
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


def guesses(hub, name, count):
    """Each from another address."""
    return [hub.browser().log_in(name, f"guess {number}").status_code for number in range(count)]


def test_after_ten_wrong_passwords_a_name_has_to_wait(hub, fresh):
    assert guesses(hub, fresh, 10) == [403] * 10
    refused = hub.browser().log_in(fresh.upper(), GOOD)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert "Too many tries with a wrong password. Please wait a minute" in words(refused)
    assert "<form" in refused.text


def test_an_unknown_name_is_braked_just_the_same(hub):
    assert guesses(hub, "never.heard.of", 11) == [403] * 10 + [429]


def test_an_address_has_to_wait_whatever_the_name_and_others_do_not(hub, fresh):
    browser = hub.browser()
    codes = [browser.log_in(f"name{number}", "guess").status_code for number in range(11)]
    assert codes == [403] * 10 + [429]
    assert browser.log_in(fresh, GOOD).status_code == 429
    assert hub.browser().log_in(fresh, GOOD).status_code == 302


def test_right_passwords_are_not_counted(hub, fresh):
    browser = hub.browser()
    for _ in range(12):
        browser.client.cookies.clear()
        assert browser.log_in(fresh, GOOD).status_code == 302


def test_many_at_once_get_no_further(hub, fresh):
    browsers = [hub.browser() for _ in range(30)]
    pages = [browser.get("hub/login") for browser in browsers]
    with ThreadPoolExecutor(30) as pool:
        tries = pool.map(
            lambda both: both[0].submit(both[1], username=fresh, password="guess"), zip(browsers, pages, strict=True)
        )
        codes = [answer.status_code for answer in tries]
    assert codes.count(403) == 10
    assert codes.count(429) == 20


def test_the_api_for_tokens_is_no_way_round(hub, fresh):
    for number in range(12):
        body = {"auth": {"username": fresh, "password": f"guess {number}"}}
        assert hub.browser().client.post(f"hub/api/users/{fresh}/tokens", json=body).status_code == 403
    assert hub.browser().log_in(fresh, GOOD).status_code == 429


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

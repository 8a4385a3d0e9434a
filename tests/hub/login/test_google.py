"""Google's sign-in against a loopback provider: who gets in, and what a person reads when it fails."""

import re

import pytest

from doubles.idp import Account, IdP, Mood
from hub.login.running import RunningHub, words

CONFIG = """
from classhub.hub.oauth import in_words
c.JupyterHub.authenticator_class = in_words("google")
c.GoogleOAuthenticator.client_id = "hub-client"
c.GoogleOAuthenticator.client_secret = "right secret"
c.GoogleOAuthenticator.hosted_domain = ["college.edu", "alumni.college.edu"]
c.GoogleOAuthenticator.admin_users = {{"instructor@college.edu"}}
c.GoogleOAuthenticator.allow_all = {allow_all}
c.GoogleOAuthenticator.allowed_users = {{"alice@college.edu"}}
c.GoogleOAuthenticator.authorize_url = "{idp}/authorize"
c.GoogleOAuthenticator.token_url = "{idp}/token"
c.GoogleOAuthenticator.userdata_url = "{idp}/userinfo"
"""


@pytest.fixture(scope="module")
def provider():
    with IdP() as idp:
        yield idp


@pytest.fixture
def idp(provider):
    provider.be_well()
    yield provider
    provider.secret = "right secret"


def running(folder, provider, allow_all):
    hub = RunningHub(folder, CONFIG.format(idp=provider.address, allow_all=allow_all))
    hub.start()
    return hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory, provider):
    """The class list holds."""
    hub = running(tmp_path_factory.mktemp("listed"), provider, False)
    yield hub
    hub.stop()


def signs_in(hub, query=""):
    """A browser after the whole way, and the hub's last answer."""
    browser = hub.browser()
    return browser, come_back(browser, f"hub/oauth_login{query}")


def come_back(browser, start):
    answer = browser.get(browser.get(start).headers["location"])  # the provider's page
    return browser.get(answer.headers["location"])


def read(hub, answer, status, *said):
    """A page in words: this status, these words, no internals, no trace in the log."""
    text = words(answer)
    assert answer.status_code == status, text
    for each in said:
        assert each in text
    assert not re.search(r"OAuth|HTTP \d|Traceback|invalid_|token", text)
    assert "Traceback" not in hub.log.read_text()
    assert " 500 " not in hub.log.read_text()


def test_a_listed_student_signs_in_and_goes_on(hub, idp):
    browser, answer = signs_in(hub, "?next=%2Fhub%2Fuser-redirect%2Flab")
    assert (answer.status_code, answer.headers["location"]) == (302, "/hub/user-redirect/lab")
    assert browser.name() == "alice@college.edu"
    assert not hub.api.user("alice@college.edu")["admin"]


def test_the_settings_of_google_hold_for_the_class_that_explains_itself(hub):
    page = hub.browser().get("hub/login")
    assert "Sign in with Google" in page.text
    assert hub.api.info()["authenticator"]["class"] == "oauthenticator.google.GoogleOAuthenticator"


def test_an_admin_is_admin(hub, idp):
    idp.account = Account("Instructor@college.edu")
    browser, answer = signs_in(hub)
    assert answer.status_code == 302
    assert browser.get("hub/admin").status_code == 200


@pytest.mark.parametrize(
    "account",
    [Account("alice@gmail.com", None), Account("alice@evil.edu", "evil.edu"), Account("alice@college.edu", None)],
)
def test_the_wrong_domain_is_named_with_the_right_one(hub, idp, account):
    idp.account = account
    browser, answer = signs_in(hub)
    read(
        hub,
        answer,
        403,
        account.email,
        "sign in with your college.edu or alumni.college.edu account",
        "Choose another account",
    )
    assert browser.name() == ""


def test_another_account_can_be_chosen(hub, idp):
    idp.account = Account("alice@gmail.com", None)
    browser, answer = signs_in(hub)
    assert "prompt" not in idp.asked[-1]
    again = re.search(r'href="([^"]*)">Choose another account', answer.text)[1]
    idp.account = Account()
    assert come_back(browser, again).status_code == 302
    assert idp.asked[-1]["prompt"] == "select_account"
    assert browser.name() == "alice@college.edu"


def test_someone_on_no_list_is_told_so(hub, idp):
    idp.account = Account("stranger@college.edu")
    _, answer = signs_in(hub)
    read(hub, answer, 403, "not currently authorized")


@pytest.mark.parametrize("verified", [False, None])
def test_an_address_nobody_verified_lets_nobody_in(hub, idp, verified):
    idp.account = Account(verified=verified)
    browser, answer = signs_in(hub)
    read(hub, answer, 403, "has not verified that alice@college.edu is your address")
    assert browser.name() == ""


def test_who_cancels_reads_that_nothing_happened(hub, idp):
    idp.mood = Mood.CANCELLED
    _, answer = signs_in(hub)
    read(hub, answer, 403, "You cancelled at Google", "Sign in with Google")


def test_an_expired_code_can_be_begun_again(hub, idp):
    idp.mood = Mood.EXPIRED
    browser, answer = signs_in(hub)
    read(hub, answer, 400, "This sign-in is over", "start again")
    idp.mood = Mood.WELL
    again = re.search(r'href="([^"]*)">Sign in with Google', answer.text)[1]
    assert come_back(browser, again).status_code == 302


def test_the_page_coming_back_twice_is_harmless(hub, idp):
    browser = hub.browser()
    back = browser.get(browser.get("hub/oauth_login").headers["location"]).headers["location"]
    assert browser.get(back).status_code == 302
    for answer in (browser.get(back), hub.browser().get(back), hub.browser().get("hub/oauth_callback")):
        read(hub, answer, 400, "This sign-in is over")
    assert browser.name() == "alice@college.edu"


@pytest.mark.parametrize("mood", [Mood.FAILING, Mood.BROKEN])
def test_a_provider_in_trouble_is_told_in_words(hub, idp, mood):
    idp.mood = mood
    _, answer = signs_in(hub)
    read(hub, answer, 503, "Google does not answer just now", "try again")


def test_a_provider_that_is_down_is_told_in_words(hub, idp):
    browser = hub.browser()
    back = browser.get(browser.get("hub/oauth_login").headers["location"]).headers["location"]
    idp.stop()
    try:
        read(hub, browser.get(back), 503, "Google does not answer just now")
    finally:
        idp.start()
    assert signs_in(hub)[1].status_code == 302


def test_nonsense_from_the_provider_is_told_in_words(hub, idp):
    idp.mood = Mood.NONSENSE
    _, answer = signs_in(hub)
    read(hub, answer, 502, "makes no sense here", "tell your instructor")


def test_an_account_without_an_address_is_told_in_words(hub, idp):
    idp.account = Account(email=None)
    _, answer = signs_in(hub)
    read(hub, answer, 502, "makes no sense here")


def test_a_refused_client_secret_is_for_the_admins_log(hub, idp):
    idp.secret = "somebody changed it"
    _, answer = signs_in(hub)
    read(hub, answer, 503, "tell your instructor")
    assert "secret" not in words(answer)
    log = hub.log.read_text()
    assert "Nobody can sign in with Google: the client secret in secrets.yaml is refused: invalid_client" in log
    assert "right secret" not in log


@pytest.mark.parametrize(
    "target", ["/x%0d%0aX-Evil:%201", "https://evil.example", "//evil.example", "%5C%5Cevil.example"]
)
def test_next_leads_nowhere_else(hub, idp, target):
    _, answer = signs_in(hub, f"?next={target}")
    assert answer.status_code == 302
    assert not answer.headers["location"].startswith(("//", "http", "\\"))
    assert "x-evil" not in answer.headers


def test_the_admins_link_works_beside_google(hub, idp):
    browser = hub.browser()
    assert browser.submit(browser.get(hub.api.enter_link("instructor@college.edu").url)).status_code == 302
    assert browser.get("hub/admin").status_code == 200


def test_allow_all_is_all_of_the_domain_with_a_verified_address(tmp_path, idp):
    hub = running(tmp_path, idp, True)
    try:
        for account, status in [
            (Account("anybody@college.edu"), 302),
            (Account("anybody@college.edu", verified=False), 403),
            (Account("anybody@gmail.com", None), 403),
        ]:
            idp.account = account
            assert signs_in(hub)[1].status_code == status
    finally:
        hub.stop()

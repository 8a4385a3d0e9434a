"""Google login as the college configures it, through the hub that `up` runs, against a loopback provider."""

import httpx2
import pytest

from doubles.idp import Account, IdP
from hub.conftest import make

CONFIG = """\
hub:
  config:
    JupyterHub:
      authenticator_class: google
    GoogleOAuthenticator:
      hosted_domain: [college.edu]
      strip_domain: false
      allow_all: true
      oauth_callback_url: http://127.0.0.1:{port}/hub/oauth_callback
      authorize_url: {idp}/authorize
      token_url: {idp}/token
      userdata_url: {idp}/userinfo
    Authenticator:
      admin_users: [instructor@college.edu]
"""

SECRETS = """\
hub:
  config:
    GoogleOAuthenticator:
      client_id: hub-client
      client_secret: right secret
"""


@pytest.fixture(scope="module")
def idp():
    with IdP() as provider:
        yield provider


@pytest.fixture(scope="module")
def hub(open_tmp, idp):
    for deployment in make(open_tmp / "google", config="{}"):
        deployment.write("config.yaml", CONFIG.format(port=deployment.port, idp=idp.address))
        deployment.write("secrets.yaml", SECRETS, mode=0o600)
        deployment.first_up = deployment.up()
        yield deployment


def sign_in(hub) -> httpx2.Response:
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        return browser.get(f"{hub.address}hub/oauth_login?next=/hub/token")


def test_up_says_that_people_sign_in_with_google(hub):
    assert "Google" in hub.first_up and "invitation" not in hub.first_up
    assert "right secret" not in hub.first_up


def test_a_member_of_the_college_gets_in(hub, idp):
    idp.account = Account("alice@college.edu")
    page = sign_in(hub)
    assert page.status_code == 200 and "alice@college.edu" in page.text


def test_the_instructor_is_an_admin(hub, idp):
    idp.account = Account("instructor@college.edu")
    assert sign_in(hub).status_code == 200
    with hub.api() as api:
        assert api.user("instructor@college.edu")["admin"] is True


def test_another_domain_is_refused_in_words(hub, idp):
    idp.account = Account("mallory@elsewhere.edu", hd="elsewhere.edu")
    page = sign_in(hub)
    assert page.status_code == 403 and "college.edu" in page.text


def test_the_admins_link_works_without_google(hub):
    assert "/hub/enter?code=" in hub.run("open", "--print").stdout


def test_inviting_says_why_it_is_not_needed(hub):
    refused = hub.run("users", "invite", "alice@college.edu", check=False)
    assert refused.returncode == 1 and "Google" in refused.stderr


def test_no_secret_is_shown_anywhere(hub):
    shown = [
        hub.run(*words, check=False)
        for words in (["status"], ["parity"], ["doctor"], ["history"], ["logs", "hub", "-n", "0"])
    ]
    assert "right secret" not in "".join(done.stdout + done.stderr for done in shown)

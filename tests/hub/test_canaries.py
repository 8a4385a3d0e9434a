"""A hub whose every secret is a canary, in debug: none of them is in a log, in what a command says, or open to others."""

import hashlib
import json
import os

import httpx2
import pytest

from doubles.idp import Account, IdP
from hub.conftest import make
from hub.files import contents
from hub.student import Student

NAMES = (
    *("client_secret", "secretToken", "cookieSecret", "crypt_key", "hub_env", "student_env", "hub_password"),
    *("api_token", "database", "repository", "file_of_the_hub", "extra_config"),
)
CANARIES = {name: hashlib.sha256(name.encode()).hexdigest() for name in NAMES}
"""Of the form that the strictest of them asks for, and another one for each place, so that a failure names it."""

CONFIG = """\
debug: {{enabled: true}}
hub:
  config:
    JupyterHub: {{authenticator_class: google}}
    GoogleOAuthenticator:
      hosted_domain: [college.edu]
      strip_domain: false
      allow_all: true
      oauth_callback_url: http://127.0.0.1:{port}/hub/oauth_callback
      authorize_url: {idp}/authorize
      token_url: {idp}/token
      userdata_url: {idp}/userinfo
    Authenticator: {{admin_users: [instructor@college.edu]}}
"""
SECRETS = """\
proxy: {{secretToken: "{secretToken}"}}
hub:
  cookieSecret: "{cookieSecret}"
  db: {{type: postgres, url: "postgresql://hub:{database}@db.college.edu/hub", password: "{database}"}}
  config:
    GoogleOAuthenticator: {{client_id: hub-client, client_secret: "{client_secret}"}}
    Authenticator: {{enable_auth_state: true}}
    CryptKeeper: {{keys: ["{crypt_key}"]}}
  extraEnv: {{SMTP_PASSWORD: "{hub_env}", DB: "mysql://hub:{hub_password}@db.college.edu/x"}}
  extraFiles:
    mail: {{mountPath: /etc/mail.ini, stringData: "password = {file_of_the_hub}"}}
  extraConfig:
    canary: |
      mine = "{extra_config}"
      c.Spawner.environment = {{"OF_THE_SNIPPET_TOKEN": mine}}
  services: {{grader: {{apiToken: "{api_token}"}}}}
singleuser:
  extraEnv: {{AWS_SECRET_ACCESS_KEY: "{student_env}"}}
custom: {{repository: "https://bot:{repository}@git.college.edu/material.git"}}
""".format(**CANARIES)
REFUSED_BY_THE_HUB = """\
    of_the_wrong_type: |
      c.GoogleOAuthenticator.client_secret = [get_config("proxy.secretToken"), mine]
"""
CONCERNING = ("custom", "singleuser", "hub", "proxy")


@pytest.fixture(scope="module")
def idp():
    with IdP() as provider:
        provider.secret = CANARIES["client_secret"]
        yield provider


@pytest.fixture(scope="module")
def lived(open_tmp, idp):
    """A hub with a past: a start, sign-ins, a student's server, a change that was refused, and one that was not."""
    for deployment in make(open_tmp / "a hub of canaries", config="{}"):
        deployment.write("config.yaml", CONFIG.format(port=deployment.port, idp=idp.address))
        deployment.write("secrets.yaml", SECRETS, mode=0o600)
        deployment.said = {}
        say(deployment, "up", "-d")
        sign_in(deployment, idp)
        with deployment.api() as api:
            Student(api, deployment.address, "alice@college.edu").start()
        bad_and_good_changes(deployment)
        look_around(deployment)
        yield deployment


def say(deployment, *command, exit_code=0):
    done = deployment.run(*command, check=exit_code == 0)
    assert done.returncode == exit_code, done
    deployment.said[f"{len(deployment.said)} {' '.join(command)}"] = done.stdout + done.stderr
    return done.stdout + done.stderr


def sign_in(deployment, idp):
    """Once as it should be, and once with a provider that refuses the hub's secret."""
    idp.account = Account("alice@college.edu")
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        assert browser.get(f"{deployment.address}hub/oauth_login?next=/hub/token").status_code == 200
    idp.secret = "another"
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        assert browser.get(f"{deployment.address}hub/oauth_login").status_code >= 400
    idp.secret = CANARIES["client_secret"]


def bad_and_good_changes(deployment):
    deployment.write("secrets.yaml", SECRETS.replace("secretToken: ", "secretTokn: "), 0o600)
    say(deployment, "check", exit_code=1)
    say(deployment, "up", "-d", exit_code=1)
    deployment.write("secrets.yaml", SECRETS.replace("  services:", REFUSED_BY_THE_HUB + "  services:"), 0o600)
    say(deployment, "plan")
    assert "client_secret of hub.config expected a unicode string, not the list" in say(
        deployment, "up", "-d", exit_code=3
    )
    deployment.write("secrets.yaml", SECRETS + "cull: {every: 300}\n", 0o600)
    say(deployment, "plan")
    say(deployment, "up", "-d")


def look_around(deployment):
    for command in (
        "check",
        "plan",
        "values",
        "parity",
        "status",
        "history",
        "doctor",
        "top",
        "users list",
        "homes list",
    ):
        say(deployment, *command.split())
    for command in ("status", "plan", "history", "values", "parity"):
        say(deployment, command, "--json")
    say(deployment, "values", "--traits")
    for who in ("hub", "proxy", "supervisor", "alice@college.edu"):
        say(deployment, "logs", who)
    say(deployment, "events", "alice@college.edu")
    for key in CONCERNING:
        say(deployment, "config", "get", key)


def found_in(text: str | bytes) -> list[str]:
    whole = text if isinstance(text, bytes) else text.encode()
    return [name for name, canary in CANARIES.items() if canary.encode() in whole]


def test_the_hub_was_in_debug_and_has_the_canaries(lived):
    """Or the tests below prove nothing."""
    assert found_in((lived.state / "hub.json").read_bytes()) == list(CANARIES)
    assert "[D " in (lived.state / "logs" / "hub.log").read_text()
    assert len(lived.said) > 25 and all(lived.said.values())


def test_no_log_has_a_secret(lived):
    logs = contents(lived.state / "logs") | contents(lived.state / "events")
    assert any("alice" in str(path) for path in logs)
    assert {str(path): found for path, text in logs.items() if (found := found_in(text))} == {}


def test_no_command_says_a_secret(lived):
    assert {command: found for command, text in lived.said.items() if (found := found_in(text))} == {}


def test_no_command_line_has_a_secret(lived):
    """Everybody on the machine can read those of all processes."""
    lines = ["\0".join(argv) for argv in lived.left_processes()]
    assert any("jupyterhub" in line for line in lines)
    assert [found for line in lines if (found := found_in(line))] == []


def test_files_with_secrets_are_the_owners_alone(lived):
    """The settings of now, of each revision, and nothing else."""
    kept = [path for path, text in contents(lived.state).items() if found_in(text)]
    places = {path.relative_to(lived.state).parts[0] for path in kept}
    assert places == {"hub.json", "history"}
    assert len(kept) == 5, "the one that the hub refused, and the way back from it, are revisions too"
    assert [oct(path.stat().st_mode & 0o777) for path in kept if path.stat().st_mode & 0o777 != 0o600] == []
    for folder in {lived.state, *(path.parent for path in kept)}:
        assert folder.stat().st_mode & 0o777 == 0o700 and folder.stat().st_uid == os.geteuid(), folder


def test_a_revision_can_be_gone_back_to(lived):
    """That is what the copies are for."""
    newest = json.loads(max((lived.state / "history").glob("*.json")).read_text())
    assert found_in(json.dumps(newest["settings"])) == list(CANARIES)

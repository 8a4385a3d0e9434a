"""What config.yaml says holds in the hub that `up` runs: one deployment with a little of everything."""

import json
import ssl
import subprocess
from pathlib import Path

import httpx2
import pytest

from hub.conftest import make
from hub.student import eventually

CONFIG = """\
hub:
  baseUrl: /lab/
  activeServerLimit: 3
  allowNamedServers: true
  namedServerLimitPerUser: 1
  templateVars:
    announcement: Exams start on Monday
  services:
    grader:
      apiToken: a-long-enough-token-for-the-grader
    hello:
      url: http://127.0.0.1:9
  extraConfig:
    10-first: |
      import z2jh
      c.JupyterHub.template_vars["college"] = z2jh.get_config("custom.college")
    20-second: |
      c.JupyterHub.template_vars["announcement"] += ", says " + c.JupyterHub.template_vars["college"]
  config:
    JupyterHub:
      authenticator_class: dummy
      load_roles: # in place of the chart's own, the culler's among them
        - {name: grader, scopes: [list:users], services: [grader]}
    Authenticator:
      admin_users: [instructor@college.edu]
      allowed_users: [alice@college.edu]
custom:
  college: The College
singleuser:
  defaultUrl: /tree
  cmd: jupyter-labhub
  extraEnv:
    COURSE: COMP 141
    WHO: "student {username}"
    COUNT: 3
  memory: {limit: 1G, guarantee: null}
  startTimeout: 200
cull:
  timeout: 90
  every: 3
"""

CLASSHUB = """\
  certificate: cert.pem
  key: key.pem
  https: own
"""


@pytest.fixture(scope="module")
def hub(open_tmp):
    for deployment in make(open_tmp / "values hold", config=CONFIG, local=CLASSHUB):
        make_certificate(deployment.config)
        deployment.up()
        yield deployment


def make_certificate(folder) -> None:
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            *files,
            *subject,
        ],
        check=True,
        capture_output=True,
    )


def ask(hub, path: str, token: str = "") -> httpx2.Response:
    headers = {"Authorization": f"token {token}"} if token else {}
    trusted = ssl.create_default_context(cafile=hub.config / "cert.pem")
    return httpx2.get(f"{hub.status()['address']}{path}", headers=headers, verify=trusted, timeout=30)


def test_the_own_certificate_and_the_base_url_are_served(hub):
    assert hub.status()["address"] == f"https://127.0.0.1:{hub.port}/lab/"
    answer = ask(hub, "hub/login")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"]
    assert "server" not in answer.headers and "x-jupyterhub-version" not in answer.headers


def test_extra_config_runs_in_order_after_the_values(hub):
    assert "Exams start on Monday, says The College" in ask(hub, "hub/login").text


def test_cookies_do_not_go_along_with_a_form_of_another_site(hub):
    cookies = ask(hub, "hub/login").headers.get_list("set-cookie")
    assert cookies and all("samesite=lax" in cookie.lower() for cookie in cookies)


def test_a_dummy_login_is_never_open_here(hub):
    assert hub.status()["notes"]
    page = httpx2.post(
        f"{hub.status()['address']}hub/login",
        data={"username": "alice@college.edu", "password": "x"},
        verify=False,
        timeout=60,
    )
    assert page.status_code == 403


def test_a_service_has_its_token_and_its_role_only(hub):
    token = "a-long-enough-token-for-the-grader"
    assert ask(hub, "hub/api/users", token).status_code == 200
    assert ask(hub, "hub/api/services", token).status_code in (200, 403)
    assert ask(hub, "hub/api/groups", token).status_code == 403


def test_environment_command_and_start_url_reach_the_server(hub):
    start(hub, "alice@college.edu")
    shown = hub.run("exec", "alice@college.edu", "--", "env").stdout
    assert "COURSE=COMP 141" in shown and "WHO=student alice@college.edu" in shown and "COUNT=3" in shown
    assert "JUPYTERHUB_DEFAULT_URL=/tree" in shown
    assert "JUPYTERHUB_API_TOKEN" not in shown
    pid = hub.status()["servers"][0]["pid"]
    assert b"jupyter-labhub" in Path(f"/proc/{pid}/cmdline").read_bytes()


def start(hub, name: str) -> None:
    with hub.api() as api:
        if name not in {user["name"] for user in api.users()}:
            api.add_user(name)
        api.start_server(name)
        eventually(lambda: api.user(name)["servers"].get("", {}).get("ready"))


def test_idle_servers_are_culled(hub):
    eventually(lambda: hub.status()["servers"] == [], 300, every_s=1)
    assert "stopped" in hub.run("events", "alice@college.edu").stdout


def test_parity_names_every_value_that_the_college_set(hub):
    rows = json.loads(hub.run("parity", "--json").stdout)
    named = {row["setting"] for row in rows}
    for setting in ("singleuser.memory.limit", "singleuser.extraEnv", "hub.baseUrl", "cull.timeout"):
        assert any(setting.startswith(row) or row.startswith(setting) for row in named), (setting, named)


def test_the_limit_of_servers_is_said_in_words(hub):
    hub.run("scale", "servers", "1")
    start(hub, "alice@college.edu")
    with hub.api() as api:
        api.add_user("bob@college.edu")
        api.start_server("bob@college.edu")
    eventually(lambda: "takes no more" in hub.run("events", "bob@college.edu").stdout)
    hub.run("scale", "servers", "0")

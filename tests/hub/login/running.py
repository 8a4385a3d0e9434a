"""A real JupyterHub in a child process and a temporary folder, and a browser without scripts."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import httpx2

from classhub.outside.hub_api import HubApi
from doubles.ports import free_port

HERE = Path(__file__).parent
TOKEN = "the-service-own-token-0123456789abcdef"
CONFIG = """
import sys
sys.path.insert(0, {here!r})
from tiny import TinyProxy, TinySpawner
from classhub.hub import login_passwords
from classhub.hub.handlers import extra_handlers, templates_folder
from classhub.hub.login import SCOPES, StandInAuthenticator
c = get_config()
login_passwords.ROUNDS = 4
c.JupyterHub.proxy_class = TinyProxy
c.JupyterHub.spawner_class = TinySpawner
c.JupyterHub.hub_bind_url = c.JupyterHub.bind_url = {address!r}
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.allow_named_servers = True
c.JupyterHub.extra_handlers = extra_handlers()
c.JupyterHub.template_paths = [templates_folder()]
c.JupyterHub.services = [
    {{"name": "classhub", "api_token": {token!r}}},
    {{"name": "ta", "api_token": "the-ta-own-token-0123456789abcdef"}},
]
c.JupyterHub.load_roles = [
    {{"name": "classhub", "services": ["classhub"], "scopes": list(SCOPES)}},
    {{"name": "tas", "services": ["ta"], "scopes": ["admin:users"]}},
]
"""


class RunningHub:
    """`more` is appended to the configuration."""

    def __init__(self, folder: Path, more: str) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{free_port()}/"
        settings = CONFIG.format(here=str(HERE), address=self.address, token=TOKEN) + more
        (folder / "jupyterhub_config.py").write_text(settings)
        self.log = folder / "hub.log"
        self.api = HubApi(self.address, TOKEN)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        argv = [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"]
        env = {**os.environ, "JUPYTERHUB_CRYPT_KEY": "11" * 32}
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                argv, cwd=self.folder, env=env, stdout=log, stderr=log, start_new_session=True
            )
        eventually(self._answers, f"the hub did not start:\n{self.log}")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(self.log.read_text()[-3000:])
        try:
            return httpx2.get(f"{self.address}hub/health").status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> None:
        self.api.close()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def sql(self, statement: str, *values: object) -> list:
        with sqlite3.connect(self.folder / "jupyterhub.sqlite", timeout=60) as db:
            return db.execute(statement, values).fetchall()

    def browser(self, **headers: str) -> "Browser":
        return Browser(self.address, headers)

    def code(self, name: str, kind: str = "invitation") -> str:
        link = self.api.invite(name) if kind == "invitation" else self.api.enter_link(name)
        return link.url.partition("?code=")[2]

    def has_account(self, name: str, password: str) -> "Browser":
        """Somebody who came by an invitation, signed in."""
        browser = self.browser()
        done = browser.submit(browser.get(self.api.invite(name).url), password=password, again=password)
        assert done.status_code == 302, done.text
        return browser


class Browser:
    """Keeps cookies, follows nothing by itself. Each comes, as through Caddy, from an address of its own, so that brakes do not add up."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        place = ".".join(str(random.randint(1, 254)) for _ in range(3))
        headers = {"X-Forwarded-For": f"10.{place}", "User-Agent": "test", **headers}
        self.client = httpx2.Client(base_url=address, headers=headers, timeout=60, trust_env=False)

    def get(self, url: str) -> httpx2.Response:
        return self.client.get(url)

    def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """To the end of the redirects."""
        while answer.is_redirect:
            answer = self.client.get(answer.next_request.url)
        return answer

    def submit(self, page: httpx2.Response, number: int = -1, **fields: str) -> httpx2.Response:
        """Fill in a form of the page (the last, if not told otherwise) and send it."""
        form = re.findall(r"<form.*?</form>", page.text, re.S)[number]
        filled = {**hidden(form), **fields}
        action = re.search(r'action=["\']([^"\']*)', form)[1]
        return self.client.post(unescape(action), data=filled)

    def log_in(self, name: str, password: str, after: str = "") -> httpx2.Response:
        page = self.get(f"hub/login{after}")
        return self.submit(page, username=name, password=password)

    def name(self) -> str:
        """Who the hub takes this browser for; empty for nobody."""
        page = self.get("hub/home")
        found = re.search(r'user: "([^"]*)"', page.text)
        return found[1] if page.status_code == 200 and found else ""


def hidden(form: str) -> dict[str, str]:
    """Names and values of the hidden fields."""
    found = {}
    for field in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form):
        found[re.search(r'name="([^"]*)"', field)[1]] = unescape(re.search(r'value="([^"]*)"', field)[1])
    return found


def words(answer: httpx2.Response) -> str:
    """The page as one line of plain text."""
    body = re.sub(r"<(script|style).*?</\1>", "", answer.text[answer.text.find("<body") :], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def eventually(check, why: str = "", within_s: float = 120) -> None:
    end = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < end, why or check
        time.sleep(0.05)

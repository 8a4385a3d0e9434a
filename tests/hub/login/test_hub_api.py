"""HubApi against a real hub: every call, and a sentence for everything that goes wrong."""

import http.server
import socket
import subprocess
import sys
import threading
import traceback

import httpx2
import pytest

from classhub.errors import NotFound, OutsideFailed, Refused
from classhub.outside.hub_api import HubApi
from doubles.ports import free_port
from hub.login.running import TOKEN, eventually

CONFIG = """
c.JupyterHub.authenticator_class = StandInAuthenticator
c.StandInAuthenticator.admin_users = {"instructor"}
c.JupyterHub.api_page_max_limit = 50
"""
ODD_NAMES = ["alice@college.edu", "jane doe", "zoë.ünïcode", "a%2fb", "a?b#c&d=e", "x" * 70]


@pytest.fixture
def api(hub):
    return hub.api


def test_info_tells_versions(api):
    assert api.info()["version"].startswith("6.")


def test_users_come_page_by_page(hub, api):
    names = [f"student{number:03}" for number in range(120)]
    httpx2.post(
        f"{hub.address}hub/api/users",
        json={"usernames": names},
        headers={"Authorization": f"token {TOKEN}"},
        timeout=30,
    )
    found = [user["name"] for user in api.users()]
    assert len(found) == len(set(found))
    assert {*names, "instructor"} <= set(found)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_added_read_served_and_removed(api, name):
    assert api.add_user(name.upper() if "%" not in name else name)["name"] == name
    assert api.user(name)["name"] == name
    assert api.start_server(name) in (True, False)
    eventually(lambda: api.user(name)["servers"].get("", {}).get("ready"))
    assert api.start_server(name) is True
    api.start_server(name, "second")
    eventually(lambda: api.user(name)["servers"].get("second", {}).get("ready"))
    api.stop_server(name, "second", remove=True)
    eventually(lambda: "second" not in next(u for u in api.users(include_stopped=True) if u["name"] == name)["servers"])
    api.stop_server(name)
    api.remove_user(name)
    with pytest.raises(NotFound):
        api.user(name)


def test_adding_twice_is_refused(api):
    api.add_user("twice")
    with pytest.raises(Refused) as caught:
        api.add_user("Twice")
    assert "already exist" in caught.value.cause


@pytest.mark.parametrize("call", ["user", "remove_user", "start_server", "stop_server", "approve", "decline"])
@pytest.mark.parametrize("name", ["nobody.here", "..", ".", ""])
def test_an_unknown_name_is_not_found(api, call, name):
    with pytest.raises(NotFound):
        getattr(api, call)(name)


def test_links_are_whole_addresses(hub, api):
    for link in (api.invite("Linked"), api.enter_link("Linked")):
        assert link.name == "linked"
        assert link.url.startswith(f"{hub.address}hub/")
        assert httpx2.get(link.url, timeout=60).status_code == 200


def test_a_token_has_at_most_the_users_own_rights(hub, api):
    api.add_user("tokens")
    token = api.mint_token("tokens", expires_in_s=60, note="a test")
    own = HubApi(hub.address, token)
    assert own.user("tokens")["name"] == "tokens"
    with pytest.raises(Refused):
        own.users()
    for more in ({"roles": ("admin",)}, {"scopes": ("admin:users",)}):
        with pytest.raises(Refused):
            api.mint_token("tokens", expires_in_s=60, **more)
    admin = HubApi(hub.address, api.mint_token("instructor", expires_in_s=60, roles=("admin",)))
    assert admin.users()
    less = HubApi(hub.address, api.mint_token("instructor", expires_in_s=60, scopes=("read:hub",)))
    assert less.info()
    with pytest.raises(Refused):
        less.users()


def test_a_wrong_token_is_refused_and_never_shown(hub):
    secret = "very-secret-token-0123456789"
    api = HubApi(hub.address, secret)
    with pytest.raises(Refused) as caught:
        api.users()
    shown = "".join(traceback.format_exception(caught.value)) + repr(api) + repr(vars(caught.value))
    assert secret not in shown
    assert "does not allow" in caught.value.what


def test_nothing_there_is_said():
    with pytest.raises(OutsideFailed, match=r"Nothing answers at http://127\.0\.0\.1:"):
        HubApi(f"http://127.0.0.1:{free_port()}", "t").users()


def test_no_answer_in_time_is_said():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with pytest.raises(OutsideFailed, match=r"did not answer within 0\.2 s"):
            HubApi(f"http://127.0.0.1:{deaf.getsockname()[1]}", "t", timeout_s=0.2).invite("a")


@pytest.mark.parametrize("address", ["not an address", "http://", "ftp://127.0.0.1/", "http://[::1"])
def test_an_address_that_is_none_is_said(address):
    with pytest.raises(OutsideFailed):
        HubApi(address, "t").users()


class Answers(http.server.BaseHTTPRequestHandler):
    """With the next of `answers`: (status, body, headers)."""

    answers: list
    seen: list

    def do_GET(self):
        self.seen.append(self.command)
        status, body, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def answering():
    """Make an HubApi whose hub gives these answers; the last one for ever."""
    servers = []

    def answering(*answers):
        handler = type("Handler", (Answers,), {"answers": list(answers), "seen": []})
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return HubApi(f"http://127.0.0.1:{servers[-1].server_port}/", "t"), handler.seen

    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


FULL = (200, b'{"items": [], "_pagination": {"next": null}}', {})


def test_what_may_be_repeated_is_repeated_within_bounds(answering):
    api, seen = answering((503, b"", {}), (502, b"", {}), FULL)
    assert api.users() == []
    assert len(seen) == 3
    api, seen = answering((503, b"", {}))
    with pytest.raises(OutsideFailed, match="failed with status 503"):
        api.users()
    assert len(seen) == 3


def test_what_makes_something_is_never_repeated(answering):
    api, seen = answering((503, b"", {}))
    with pytest.raises(OutsideFailed):
        api.invite("a")
    assert len(seen) == 1


def test_a_removal_whose_answer_was_lost_has_worked(answering):
    api, _ = answering((504, b"", {}), (404, b"{}", {}))
    api.remove_user("a")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((429, b'{"message": "slow down"}', {"Retry-After": "7"}), OutsideFailed, "Try again in 7 s"),
        ((500, b"<html>", {}), OutsideFailed, "classhub logs hub"),
        ((404, b"<html>", {}), NotFound, "no such user"),
        ((404, b'{"message": null}', {}), NotFound, "no such user, server or request.\nNext"),
        ((418, b"", {}), Refused, "does not accept"),
        ((302, b"", {"Location": "/login"}), OutsideFailed, "not a JupyterHub"),
        ((200, b"<html>hello</html>", {}), OutsideFailed, "not a JupyterHub"),
        ((409, b'["odd"]', {}), Refused, "as things are"),
    ],
)
def test_every_answer_has_its_sentence(answering, answer, kind, said):
    api, _ = answering(answer)
    with pytest.raises(kind) as caught:
        api.invite("a")
    assert said in str(caught.value)
    assert "None" not in str(caught.value)


def test_a_unix_socket_is_used_when_given(tmp_path):
    class Unix(socketserver_unix()):
        pass

    place = str(tmp_path / "hub.sock")
    server = Unix(
        place, type("Handler", (Answers,), {"answers": [FULL], "seen": [], "address_string": lambda self: ""})
    )
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        assert HubApi("http://hub.college.edu/", "t", socket=place).users() == []
    finally:
        server.shutdown()
        server.server_close()


def socketserver_unix():
    import socketserver

    return type("UnixServer", (socketserver.ThreadingMixIn, socketserver.UnixStreamServer), {"daemon_threads": True})


def test_importing_it_imports_no_http_client():
    code = "import sys, classhub.outside.hub_api; print([n for n in ('httpx2', 'ssl', 'http.client', 'jupyterhub') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

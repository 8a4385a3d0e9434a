"""Where the token goes."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest

from classhub.errors import NotHere
from classhub.outside.hub_api import HubApi
from classhub.outside.hub_servers import stop_all


class _Hub(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "6.0"}')

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture(params=["127.0.0.1", "127.0.0.7"])
def near(request):
    """Something that answers on the loopback."""
    server = HTTPServer((request.param, 0), _Hub)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://{request.param}:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_proxy_of_the_environment_never_sees_a_token_for_this_machine(near, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with HubApi("http://hub.college.edu/", "token", via=near) as api:
        assert api.info() == {"version": "6.0"}
        assert api.address == "http://hub.college.edu/"


def test_what_leads_to_the_hub_is_closed_with_the_api_and_once():
    closed = []
    with HubApi("http://127.0.0.1:1/", "token", closing=lambda: closed.append(True)) as api:
        assert not closed
    api.close()
    assert closed == [True]


def test_a_hub_without_our_pages_is_never_asked_for_them():
    with HubApi("http://127.0.0.1:1/", "token", has_pages=False) as api:
        assert api.spelling(" Jane.Doe ").name == "jane.doe"
        assert api.invitations() == api.requests() == []
        with pytest.raises(NotHere, match="no links"):
            api.invite("jane.doe")


class _Stops(BaseHTTPRequestHandler):
    """Everybody's server stops, but bob's; carol has none."""

    def do_DELETE(self):
        code = 400 if "/bob/" in self.path else 404 if "/carol/" in self.path else 204
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


def test_of_many_servers_those_that_do_not_stop_are_named_with_the_reason():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stops)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    people = [(name, "") for name in ("alice@college.edu", "bob", "carol")] + [
        (f"student-{n}", "gpu") for n in range(30)
    ]
    with HubApi(f"http://127.0.0.1:{server.server_port}/", "token") as api:
        left = stop_all(api, people)
    server.shutdown()
    server.server_close()
    assert list(left) == [("bob", "")] and "does not accept" in left[("bob", "")]
    assert stop_all(api, []) == {}


class _StopsSlowly(_Stops):
    """Says of each server that it still stops. Each look at the users finds one less, but dora's stays."""

    left = ("alice@college.edu", "carol", "dora")

    def do_DELETE(self):
        self._answer(202)

    def do_GET(self):
        type(self).left = self.left[1:] if len(self.left) > 1 else self.left
        users = [{"name": name, "servers": {"": {}}} for name in self.left]
        self._answer(200, json.dumps({"items": users, "_pagination": {"next": None}}).encode())

    def _answer(self, code, content=b""):
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def test_servers_that_take_their_time_to_stop_are_waited_for(monkeypatch):
    monkeypatch.setattr(_StopsSlowly, "left", _StopsSlowly.left)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _StopsSlowly)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    told = []
    people = [(name, "") for name in _StopsSlowly.left]
    with HubApi(f"http://127.0.0.1:{server.server_port}/", "token") as api:
        left = stop_all(api, people, told.append, patience_s=10, every_s=0.1)
    server.shutdown()
    server.server_close()
    assert left == {("dora", ""): "it is still stopping"}
    assert told == ["3 servers still stop.", "2 servers still stop.", "1 server still stops."]

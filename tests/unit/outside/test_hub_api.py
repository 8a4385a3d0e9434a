"""Where the token goes."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from classhub.outside.hub_api import HubApi


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

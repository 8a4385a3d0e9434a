"""A server of Git LFS gives bytes; it does not choose where else we ask, or for how long."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from classhub.outside import led, lfs

WANTED = lfs.Pointer("0" * 64, 1000)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    href = ""
    answer: Callable[[BaseHTTPRequestHandler], None]
    asked: list[str]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        action = {"href": self.server.href, "header": {"Host": "inner", "X-Key": "1"}}
        body = json.dumps({"objects": [{"actions": {"download": action}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.headers['Host']} {self.headers['X-Key']}")
        with suppress(OSError):
            self.server.answer(self)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), _Handler)
    made.asked = []
    made.href = f"http://127.0.0.1:{made.server_port}/film"
    Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def fetched(server: Server) -> bytes:
    with lfs.bytes_of(WANTED, f"http://127.0.0.1:{server.server_port}/r") as pieces:
        return b"".join(pieces)


def whole(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"x" * 1000)


def in_drops(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    _drip(handler, b"x")


def heads_in_drops(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler, b"x")


def _drip(handler: BaseHTTPRequestHandler, drop: bytes) -> None:
    for _ in range(600):
        handler.wfile.write(drop)
        handler.wfile.flush()
        time.sleep(0.1)


def test_a_server_of_an_inner_network_may_lead_to_itself_by_its_own_name(server: Server) -> None:
    server.answer = whole
    assert fetched(server) == b"x" * 1000
    assert server.asked == [f"127.0.0.1:{server.server_port} 1"]


@pytest.mark.parametrize("answer", [in_drops, heads_in_drops])
def test_who_sends_a_byte_now_and_then_is_cut_off(server: Server, monkeypatch: pytest.MonkeyPatch, answer) -> None:
    monkeypatch.setattr(lfs, "TOGETHER_S", 0.5)
    server.answer = answer
    began = time.monotonic()
    with pytest.raises(lfs.NotHad):
        fetched(server)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]", "[fe80::1]"])
def test_an_inner_address_is_not_asked(server: Server, host: str) -> None:
    server.href = f"http://{host}/latest"
    with pytest.raises(lfs.NotHad, match="inner address"):
        fetched(server)


def test_a_redirect_is_looked_at_as_well(server: Server) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer = elsewhere
    with pytest.raises(lfs.NotHad, match="inner address"):
        fetched(server)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://0.0.0.0/", "http://10.1.2.3/"]
)
def test_a_source_outside_leads_to_no_inner_address(url: str) -> None:
    with pytest.raises(led.Astray, match="inner address"):
        led.target(url, "http://93.184.216.34/course")


def test_a_source_of_https_leads_to_https_alone() -> None:
    with pytest.raises(led.Astray, match="away from https"):
        led.target("http://93.184.216.34/x", "https://93.184.216.34/course")


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(led.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.216.34", 0))])
    assert led.target("https://files.college.edu:8443/x?y", "https://git.college.edu/r") == (
        "https://93.184.216.34:8443/x?y",
        {"host": "files.college.edu:8443"},
        {"sni_hostname": "files.college.edu"},
    )

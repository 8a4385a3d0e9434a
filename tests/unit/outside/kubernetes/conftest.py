"""Something on the loopback that answers as an API server does, word for word as told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from classhub.outside.kubernetes import Cluster, calls

TOKEN = "the-token-of-alice"


class Api:
    """answers: what to say, in order; the last one again and again. asked: what came."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def say(self, body=None, code=200, cut=False, **headers):
        """body: an object, or lines; cut: the connection ends in the middle."""
        self.answers.append((code, headers, body, cut))
        return self

    def fail(self, code, message="", reason="", details=None, retry_after=None, **more):
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message}
        status |= {"reason": reason, "details": details or {}} | more
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return self.say(status, code, **headers)

    def _handler(api):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                split = urlsplit(self.path)
                sent = json.loads(self.rfile.read(length) or b"null")
                api.asked.append((self.command, split.path, parse_qs(split.query), sent, dict(self.headers)))
                code, headers, body, cut = api.answers.pop(0) if len(api.answers) > 1 else api.answers[0]
                text = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(text) + (10 if cut else 0)))
                self.end_headers()
                self.wfile.write(text)
                self.close_connection = cut or self.close_connection

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer

            def log_message(self, *_):
                """Quiet."""

        return Handler


@pytest.fixture
def api():
    running = Api()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def kubeconfig(tmp_path):
    """Writes a kubeconfig with one context, `class`."""

    def write(server, user=None, cluster=None, name="config"):
        path = tmp_path / name
        path.write_text(
            json.dumps(
                {
                    "current-context": "class",
                    "contexts": [{"name": "class", "context": {"cluster": "class", "user": "admin"}}],
                    "clusters": [{"name": "class", "cluster": {"server": server, **(cluster or {})}}],
                    "users": [{"name": "admin", "user": user if user is not None else {"token": TOKEN}}],
                }
            )
        )
        return path

    return write


@pytest.fixture
def cluster(api, kubeconfig, monkeypatch):
    """The namespace jhub of the cluster that `api` is. Pauses are short."""
    monkeypatch.setattr(calls, "WAITS_S", (0, 0.01, 0.01))
    with Cluster.connect("jhub", kubeconfig=kubeconfig(api.address)) as cluster:
        yield cluster

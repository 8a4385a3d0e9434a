"""A git server over HTTP on loopback: git's own http-backend behind a small server, open or with a name and token."""

import base64
import os
import secrets
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, TOKEN = "x-access-token", f"canary-token-{secrets.token_hex(8)}"
"""Of this process: who looks for it among all programs of the machine must not find that of another worker's test."""


class Server(ThreadingHTTPServer):
    """`token`: what must be shown, "" for nothing. `asked`: method and path of each request, with whether a token came.

    `moved`: an address that everything leads to. `lfs`: digest -> bytes.
    """

    daemon_threads = True

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.token = ""
        self.moved = ""
        self.files: dict[str, bytes] = {}
        self.lfs: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _answer(self, body: bytes) -> None:
        shown = self.headers.get("authorization", "")
        self.server.asked.append((self.command, self.path, shown))
        if self.server.moved:
            self._say(302, b"", {"location": self.server.moved + self.path})
        elif self.server.token and not self._may_enter(shown):
            self._say(401, b"who are you?", {"www-authenticate": 'Basic realm="git"'})
        elif self.path in self.server.files:
            self._file(self.server.files[self.path])
        elif self.path.endswith("/info/lfs/objects/batch"):
            self._batch(body)
        elif self.path.startswith("/lfs/"):
            self._say(200, self.server.lfs[self.path.removeprefix("/lfs/")])
        else:
            self._git(body)

    def _may_enter(self, shown: str) -> bool:
        basic = base64.b64encode(f"{USER}:{self.server.token}".encode()).decode()
        return shown in (f"Basic {basic}", f"Bearer {self.server.token}") or self.path.startswith("/lfs/")

    def _file(self, data: bytes) -> None:
        tag = f'"{hash(data)}"'
        if self.headers.get("if-none-match") == tag:
            self._say(304, b"")
        else:
            self._say(200, data, {"etag": tag})

    def _batch(self, body: bytes) -> None:
        import json

        (wanted,) = json.loads(body)["objects"]
        has = wanted["oid"] in self.server.lfs
        action = {"actions": {"download": {"href": f"{self.server.address}/lfs/{wanted['oid']}"}}}
        answer = {**wanted, **(action if has else {"error": {"code": 404, "message": "no"}})}
        self._say(200, json.dumps({"objects": [answer]}).encode())

    def _say(self, code: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in {"content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _git(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
        }
        out = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=False).stdout
        head, _, data = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self._say(int(headers.pop("Status", "200").split()[0]), data, headers)


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    server = Server(root)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

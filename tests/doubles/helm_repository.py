"""A Helm repository on the loopback: a real HTTP server whose charts are packed here, and which can fail in the known ways."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def packed(version: str = "4.4.0", files: Mapping[str, str] | None = None, name: str = "jupyterhub") -> bytes:
    """A tiny chart as `helm package` writes it. files: by their paths in the chart, over a Chart.yaml and values.yaml."""
    whole = {
        "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '5.5.0'\n",
        "values.yaml": "{}\n",
        **(files or {}),
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in whole.items():
            data = text.encode()
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


Answer = Callable[[BaseHTTPRequestHandler], None]


class Repository:
    """charts: version to package. answers: path to what is done there in place of the ordinary. asked: paths, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.charts: dict[str, bytes] = {"4.4.0": packed("4.4.0")}
        self.digests: dict[str, str] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def index(self) -> bytes:
        lines = ["apiVersion: v1", "entries:", "  jupyterhub:"]
        for version, data in self.charts.items():
            digest = self.digests.get(version, hashlib.sha256(data).hexdigest())
            lines += [
                f"  - version: {version}",
                f"    digest: {digest}",
                "    urls:",
                f"    - jupyterhub-{version}.tgz",
            ]
        return "\n".join(lines).encode()

    def body(self, path: str) -> bytes | None:
        if path == "/charts/index.yaml":
            return self.index()
        return self.charts.get(path.removeprefix("/charts/jupyterhub-").removesuffix(".tgz"))


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def helm_repository() -> Iterator[Repository]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            if answer := found.answers.get(self.path):
                return answer(self)
            body = found.body(self.path)
            return reply(self, 404) if body is None else reply(self, 200, body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Repository(f"http://127.0.0.1:{server.server_port}/charts/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

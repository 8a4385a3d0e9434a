"""A student at work, without a browser: starts a server, runs cells in a kernel, keeps its cookie-free token."""

import asyncio
import json
import time
import uuid

import httpx2
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from classhub.outside.hub_api import HubApi


class Student:
    """Talks to the public address only, as a browser does."""

    def __init__(self, api: HubApi, address: str, name: str) -> None:
        self.api, self.address, self.name = api, address.rstrip("/"), name
        self.token = ""
        self.kernel = ""

    @property
    def url(self) -> str:
        return f"{self.address}/user/{self.name}"

    def start(self, timeout_s: float = 300) -> None:
        """Known to the hub, server ready, a token that may enter it."""
        if self.name not in {user["name"] for user in self.api.users()}:
            self.api.add_user(self.name)
        self.token = self.api.mint_token(self.name, expires_in_s=3600)
        self.api.start_server(self.name)
        self.wait_ready(timeout_s)

    def wait_ready(self, timeout_s: float = 300) -> None:
        eventually(lambda: self.api.user(self.name)["servers"].get("", {}).get("ready"), timeout_s)

    def get(self, path: str, **more):
        return self.request("GET", path, **more)

    def request(self, method: str, path: str, **more):
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.request(method, f"{self.url}{path}", headers=headers, timeout=120, **more)

    def start_kernel(self) -> str:
        answer = self.request("POST", "/api/kernels", json={"name": "python3"})
        answer.raise_for_status()
        self.kernel = answer.json()["id"]
        return self.kernel

    def run(self, code: str, timeout_s: float = 180) -> str:
        """What the cell prints (or its error)."""
        return asyncio.run(asyncio.wait_for(self._run(code), timeout_s))

    async def _run(self, code: str) -> str:
        url = f"{self.url.replace('http', 'ws', 1)}/api/kernels/{self.kernel}/channels"
        headers = {"Authorization": f"Bearer {self.token}"}
        socket = await websocket_connect(HTTPRequest(url, headers=headers, connect_timeout=120, request_timeout=120))
        message = uuid.uuid4().hex
        header = {
            "msg_id": message,
            "msg_type": "execute_request",
            "username": "",
            "session": uuid.uuid4().hex,
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        await socket.write_message(
            json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
        )
        out = ""
        while True:
            reply = json.loads(await socket.read_message())
            if reply["parent_header"].get("msg_id") != message:
                continue
            kind, content = reply["header"]["msg_type"], reply["content"]
            if kind == "stream":
                out += content["text"]
            elif kind == "error":
                out += "\n".join(content["traceback"])
            elif kind == "status" and content["execution_state"] == "idle":
                socket.close()
                return out


def eventually(check, timeout_s: float = 120, every_s: float = 0.1):
    """The first true answer of `check`; fails with the last answer when there is none in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            answer = check()
        except (httpx2.HTTPError, OSError) as error:
            answer = None
            last: object = error
        else:
            last = answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {timeout_s} s; last: {last!r}"
        time.sleep(every_s)

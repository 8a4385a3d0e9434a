"""A loopback OAuth identity provider (authorize, token, userinfo), honest about codes, PKCE and the client secret.

What it does is set per test: `account` is who sits at the browser, `mood` how the provider behaves.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit


class Mood(Enum):
    WELL = "well"
    CANCELLED = "cancelled"  # the person clicks Cancel
    EXPIRED = "expired"  # the code is refused: invalid_grant
    FAILING = "failing"  # 503 from token and userinfo
    BROKEN = "broken"  # hangs up in the middle
    NONSENSE = "nonsense"  # answers 200 with a page instead of JSON


@dataclass
class Account:
    email: str | None = "alice@college.edu"
    hd: str | None = "college.edu"
    verified: bool | None = True

    def userinfo(self) -> dict[str, Any]:
        """As Google's oauth2/v1/userinfo; what is None is left out."""
        said = {"id": "1", "email": self.email, "hd": self.hd, "verified_email": self.verified}
        return {key: value for key, value in said.items() if value is not None}


@dataclass
class IdP:
    """Use with `with`. The secret that the hub must present is `secret`."""

    client_id: str = "hub-client"
    secret: str = "right secret"
    account: Account = field(default_factory=Account)
    mood: Mood = Mood.WELL
    asked: list[dict[str, str]] = field(default_factory=list)
    """The query of every visit to authorize."""

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, Account] = {}
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Also again after stop(), on the same port."""
        handler = type("Handler", (_Handler,), {"idp": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Nothing answers any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def be_well(self) -> None:
        """As it was made."""
        self.account, self.mood = Account(), Mood.WELL
        self.asked.clear()

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.asked.append(query)
        said = {"state": query["state"]}
        if self.mood is Mood.CANCELLED:
            return f"{query['redirect_uri']}?{urlencode({**said, 'error': 'access_denied'})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({**said, 'code': code})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, str]]:
        """RFC 6749, 4.1.3 and 5.2; a code works once."""
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.secret):
            return 401, {"error": "invalid_client", "error_description": "Unauthorized"}
        given = self._codes.pop(form.get("code", ""), None)
        if given is None or self.mood is Mood.EXPIRED or given["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "Bad Request"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != given.get("code_challenge"):
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        token = secrets.token_urlsafe(16)
        self._tokens[token] = self.account
        return 200, {"access_token": token, "token_type": "Bearer"}

    def userinfo(self, authorization: str) -> tuple[int, dict[str, Any]]:
        account = self._tokens.get(authorization.removeprefix("Bearer "))
        return (401, {"error": "invalid_token"}) if account is None else (200, account.userinfo())


class _Handler(BaseHTTPRequestHandler):
    idp: IdP

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.idp.authorize(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path == "/userinfo":
            self._say(*self.idp.userinfo(self.headers.get("Authorization", "")))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._say(*self.idp.token({key: values[0] for key, values in parse_qs(body).items()}))

    def _say(self, status: int, said: dict[str, Any]) -> None:
        mood = self.idp.mood
        if mood is Mood.BROKEN:
            self.close_connection = True
            self.connection.close()
            return
        body = b"<html>hello</html>" if mood is Mood.NONSENSE else json.dumps(said).encode()
        self.send_response(503 if mood is Mood.FAILING else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

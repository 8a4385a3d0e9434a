"""One kept connection to a mirror, on which every wait ends: for a name, a connection, a first byte, and enough bytes.

No proxy is used, no redirect followed, nothing unpacked, and nothing that the other side says is repeated: it knows the
token. Every failure is source.Offline. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classhub.materials import patience
from classhub.materials.patience import Patient, TooSlow, connected
from classhub.materials.source import Offline

if TYPE_CHECKING:
    Token = str | Callable[[], str]

BROKEN = (OSError, http.client.HTTPException, ValueError)
PIECE = 1 << 18


class Answer:
    """Of one request; to be read to its end before the next, or the connection is given up."""

    def __init__(self, raw: http.client.HTTPResponse, place: str) -> None:
        self._raw = raw
        self._place = place
        self.status = raw.status

    def header(self, name: str) -> str:
        return self._raw.headers.get(name, "")

    def is_at_end(self) -> bool:
        return self._raw.isclosed()

    def line(self, most: int) -> bytes:
        return self._read(self._raw.readline, most)

    def some(self, most: int) -> bytes:
        """As much as there is, at least one byte; empty only at the end."""
        return self._read(self._raw.read1, most)

    def whole(self, most: int) -> bytes:
        """Raises Offline, also for more bytes than that."""
        found: list[bytes] = []
        size = 0
        while size <= most:
            piece = self.some(PIECE)
            if not piece:
                self.end()
                return b"".join(found)
            found.append(piece)
            size += len(piece)
        raise Offline(f"{self._place} sends more than it can mean.")

    def pass_over(self, most: int) -> None:
        """Read what nobody needs, so that the connection is free; what is longer is left unread, and costs the connection."""
        while most > 0:
            piece = self.some(min(most, PIECE))
            if not piece:
                return self.end()
            most -= len(piece)

    def end(self) -> None:
        """All was read that was wanted; only the end itself makes the connection free for the next request."""
        if self._raw.length or self._read(self._raw.read, 1):
            raise Offline(f"{self._place} sent less than it said, or more than was asked for.")

    def _read(self, read: Callable[[int], bytes], most: int) -> bytes:
        try:
            return read(most)
        except BROKEN as error:
            raise Offline(_words(error, self._place)) from None


class Connection:
    """url: of the mirror, http or https, with its base path."""

    def __init__(self, url: str, token: Token) -> None:
        self._url = url
        self._token = token
        self._http: http.client.HTTPConnection | None = None
        self._socket: Patient | None = None
        self._answer: Answer | None = None

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, whole_s: float | None = None, **more: str
    ) -> Answer:
        """With any status. more: headers. whole_s: for all of the answer (WHOLE_S); `go_on` begins anew. Raises Offline."""
        headers = {**self._shown(), "Accept-Encoding": "identity", "User-Agent": "classhub"}
        headers.update({name.replace("_", "-"): value for name, value in more.items()})
        if self._answer is not None and not self._answer.is_at_end():
            self.close()
        while True:
            is_first = self._http is None
            try:
                return self._asked(method, path, body, headers, patience.WHOLE_S if whole_s is None else whole_s)
            except BROKEN as error:
                self.close()
                # The other side may have closed a connection that lay idle: that says nothing about it.
                if is_first or isinstance(error, TooSlow):
                    raise Offline(_words(error, self.place)) from None

    def go_on(self) -> None:
        """The answer's head is there; its body may take as long as bytes come."""
        if self._socket is not None:
            self._socket.patience.expect(float("inf"))

    def close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.end()
        self._http = self._socket = self._answer = None

    @property
    def place(self) -> str:
        """For a person: without name, password and question that an address may hold."""
        try:
            parts = urlsplit(self._url)
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        except ValueError:
            return "the address of the material"

    def _shown(self) -> dict[str, str]:
        """Without a token nothing is shown: a mirror of this machine alone asks for none, every other one refuses."""
        try:
            token = self._token() if callable(self._token) else self._token
        except Exception:  # noqa: BLE001 (whatever it is, its text may hold the token)
            token = " "
        if token == "":
            return {}
        if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
            raise Offline("This server has no token for the material that can be used.")
        return {"Authorization": f"token {token}"}

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], whole_s: float) -> Answer:
        if self._http is None or self._socket is None:
            self._http, self._socket = self._opened()
        self._socket.patience.expect(whole_s)
        self._http.request(method, urlsplit(self._url).path.rstrip("/") + path, body=body, headers=dict(headers))
        raw = self._http.getresponse()
        if raw.headers.get("Content-Encoding", "identity") != "identity":
            raise http.client.HTTPException
        self._answer = Answer(raw, self.place)
        return self._answer

    def _opened(self) -> tuple[http.client.HTTPConnection, Patient]:
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.query:
            raise Offline(f"{self.place} is no address of a mirror: http(s)://HOST[:PORT][/PATH].")
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        patient = connected(parts.hostname, port, is_secure)
        spoken = http.client.HTTPConnection(parts.hostname, port)
        spoken.sock = patient
        spoken.auto_open = 0  # without our patience
        return spoken, patient


def _words(error: BaseException, place: str) -> str:
    if isinstance(error, TooSlow):
        return f"{place} does not answer in time."
    if isinstance(error, socket.gaierror):
        return f"{place} cannot be found by its name."
    if isinstance(error, ssl.SSLError):
        return f"{place} shows no certificate that is trusted here."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing answers at {place}."
    if isinstance(error, OSError):
        return f"{place} cannot be reached, or broke off."
    return f"{place} does not answer as a mirror does, or broke off."

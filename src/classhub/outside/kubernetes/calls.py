"""Requests to one API server: counted, with a timeout, repeated where that is safe, failures in words."""

import contextlib
import gc
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from classhub.errors import ClasshubError
from classhub.outside.kubernetes import silence
from classhub.outside.kubernetes.answer import Answer
from classhub.outside.kubernetes.call import Call, Object
from classhub.outside.kubernetes.failures import failure
from classhub.outside.kubernetes.kubeconfig import Access

if TYPE_CHECKING:
    import httpx2

WAITS_S = (0.2, 0.8, 2)
"""Pauses before the next tries of a call that may be repeated."""
BUSY_S = 20
"""How long all waits together may be that the server asks for (429, Retry-After)."""
QUIET_S = 30
"""The longest silence of a server in a call that does not say so itself."""
GONE_FOR_NOW = (502, 503, 504)


class Calls:
    """One client of one API server, opened at the first request. Several threads may use it."""

    def __init__(self, access: Access, connect_s: float = 5) -> None:
        self.access = access
        self.requests = 0
        self._connect_s = connect_s
        self._client: httpx2.Client | None = None

    def close(self) -> None:
        """Close connections; another call opens them again."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def json(self, call: Call) -> Object:
        """The whole answer."""
        import msgspec

        with self.answer(call) as answer:
            try:
                with _no_collection():
                    found: Object = msgspec.json.decode(answer.content) if answer.content else {}
            except msgspec.DecodeError as error:
                raise silence.no_cluster(self.access.server) from error
        return found

    @contextlib.contextmanager
    def answer(self, call: Call) -> "Iterator[httpx2.Response]":
        """A good answer, or 101: its connection speaks another protocol now. What breaks off within it is told in words."""
        import httpx2

        answer = self._tried(call)
        try:
            yield answer
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise silence.no_answer(error, self.access.server, call.quiet_s or QUIET_S) from error
        finally:
            answer.close()

    def _tried(self, call: Call) -> "httpx2.Response":
        """Sent until there is an answer that counts, or no more reason to hope."""
        import httpx2

        waits, busy_s = iter(WAITS_S), float(BUSY_S)
        while True:
            try:
                answer = self._send(call)
            except httpx2.TransportError as error:
                may = call.may_repeat or isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)  # never sent
                wait_s = next(waits, None) if may and not silence.is_hopeless(error) else None
                if wait_s is None:
                    raise silence.no_answer(error, self.access.server, call.quiet_s or QUIET_S) from error
            else:
                if answer.is_success or answer.status_code == 101:
                    return answer
                asked_s = _asked_s(answer)
                if answer.status_code == 429:
                    wait_s, busy_s = (asked_s if asked_s <= busy_s else None), busy_s - max(asked_s, 0.5)
                else:
                    wait_s = next(waits, None) if call.may_repeat and answer.status_code in GONE_FOR_NOW else None
                if wait_s is None:
                    raise self._failure(call, answer)
            time.sleep(wait_s)

    def _send(self, call: Call) -> "httpx2.Response":
        import httpx2
        import msgspec

        if self._client is None:
            from classhub.outside.kubernetes import login

            self._client = login.client(self.access)
        content = None if call.body is None else msgspec.json.encode(call.body)
        request = self._client.build_request(
            call.method,
            call.path,
            params=dict(call.query),
            content=content,
            headers={"Content-Type": "application/json", **call.headers},
            extensions={"sni_hostname": named} if (named := self.access.cluster.get("tls-server-name")) else {},
            timeout=httpx2.Timeout(QUIET_S, connect=self._connect_s, read=call.quiet_s or QUIET_S),
        )
        self.requests += 1
        answer = self._client.send(request, stream=True)
        if answer.status_code != 101 and (call.is_whole or not answer.is_success):
            try:
                answer.read()  # part of the try: what is cut here may be asked for again
            finally:
                answer.close()
        return answer

    def _failure(self, call: Call, answer: "httpx2.Response") -> ClasshubError:
        return self.told(call, answer.content, answer.status_code, _asked_s(answer))

    def told(self, call: Call, text: bytes, code: int = 0, retry_s: float = 0) -> ClasshubError:
        """A Status object in words; code: the HTTP status, else the one that it names."""
        import msgspec

        try:
            status = msgspec.json.decode(text)
        except msgspec.DecodeError:
            status = None
        said = status if isinstance(status, dict) and status.get("kind") == "Status" else {}
        return failure(Answer(code or int(said.get("code") or 500), said, call, self.access, retry_s))


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """A page of 500 objects is thousands of small dicts and no garbage: looking for some doubles the time (35 ms, not 15)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _asked_s(answer: "httpx2.Response") -> float:
    """How long the server wants us to wait."""
    try:
        return max(0.0, float(answer.headers.get("Retry-After", 1)))
    except ValueError:
        return 1.0

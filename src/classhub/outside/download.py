"""Bytes of an address: whole, within a size and a time, in a few tries."""

import time
from collections.abc import Mapping
from io import BytesIO
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

SILENCE_S = 15.0
"""The longest pause in an answer."""
TOGETHER_S = 120.0
"""The longest whole answer: whoever sends a byte now and then is never silent."""
WAITS_S = (0.5, 2.0)
"""Pauses before the second and the third try."""
REDIRECTS = 5


class Undelivered(Exception):
    """Says why in half a sentence. code: the HTTP status of an answer that is none of what was asked, else 0."""

    def __init__(self, why: str, code: int = 0) -> None:
        super().__init__(why)
        self.code = code


class _Again(Undelivered):
    """Another try may help."""


def download(url: str, largest: int) -> bytes:
    """Raises Undelivered. Redirects are followed, but never from https to http."""
    into = BytesIO()
    download_new(url, largest, into)
    return into.getvalue()


def download_new(
    url: str, largest: int, into: IO[bytes], known: Mapping[str, str] | None = None, token: str = ""
) -> dict[str, str] | None:
    """Into a file; None if it is what was known. Gives what to know the next time. Raises Undelivered.

    token: shown to this host alone, not to one that it leads to.
    """
    headers = {_ASKED[name]: value for name, value in (known or {}).items() if name in _ASKED}
    if token:
        headers["authorization"] = f"Bearer {token}"
    for wait_s in WAITS_S:
        try:
            return _once(url, largest, into, headers)
        except _Again:
            time.sleep(wait_s)
    return _once(url, largest, into, headers)


_ASKED = {"etag": "if-none-match", "last-modified": "if-modified-since"}


def _once(url: str, largest: int, into: IO[bytes], headers: Mapping[str, str]) -> dict[str, str] | None:
    import httpx2

    into.seek(0)
    into.truncate()
    try:
        with (
            httpx2.Client(follow_redirects=True, max_redirects=REDIRECTS, timeout=SILENCE_S) as client,
            client.stream("GET", url, headers=dict(headers)) as answer,
        ):
            if answer.status_code == 304:
                return None
            _acceptable(url, answer)
            _all(answer, largest, into)
            return {name: answer.headers[name] for name in _ASKED if name in answer.headers}
    except httpx2.TimeoutException as error:
        raise _Again(f"no answer came within {SILENCE_S:g} s") from error
    except httpx2.TooManyRedirects as error:
        raise Undelivered(f"it leads on and on, more than {REDIRECTS} times") from error
    except httpx2.ConnectError as error:
        raise _Again(f"no connection: {error}") from error
    except httpx2.TransportError as error:
        raise _Again("the transfer broke off before its end") from error
    except (httpx2.DecodingError, httpx2.InvalidURL, ValueError) as error:
        raise Undelivered(f"it is no address to fetch from, or its answer is garbled: {error}") from error


def _acceptable(url: str, answer: "httpx2.Response") -> None:
    hops = [url, *(str(one.url) for one in answer.history[1:]), str(answer.url)]
    if url.startswith("https:") and any(urlsplit(hop).scheme != "https" for hop in hops):
        raise Undelivered("it leads away from https, where anybody could change what comes")
    code = answer.status_code
    if code >= 500 or code == 429:
        raise _Again(f"the server answers with status {code}", code)
    if code != 200:
        raise Undelivered(f"the server answers with status {code}", code)


def _all(answer: "httpx2.Response", largest: int, into: IO[bytes]) -> None:
    until = time.monotonic() + TOGETHER_S
    size = 0
    for piece in answer.iter_bytes():
        into.write(piece)
        size += len(piece)
        if size > largest:
            raise Undelivered(f"it has more than {largest:,} bytes")
        if time.monotonic() > until:
            raise Undelivered(f"it did not come to its end within {TOGETHER_S:g} s")

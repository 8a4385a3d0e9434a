"""Bytes of an address: whole, within a size and a time, in a few tries."""

import time
from typing import TYPE_CHECKING
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
    for wait_s in WAITS_S:
        try:
            return _once(url, largest)
        except _Again:
            time.sleep(wait_s)
    return _once(url, largest)


def _once(url: str, largest: int) -> bytes:
    import httpx2

    try:
        with (
            httpx2.Client(follow_redirects=True, max_redirects=REDIRECTS, timeout=SILENCE_S) as client,
            client.stream("GET", url) as answer,
        ):
            _acceptable(url, answer)
            return _all(answer, largest)
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


def _all(answer: "httpx2.Response", largest: int) -> bytes:
    until = time.monotonic() + TOGETHER_S
    data = bytearray()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > largest:
            raise Undelivered(f"it has more than {largest:,} bytes")
        if time.monotonic() > until:
            raise Undelivered(f"it did not come to its end within {TOGETHER_S:g} s")
    return bytes(data)

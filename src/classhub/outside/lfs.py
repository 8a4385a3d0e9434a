"""Git LFS: the bytes that a pointer in a repository stands for, asked of the server that has them."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from classhub.outside import led
from classhub.outside.download import TOGETHER_S

if TYPE_CHECKING:
    import httpx2

SILENCE_S = 15.0
LARGEST = 2 << 30
LONGEST_POINTER = 1024
LONGEST_ANSWER = 1 << 20
HOPS = 4
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n"
)
_TYPE = "application/vnd.git-lfs+json"


class NotHad(Exception):
    """Half a sentence, without secrets."""


@dataclass(frozen=True)
class Pointer:
    digest: str
    """SHA-256 of the bytes it stands for."""
    size: int


def pointer(data: bytes) -> Pointer | None:
    """None for what is none."""
    found = _POINTER.fullmatch(data) if len(data) < LONGEST_POINTER else None
    return Pointer(found[1].decode(), int(found[2])) if found else None


@contextmanager
def bytes_of(wanted: Pointer, address: str, user: str = "", secret: str = "") -> Iterator[Iterator[bytes]]:
    """Raises NotHad. Whether these are the bytes is for the reader to see. address: of the repository, or a path."""
    if wanted.size > LARGEST:
        raise NotHad(f"it has more than {LARGEST:,} bytes")
    if address.startswith(("https://", "http://")):
        with _from_server(wanted, address, user, secret) as pieces:
            yield pieces
    elif address.startswith("/") or address.startswith("file://"):
        with _beside(wanted, Path(address.removeprefix("file://"))).open("rb") as file:
            yield iter(lambda: file.read(1 << 20), b"")
    else:
        raise NotHad("it can be fetched from https:// addresses only")


def _beside(wanted: Pointer, repository: Path) -> Path:
    """Where git-lfs keeps it in a repository of this machine."""
    inner = Path("lfs", "objects", wanted.digest[:2], wanted.digest[2:4], wanted.digest)
    for folder in (repository, repository / ".git"):
        if (folder / inner).is_file():
            return folder / inner
    raise NotHad("the repository does not hold it")


@contextmanager
def _from_server(wanted: Pointer, address: str, user: str, secret: str) -> Iterator[Iterator[bytes]]:
    import httpx2

    try:
        with (
            httpx2.Client(timeout=SILENCE_S) as client,
            led.within(TOGETHER_S) as trace,
        ):
            ask = _Asking(client, address, trace)
            action = _action(ask, wanted, address, _basic(user or "x-access-token", secret) if secret else {})
            # The host's own answer says how to ask the place where the bytes lie; our token is not for there.
            with ask("GET", action["href"], _headers(action)) as answer:
                if answer.status_code != 200:
                    raise NotHad(f"its server answers with status {answer.status_code}")
                yield answer.iter_bytes()
    except led.Astray as error:
        raise NotHad(f"its server's answer cannot be followed: {error}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise NotHad(f"its server does not give it ({type(error).__name__})") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise NotHad("its server's answer is garbled") from error


@dataclass(frozen=True)
class _Asking:
    """Each place that we are led to is looked at before it is asked."""

    client: "httpx2.Client"
    source: str
    trace: led.Trace

    @contextmanager
    def __call__(self, method: str, url: str, headers: dict[str, str], body: Any = None) -> "Iterator[httpx2.Response]":
        for _ in range(HOPS):
            place, more, extensions = led.target(url, self.source)
            with self.client.stream(
                method, place, headers={**headers, **more}, json=body, extensions={**extensions, "trace": self.trace}
            ) as answer:
                if answer.status_code not in (301, 302, 303, 307, 308):
                    yield answer
                    return
                before, url = url, urljoin(url, answer.headers["location"])
            if urlsplit(url)[:2] != urlsplit(before)[:2]:
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        raise NotHad("its server leads on and on")


def _headers(action: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (action.get("header") or {}).items() if name.lower() != "host"}


def _basic(user: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"}


def _action(ask: _Asking, wanted: Pointer, address: str, auth: dict[str, str]) -> dict[str, Any]:
    """How to download it, as the batch API says."""
    base = address.rstrip("/")
    url = f"{base if base.endswith('.git') else base + '.git'}/info/lfs/objects/batch"
    body = {
        "operation": "download",
        "transfers": ["basic"],
        "objects": [{"oid": wanted.digest, "size": wanted.size}],
    }
    with ask("POST", url, {"accept": _TYPE, "content-type": _TYPE, **auth}, body) as answer:
        if answer.status_code != 200:
            raise NotHad(f"its server answers with status {answer.status_code}")
        one = json.loads(_short(answer.iter_bytes()))["objects"][0]
    if "error" in one:
        raise NotHad("its server does not have it")
    found = one["actions"]["download"]
    if not isinstance(found, dict) or not isinstance(found["href"], str):
        raise TypeError(type(found).__name__)
    return found


def _short(pieces: Iterator[bytes]) -> bytes:
    found = b""
    for piece in pieces:
        found += piece
        if len(found) > LONGEST_ANSWER:
            raise ValueError(len(found))
    return found

"""Ask a page, as a browser would: does the hub answer where people type its address?"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from classhub.errors import OutsideFailed


@dataclass(frozen=True)
class Page:
    status: int
    hub_version: str
    """JupyterHub's own header; empty when something else answered."""
    json: Any = None
    """What the page says, where that is JSON."""


def get(url: str, *, timeout_s: float = 10) -> Page:
    """One try; redirects are followed. Raises OutsideFailed with the reason in words when there is no answer."""
    import httpx2

    host = urlsplit(url).hostname or ""
    near = host in ("localhost", "::1") or host.startswith("127.")
    try:
        answer = httpx2.get(url, timeout=timeout_s, follow_redirects=True, trust_env=not near)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise OutsideFailed(f"{url} does not answer.", _cause(error, timeout_s)) from error
    return Page(answer.status_code, answer.headers.get("X-JupyterHub-Version", ""), _json(answer))


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _cause(error: Exception, timeout_s: float) -> str:
    text = str(error)
    low = text.lower()
    if "certificate" in low:
        return f"its certificate is not trusted: {text}"
    if "name or service not known" in low or "nodename" in low or "name resolution" in low:
        return "its name leads nowhere: the DNS entry is missing"
    if "timeout" in type(error).__name__.lower():
        return f"nothing came within {timeout_s:g} s"
    return text or type(error).__name__

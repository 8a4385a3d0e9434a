"""The mirror of course material, as staff ask it. The token is in no message and no repr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from classhub.errors import NotFound, OutsideFailed, Refused

if TYPE_CHECKING:
    import httpx2

TIMEOUT_S = 30
LONG_S = 180
"""For what looks at a source: git has its own limit, and ends before."""


class MirrorApi:
    """url: as http://127.0.0.1:8000/services/material. Every call raises OutsideFailed, NotFound, Refused."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token

    def __repr__(self) -> str:
        return f"MirrorApi({self._url!r})"

    def courses(self) -> list[dict[str, Any]]:
        """Of all that this token may see: name, title, folder, release."""
        found: list[dict[str, Any]] = self._call("GET", "courses")["courses"]
        return found

    def status(self, course: str) -> dict[str, Any]:
        """release, published, source, mirror (its last look), students, never."""
        return self._call("GET", f"courses/{quote(course, safe='')}/status")

    def lint(self, course: str) -> dict[str, Any]:
        """release: the one that waits, else the one that is out; held: the one that waits; remarks."""
        return self._call("GET", f"courses/{quote(course, safe='')}/lint")

    def preview(self, course: str) -> dict[str, Any]:
        """from, to, new, changed, removed, students."""
        return self._call("GET", f"courses/{quote(course, safe='')}/preview", timeout_s=LONG_S)

    def publish(self, course: str, release: str = "") -> dict[str, Any]:
        """The release that waits, or this one; without one that waits the source is looked at. release, before."""
        path = f"courses/{quote(course, safe='')}/publish"
        return self._call("POST", path, body={"release": release}, timeout_s=LONG_S)

    def _call(self, method: str, path: str, body: Any = None, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        import httpx2

        try:
            answer = httpx2.request(
                method,
                f"{self._url}/{path}",
                json=body,
                headers={"Authorization": f"token {self._token}"},
                timeout=timeout_s,
                trust_env=False,
            )
        except httpx2.HTTPError as error:
            raise _silent(f"{type(error).__name__}") from None
        return _read(answer)


def _read(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = json.loads(answer.content)
        sentence = str(told.get("message", ""))
    except (ValueError, AttributeError):
        raise _silent(f"a page with status {answer.status_code}") from None
    if answer.status_code == 200:
        return dict(told)
    if answer.status_code in (401, 403):
        raise Refused(sentence, "only staff of a course may ask this", "sign in as an instructor, TA or admin")
    if answer.status_code == 404:
        raise NotFound(sentence, "", "see which there are: `classhub course list`")
    if answer.status_code in (400, 409):
        raise Refused(sentence)
    raise OutsideFailed(
        sentence or f"The mirror answered with status {answer.status_code}.", "", "classhub logs mirror"
    )


def _silent(why: str) -> OutsideFailed:
    return OutsideFailed("The mirror of course material does not answer.", why, "classhub status; classhub logs mirror")

"""What all pages of the service share: who asks, what a refusal looks like, what is logged. No token is in any of it."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from classhub.materials.mirror import access
from classhub.materials.mirror.access import Person
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.door import HubAway
from classhub.materials.mirror.shelf import Selection, Shelf

LOG = logging.getLogger("classhub.mirror")
STALLED_S = 60
"""After so long a reader that takes nothing is given up."""


class Denied(HTTPError):
    """With a sentence for whoever asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status)
        self.sentence = sentence


class Page(RequestHandler):
    desk: Desk
    etag: str | None = None
    person: Person | None = None

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def set_default_headers(self) -> None:
        self.set_header("Server", "classhub")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, no-cache")

    def compute_etag(self) -> str | None:
        return self.etag

    async def who(self) -> Person:
        """Of the token that is shown. Raises Denied."""
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        shown = token.strip() if kind.lower() in ("token", "bearer") else ""
        if self.desk.is_open:
            self._refuse_other_sites()
        try:
            self.person = await self.desk.door.person(shown) if shown or self.desk.is_open else None
        except HubAway:
            raise Denied(503, "The hub cannot be asked at the moment whose token this is.") from None
        if self.person is None:
            raise Denied(401, "The hub knows nobody with this token. Send one in the header Authorization: token ...")
        return self.person

    def _refuse_other_sites(self) -> None:
        """Where nobody shows a token, a page of some site in this person's browser must not ask in his name."""
        host = self.request.host_name
        if "Origin" in self.request.headers or not (host in ("localhost", "[::1]", "::1") or host.startswith("127.")):
            raise Denied(403, "This mirror answers programs of this machine only.")

    async def shelf(self, course: str, for_staff: bool = False) -> tuple[Shelf, Person]:
        """Of a course that whoever asks may see. Raises Denied."""
        person = await self.who()
        shelf = self.desk.shelves.get(course)
        if shelf is None:
            raise Denied(404, "There is no such course.")
        allowed = access.is_staff if for_staff else access.may_see
        if not allowed(shelf.course, person):
            raise Denied(403, f"This is for the {'staff' if for_staff else 'people'} of {course}.")
        return shelf, person

    async def selection(self, course: str) -> Selection:
        shelf, person = await self.shelf(course)
        found = shelf.selection(person)
        if found is None:
            raise Denied(404, f"Nothing of {course} is out yet.")
        return found

    def library_files(self, course: str) -> dict[str, Path]:
        """Of the course's library, by digest: whoever may see the course may have it."""
        told = self.desk.library(course)
        if not told:
            return {}
        return {packed[1]: Path(told["folder"], path) for path, packed in told["manifest"]["files"].items()}

    def body_json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Denied(400, "The body must be a JSON object.")
        return found

    def send(self, content: bytes, kind: str = "application/json") -> None:
        self.set_header("Content-Type", kind)
        self.write(content)

    async def send_pieces(self, pieces: Iterator[bytes]) -> None:
        """One piece in memory at a time, read in another thread. Content-Length has been set."""
        loop = asyncio.get_running_loop()
        try:
            while piece := await loop.run_in_executor(self.desk.readers, next, pieces, b""):
                self.write(piece)
                await asyncio.wait_for(self.flush(), STALLED_S)
        except StreamClosedError:
            return

    def write_error(self, status_code: int, **more: Any) -> None:
        error = more.get("exc_info", (None, None, None))[1]
        sentence = error.sentence if isinstance(error, Denied) else SENTENCES.get(status_code, "This failed here.")
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": sentence}))

    def log_exception(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Without the request, whose query may be a webhook's secret."""
        if not isinstance(error, HTTPError | StreamClosedError | OSError | TimeoutError):
            LOG.error("A bug of ours: %s", self.request.path, exc_info=(kind, error, trace))  # type: ignore[arg-type]


SENTENCES = {400: "This cannot be understood.", 404: "There is no such page.", 405: "This page knows no such method."}


class NoPage(Page):
    def prepare(self) -> None:
        raise Denied(404, SENTENCES[404])


def log_request(page: RequestHandler) -> None:
    """The path alone: a query may hold a webhook's secret, and a header holds a token."""
    status = page.get_status()
    level = logging.WARNING if status >= 500 else logging.INFO if status >= 400 else logging.DEBUG
    who = person.name if isinstance(page, Page) and (person := page.person) else "-"
    took_ms = 1000 * page.request.request_time()
    LOG.log(level, "%d %s %s %r %.0f ms", status, page.request.method, ascii(page.request.path)[1:-1], who, took_ms)

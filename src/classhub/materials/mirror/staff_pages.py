"""What staff ask: who has what, what the next release would do, and to let it out. And the source itself, by its webhook."""

import asyncio
import hmac
import json
from collections.abc import Awaitable
from hashlib import sha256
from typing import Any

from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.page import Denied, Page
from classhub.materials.mirror.results import standing
from classhub.materials.mirror.shelf import Shelf


class Status(Page):
    async def get(self, course: str) -> None:
        shelf, _ = await self.shelf(course, for_staff=True)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self.desk.readers, self._status, shelf)
        self.send(json.dumps(found).encode())

    def _status(self, shelf: Shelf) -> dict[str, Any]:
        out = shelf.store.current()
        release = out.release if out else ""
        students = [standing(one, release) for one in self.desk.results(shelf.course.name).all()]
        course = shelf.course
        named = set(course.students.names).union(*(section.students.names for section in course.sections))
        return {
            "classhub": 1,
            "course": course.name,
            "title": course.title,
            "release": release,
            "published": out.published if out else "",
            "source": out.source if out else "",
            "newest": next(reversed(shelf.store.names()), ""),
            "mirror": shelf.store.status(),
            "everyone": course.students.everyone,
            "students": students,
            "never": sorted(named - {one["name"] for one in students}),
        }


class Made(Page):
    """An answer of the publisher's."""

    async def send_made(self, made: Awaitable[dict[str, Any]]) -> None:
        try:
            self.send(json.dumps(await made).encode())
        except Refused as error:
            raise Denied(409, str(error)) from None


class Publish(Made):
    async def post(self, course: str) -> None:
        await self.shelf(course, for_staff=True)
        release = self.body_json().get("release", "")
        if not isinstance(release, str):
            raise Denied(400, "A release is named by a text.")
        await self.send_made(self.desk.publisher.publish(course, release))


class Preview(Made):
    async def get(self, course: str) -> None:
        await self.shelf(course, for_staff=True)
        await self.send_made(self.desk.publisher.preview(course))


class Lint(Made):
    async def get(self, course: str) -> None:
        await self.shelf(course, for_staff=True)
        await self.send_made(self.desk.publisher.lint(course))


class Hook(Page):
    """Anybody can ask; only who knows the course's secret is heard. Without a secret there is no such page."""

    async def post(self, course: str) -> None:
        shelf = self.desk.shelves.get(course)
        secret = _secret(shelf) if shelf else b""
        if not secret:
            raise Denied(404, "There is no such page.")
        if not any(hmac.compare_digest(shown, wanted) for shown, wanted in self._shown(secret)):
            raise Denied(403, "This is not the secret that was agreed on for this course.")
        self.desk.publisher.look_soon(course)
        self.set_status(202)

    def _shown(self, secret: bytes) -> list[tuple[bytes, bytes]]:
        """What came, and what should have come: as GitHub, as GitLab, and as those who can only be given an address."""
        headers = self.request.headers
        signed = b"sha256=" + hmac.new(secret, self.request.body, sha256).hexdigest().encode()
        return [
            (_raw(headers.get("X-Hub-Signature-256", "")), signed),
            (_raw(headers.get("X-Gitlab-Token", "")), secret),
            (_raw(self.get_query_argument("key", "", strip=False)), secret),
        ]


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _secret(shelf: Shelf) -> bytes:
    """Read anew each time: it can be changed without a restart."""
    path = shelf.course.source.hook if shelf.course.source else None
    try:
        return path.read_bytes().strip() if path else b""
    except OSError:
        return b""

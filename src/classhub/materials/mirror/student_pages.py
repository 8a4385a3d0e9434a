"""What a student's side asks: courses, what is out, its files, and where a report of a sync goes."""

import asyncio
import json
import re
import time
from datetime import UTC
from hashlib import sha256
from typing import Any

from classhub.materials import links
from classhub.materials.mirror import access, blob_stream
from classhub.materials.mirror.access import Person
from classhub.materials.mirror.blob_stream import Frame
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.page import Denied, Page
from classhub.materials.mirror.results import Unfit
from classhub.materials.mirror.settings import Course

MOST_ASKED = 5000
FIRST_S = 8.0
"""For the first release of a repository that somebody clicked on."""
LONGEST = 2000
BYTES = "application/octet-stream"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Courses(Page):
    """repository=KEY: and of that one, where the admin allows it."""

    async def get(self) -> None:
        person = await self.who()
        if repository := links.repository_key(self.get_query_argument("repository", "")[:LONGEST]):
            await self._join(repository, person)
        seen = [shelf for shelf in self.desk.shelves.values() if access.may_see(shelf.course, person)]
        found = [
            {
                **_named(shelf.course),
                "release": out.release if (out := self.desk.current(shelf)) else "",
                "library": (self.desk.library(shelf.course.name) or {}).get("id", ""),
            }
            for shelf in seen
        ]
        time = self.desk.now().astimezone(UTC).isoformat(timespec="seconds")
        self.send(json.dumps({"classhub": 1, "time": time, "courses": found}).encode())

    async def _join(self, repository: str, person: Person) -> None:
        """Waits a little, as a person waits for what he clicked on."""
        courses = [shelf.course for shelf in self.desk.shelves.values()]
        is_known = any(repository in one.repositories and access.may_see(one, person) for one in courses)
        if person.is_service or is_known:
            return
        try:
            course = await self.desk.publisher.on_demand(repository, person.name)
        except Refused as error:
            raise Denied(403, str(error)) from None
        if course is None:
            return
        shelf, until = self.desk.add(course), time.monotonic() + FIRST_S
        while not shelf.store.current_name() and time.monotonic() < until:
            await asyncio.sleep(0.1)


def _named(course: Course) -> dict[str, Any]:
    """repositories: for links of nbgitpuller, which name that and no course."""
    named = {"name": course.name, "title": course.title, "folder": course.folder or course.name}
    return {**named, "repositories": course.repositories}


class Manifest(Page):
    async def get(self, course: str) -> None:
        answer = (await self.selection(course)).answer
        self.etag = answer.etag
        self.send(answer.content)


class Published(Page):
    async def get(self, course: str) -> None:
        answer = (await self.selection(course)).published
        self.etag = answer.etag
        self.send(answer.content)


class Blobs(Page):
    async def post(self, course: str) -> None:
        seen = (await self.selection(course)).digests
        library = self.library_files(course)
        digests = seen | library.keys()
        asked = self.body_json().get("digests")
        if not isinstance(asked, list) or len(asked) > MOST_ASKED or not all(isinstance(one, str) for one in asked):
            raise Denied(400, f'Send {{"digests": [...]}} with at most {MOST_ASKED} of them.')
        folder = self.desk.shelves[course].store.blobs.folder
        sent = blob_stream.frames(folder, filter(digests.__contains__, asked), library)
        self.set_header("Content-Type", BYTES)
        self.set_header("Content-Length", str(blob_stream.length(sent)))
        await self.send_pieces(blob_stream.pieces(sent))


class Blob(Page):
    async def get(self, course: str, digest: str) -> None:
        seen = (await self.selection(course)).digests
        found = blob_stream.frames(self.desk.shelves[course].store.blobs.folder, [digest] if digest in seen else [])
        if not found:
            raise Denied(404, "There is no such file.")
        await self._send_part(found[0])

    async def _send_part(self, frame: Frame) -> None:
        self.etag = f'"{frame.digest}"'
        self.set_header("Content-Type", BYTES)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("Accept-Ranges", "bytes")
        self.set_etag_header()
        if self.check_etag_header():
            self.set_status(304)
            return
        start, stop = _range(self.request.headers.get("Range", ""), frame.size)
        if start >= stop and frame.size:
            self.set_header("Content-Range", f"bytes */{frame.size}")
            raise Denied(416, "The file has no such part.")
        if stop - start < frame.size:
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{stop - 1}/{frame.size}")
        self.set_header("Content-Length", str(stop - start))
        await self.send_pieces(blob_stream.part(frame.path, start, stop))


def _range(header: str, size: int) -> tuple[int, int]:
    """Of one range; all for what is none, or several. Empty where the file has no such part."""
    found = RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return 0, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
    return (0, size) if found[2] and stop <= start else (start, min(stop, size))


class Tree(Page):
    async def get(self, course: str, commit: str) -> None:
        shelf, person = await self.shelf(course)
        files = None
        if COMMIT.fullmatch(commit):
            files = shelf.tree(person, commit)
            if files is None and await self._is_made(course, commit):
                files = shelf.tree(person, commit)
        if files is None:
            raise Denied(404, "There is no such commit.")
        self.send(json.dumps({"files": files}).encode())

    async def _is_made(self, course: str, commit: str) -> bool:
        try:
            return await self.desk.publisher.tree(course, commit) is not None
        except Refused as error:
            raise Denied(503, str(error)) from None


class Library(Page):
    """The packages that the course's kernels are to have; {} when there are none."""

    async def get(self, course: str) -> None:
        await self.shelf(course)
        content = json.dumps(self.desk.library(course) or {}).encode()
        self.etag = f'"{sha256(content).hexdigest()[:32]}"'
        self.send(content)


class Reports(Page):
    async def post(self, course: str) -> None:
        shelf, person = await self.shelf(course)
        if person.is_service:
            raise Denied(403, "A service has no material of its own.")
        when = self.desk.now().astimezone(UTC).isoformat(timespec="seconds")
        try:
            self.desk.results(shelf.course.name).keep(person.name, course, self.request.body, when)
        except Unfit as error:
            raise Denied(400, str(error)) from None
        except OSError as error:
            raise Denied(503, f"The report cannot be kept: {error.strerror}.") from None
        self.set_status(204)

"""classhub/open and nbgitpuller's addresses: a link becomes an open file, a page that waits, or a page in words."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from classhub.materials import links
from classhub.materials.source import Offline
from classhub.server import pages
from classhub.server.apart import apart
from classhub.server.courier import Courier
from classhub.server.opening import Answer, Found, Opening, Wanted
from classhub.server.pages import Page
from classhub.server.shown import Shown

SHORT_WAIT_S = 0.9
"""So long a click waits for its file before a page says that it is being brought."""


class Link(JupyterHandler):
    """What both kinds of links have in common."""

    auth_resource = "contents"

    def initialize(self, courier: Courier, shown: Shown) -> None:
        self.courier = courier
        self.shown = shown

    async def follow(self, course: str, guesses: Sequence[str], view: str, also_in_home: bool) -> None:
        opening = Opening(self.courier, course, guesses, self.shown.address, also_in_home)
        answer = await apart(opening.look)
        if isinstance(answer, Wanted):
            answer = await self._bring(opening, course, answer.path)
        await self.answer(answer, view)

    async def _bring(self, opening: Opening, course: str, path: str) -> Answer:
        job = self.courier.jobs.bring(course, path)
        until = time.monotonic() + SHORT_WAIT_S
        while not job.done.is_set():
            if time.monotonic() > until:
                return pages.waiting(path, course, time.monotonic() - job.asked)
            await asyncio.sleep(0.02)
        return await apart(opening.after, job)

    async def answer(self, answer: Answer, view: str = "") -> None:
        if isinstance(answer, Found):
            self.redirect(await apart(self.shown.address, answer.path, view))
        elif isinstance(answer, Page):
            self.set_status(answer.status)
            self.set_header("Cache-Control", "no-store")
            self.finish(pages.html(answer))


class Open(Link):
    """Our own links."""

    @authenticated
    @authorized
    async def get(self) -> None:
        try:
            asked = links.parse_open(self.request.query)
        except links.BadLink as error:
            return await self.answer(pages.bad_link(str(error)))
        return await self.follow(asked.course, (asked.path,), "", also_in_home=False)


class GitPull(Link):
    """nbgitpuller's links: of a known course they do what our own do."""

    @authenticated
    @authorized
    async def get(self) -> None:
        try:
            asked = links.parse_pull(self.request.query, os.environ)
        except links.BadLink as error:
            return await self.answer(pages.bad_link(str(error)))
        course = await apart(self._course_of, asked.repository)
        if isinstance(course, Page):
            return await self.answer(course)
        if asked.view == "app":
            self.courier.jobs.everything()
            self.redirect(self.shown.base_url + asked.app_path)
            return None
        return await self.follow(course, asked.paths, asked.view, also_in_home=True)

    def _course_of(self, repository: str) -> str | Page:
        key = links.repository_key(repository)
        snapshot = self.courier.state.snapshot()
        for now in snapshot.courses:
            if key in now.course.repositories:
                return now.course.name
        if not snapshot.is_listed:
            if snapshot.away:
                return pages.away("", key, snapshot.away, None)
            return pages.waiting("", key, self.courier.at_work_s)
        try:
            course = self.courier.origin.course_of(repository)
        except Offline as error:
            return pages.away("", key, str(error), None)
        if course is None:
            return pages.unknown_repository(key)
        self.courier.state.added(course)
        return course.name


class Older(JupyterHandler):
    """nbgitpuller's pages of long ago; links to them still stand in old syllabi."""

    auth_resource = "contents"

    @authenticated
    @authorized
    def get(self, name: str) -> None:
        try:
            query = links.of_interact(self.request.query) if name == "interact" else self.request.query
        except links.BadLink as error:
            self.set_status(400)
            self.finish(pages.html(pages.bad_link(str(error))))
        else:
            self.redirect(f"{self.base_url}{links.PULL}?{query}")


def routes(courier: Courier, shown: Shown) -> list[tuple[Any, ...]]:
    """Below the server's base_url."""
    given = {"courier": courier, "shown": shown}
    return [
        (f"{links.OPEN}/?", Open, given),
        (f"{links.PULL}/?", GitPull, given),
        (f"({'|'.join(links.LEGACY_PULLS)})/?", Older),
    ]

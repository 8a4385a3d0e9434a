"""The mirror's pages: an address each. Who may see what is access.py's and shelf.py's matter."""

from typing import Any

from tornado.web import Application

from classhub.materials.mirror import staff_pages, student_pages
from classhub.materials.mirror.desk import Desk
from classhub.materials.mirror.page import NoPage, Page, log_request

LARGEST_BODY = 1 << 22
"""Bytes; a webhook's. GitHub's own limit is higher, for pushes of thousands of commits."""


class Health(Page):
    async def get(self) -> None:
        self.send(b'{"classhub": 1}')


def application(desk: Desk, prefix: str = "") -> Application:
    """prefix: of all addresses, as /services/material."""
    course = prefix.rstrip("/") + r"/courses/([^/]+)"
    pages: list[tuple[str, type[Page]]] = [
        (r"/health", Health),
        (prefix.rstrip("/") + r"/health", Health),
        (prefix.rstrip("/") + r"/courses", student_pages.Courses),
        (course + r"/manifest", student_pages.Manifest),
        (course + r"/blobs", student_pages.Blobs),
        (course + r"/blobs/([0-9a-f]{64})", student_pages.Blob),
        (course + r"/published", student_pages.Published),
        (course + r"/trees/([^/]+)", student_pages.Tree),
        (course + r"/library", student_pages.Library),
        (course + r"/results", student_pages.Reports),
        (course + r"/hook", staff_pages.Hook),
        (course + r"/status", staff_pages.Status),
        (course + r"/publish", staff_pages.Publish),
        (course + r"/preview", staff_pages.Preview),
        (course + r"/lint", staff_pages.Lint),
    ]
    given: dict[str, Any] = {"desk": desk}
    return Application(
        [(path, page, given) for path, page in pages],
        default_handler_class=NoPage,
        default_handler_args=given,
        log_function=log_request,
    )

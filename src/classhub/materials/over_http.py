"""Releases from a mirror over HTTP. Student's side: standard library only, Python 3.9.

What a network can do to it is connection.py's matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from classhub.materials import frames, kept_answer, lists, manifest, result
from classhub.materials.manifest import Manifest
from classhub.materials.source import Offline

if TYPE_CHECKING:
    from classhub.materials.connection import Answer, Connection

BATCH = 500
BATCH_BYTES = 64_000_000
REPORT_BYTES = 256_000
PAGE_BYTES = 64_000
"""Of an answer that says no."""
REPORT_S = 5.0


class HttpSource:
    """What the person of this token may have of a course. cache: a file that keeps the last manifest."""

    def __init__(self, url: str, course: str, token: str | Callable[[], str], cache: Path | None = None) -> None:
        self._url = url
        self._token = token
        self.course = course
        self._base = f"/courses/{quote(course, safe='')}"
        self._cache = cache
        self._kept_connection: Connection | None = None
        self._sizes: dict[str, int] = {}

    def manifest(self) -> Manifest:
        key = f"{self._url} {self._base}"
        kept = kept_answer.load(self._cache, key)
        answer = self._ask("GET", f"{self._base}/manifest", **({"If_None_Match": kept[0]} if kept else {}))
        if answer.status == 304:
            answer.end()
        if answer.status == 304 and kept:
            return self._known(kept[1])
        content = self._good(answer, "application/json").whole(lists.LARGEST)
        found = self._known(content)
        kept_answer.save(self._cache, key, answer.header("ETag"), content)
        return found

    def blobs(self, digests: Iterable[str]) -> Iterator[frames.SentBlob]:
        for batch in _batches(digests, self._sizes):
            rest = batch
            while rest:
                body = json.dumps({"digests": rest}).encode()
                answer = self._ask("POST", f"{self._base}/blobs", body=body, Content_Type="application/json")
                self._good(answer, "application/octet-stream")
                self._connection.go_on()
                rest = yield from frames.blobs(answer, rest, self._sizes)
                if not answer.is_at_end():
                    self._connection.close()

    def published(self) -> Mapping[str, frozenset[str]]:
        return lists.published(self._json(self._ask("GET", f"{self._base}/published")))

    def tree(self, commit: str) -> Mapping[str, str] | None:
        answer = self._ask("GET", f"{self._base}/trees/{quote(commit, safe='')}")
        return None if self._is_none(answer) else lists.tree(self._json(answer))

    def library(self) -> Any:
        """As library.read takes it; empty when the course has none, or the mirror is of an earlier version."""
        answer = self._ask("GET", f"{self._base}/library")
        return {} if self._is_none(answer) else self._json(answer)

    def report(self, done: result.Result) -> bool:
        """Tell staff what a sync did; whether it arrived. Raises nothing: the sync is over, whoever hears of it."""
        try:
            answer = self._connection.ask(
                "POST", f"{self._base}/results", body=_record(done), whole_s=REPORT_S, Content_Type="application/json"
            )
            answer.end()
            return answer.status == 204
        except Offline:
            return False

    def token(self) -> str:
        """As it is now; "" where none is shown."""
        return self._token() if callable(self._token) else self._token

    def close(self) -> None:
        if self._kept_connection is not None:
            self._kept_connection.close()

    @property
    def _connection(self) -> Connection:
        if self._kept_connection is None:
            from classhub.materials.connection import Connection  # which loads ssl: not for a folder

            self._kept_connection = Connection(self._url, self._token)
        return self._kept_connection

    def _ask(self, method: str, path: str, **more: Any) -> Answer:
        return self._connection.ask(method, path, **more)

    def _is_none(self, answer: Answer) -> bool:
        """There is no such thing; the next question goes over the same connection, unless the page is long."""
        if answer.status == 404:
            answer.pass_over(PAGE_BYTES)
        return answer.status == 404

    def _json(self, answer: Answer) -> Any:
        return lists.parsed(self._good(answer, "application/json").whole(lists.LARGEST))

    def _good(self, answer: Answer, kind: str) -> Answer:
        if answer.status != 200:
            raise Offline(_refusal(answer.status, self._connection.place))
        if answer.header("Content-Type").partition(";")[0].strip().lower() != kind:
            raise Offline(f"{self._connection.place} answers with a page in place of material.")
        return answer

    def _known(self, content: bytes) -> Manifest:
        found = manifest.from_json(content)
        if found.course != self.course:
            raise Offline(f"{self._connection.place} answers with another course's material.")
        self._sizes = {entry.digest: entry.size for entry in found.files.values()}
        return found


def _batches(digests: Iterable[str], sizes: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for digest in digests:
        size += sizes.get(digest, 0)
        if batch and (len(batch) == BATCH or size > BATCH_BYTES):
            yield batch
            batch, size = [], sizes.get(digest, 0)
        batch.append(digest)
    if batch:
        yield batch


def _record(done: result.Result) -> bytes:
    """At most REPORT_BYTES; the paths at the end of a very long list are left out."""
    items: Sequence[result.Item] = done.items
    while len(text := result.to_json(replace(done, items=tuple(items)))) > REPORT_BYTES and items:
        items = items[: len(items) // 2]
    return text.encode()


REFUSALS = {
    401: "The hub does not know this server's token. A restart of the server makes a new one.",
    403: "The hub gives you no material of this course.",
    404: "There is no material of this course.",
    503: "The hub cannot be asked at the moment who you are.",
}


def _refusal(status: int, place: str) -> str:
    if 300 <= status < 400:
        return f"{place} leads elsewhere; no such link is followed."
    return REFUSALS.get(status, f"{place} failed with status {status}.")

"""What a link to a file leads to: the file, a short wait for it, or a page that says why not.

Nothing here waits; the handlers ask again when the courier is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Union

from classhub.materials.manifest import Manifest
from classhub.server import copies, pages
from classhub.server.courier import Courier
from classhub.server.jobs import Job
from classhub.server.pages import Page
from classhub.server.state import Now

Place = Callable[[str], str]
"""The address at which a path below the home is opened."""
NEAR = 3


@dataclass(frozen=True)
class Found:
    """It is there: open it. path: below the home."""

    path: str


@dataclass(frozen=True)
class Wanted:
    """It is not there: bring this path of the course first."""

    path: str


Answer = Union[Found, Wanted, Page]  # noqa: UP007 - evaluated by Python 3.9


class Opening:
    """One click on one link."""

    def __init__(
        self, courier: Courier, course: str, guesses: Sequence[str], place: Place, also_in_home: bool = False
    ) -> None:
        """also_in_home: a link of nbgitpuller may name any file of the home, as it says the way from there."""
        self._courier = courier
        self._course = course
        self._guesses = tuple(guesses) or ("",)
        self._place = place
        self._also_in_home = also_in_home

    def look(self) -> Answer:
        """Before anything was brought for this click."""
        snapshot = self._courier.state.snapshot()
        now = snapshot.of(self._course)
        if now is None:
            if snapshot.is_listed:
                return pages.not_of_course(self._course, [one.course.called for one in snapshot.courses])
            if snapshot.away:
                return pages.away(self._guesses[0], self._course, snapshot.away, None)
            return pages.waiting(self._guesses[0], self._course, self._courier.at_work_s)
        manifest = self._manifest()
        return self._found(now, manifest) or Wanted(self._likeliest(manifest))

    def after(self, job: Job) -> Answer:
        """Once the courier is done."""
        now = self._courier.state.snapshot().of(self._course)
        if now is None:
            return self.look()
        manifest = self._manifest()
        return self._found(now, manifest) or self._elsewhere() or self._why_not(now, manifest, job)

    def _manifest(self) -> Manifest | None:
        return copies.manifest_of(self._courier.home, self._course)

    def folder(self, now: Now, manifest: Manifest | None) -> str:
        used = copies.folder_in_use(self._courier.home, self._course)
        return used or (manifest.folder if manifest else "") or now.course.folder or self._course

    def _found(self, now: Now, manifest: Manifest | None) -> Found | None:
        folder = self.folder(now, manifest)
        for guess in (*self._guesses, *(copies.now_called(manifest, guess) for guess in self._guesses)):
            if copies.is_there(self._courier.home, folder, guess):
                return Found(f"{folder}/{guess}".rstrip("/"))
        return None

    def _elsewhere(self) -> Found | None:
        named = self._guesses if self._also_in_home else ()
        return next((Found(guess) for guess in named if guess and copies.is_there(self._courier.home, "", guess)), None)

    def _likeliest(self, manifest: Manifest | None) -> str:
        """Of several readings of a link the one that the release has."""
        known = (guess for guess in self._guesses if manifest and _has(manifest, copies.now_called(manifest, guess)))
        return next(known, self._guesses[0])

    def _why_not(self, now: Now, manifest: Manifest | None, job: Job) -> Page:
        path, course = copies.now_called(manifest, job.path), now.course.called
        folder = self._way_to_folder(now, manifest)
        if manifest is None:
            return pages.away(path, course, self._reason(job), folder)
        is_offline = job.result is not None and job.result.status == "offline"
        if _has(manifest, path):
            why = self._reason(job, path)
            return pages.away(path, course, why, folder) if is_offline else pages.blocked(path, why, folder)
        moment = _coming(manifest, path)
        if moment:
            return pages.coming(path, course, moment, folder, datetime.now(timezone.utc))  # noqa: UP017 - Python 3.9
        if path in manifest.left:
            return pages.left_out(path, course, manifest.left[path], folder)
        if is_offline:
            return pages.away(path, course, self._reason(job), folder)
        return pages.missing(path, course, self._near(now, manifest, path), folder)

    def _reason(self, job: Job, path: str = "") -> str:
        """In the words of the sync; empty if it had none."""
        if job.result is None:
            return ""
        of_path = next((item.why for item in job.result.items if item.path == path and item.why), "")
        return of_path or job.result.error.get("text", "") or job.result.message

    def _way_to_folder(self, now: Now, manifest: Manifest | None) -> tuple[str, str] | None:
        folder = self.folder(now, manifest)
        if not copies.is_there(self._courier.home, folder, ""):
            return None
        return f"Open the folder {folder}", self._place(folder)

    def _near(self, now: Now, manifest: Manifest, path: str) -> list[tuple[str, str]]:
        """Files of the same name elsewhere, or of this one in other letters."""
        folder, last = self.folder(now, manifest), path.rsplit("/", 1)[-1].casefold()
        near = [other for other in manifest.files if other.rsplit("/", 1)[-1].casefold() == last and last]
        return [(other, self._place(f"{folder}/{other}")) for other in near[:NEAR]]


def _has(manifest: Manifest, path: str) -> bool:
    """A file of the release, or a folder of it."""
    return not path or path in manifest.files or any(one.startswith(f"{path}/") for one in manifest.files)


def _coming(manifest: Manifest, path: str) -> datetime | None:
    """When it is released: the path itself, the folder that it is in, or the first of what is in it."""
    parts = path.split("/")
    above = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    own = [manifest.coming[one] for one in above if one in manifest.coming]
    below = [when for one, when in manifest.coming.items() if path and one.startswith(f"{path}/")]
    moments = [moment for moment in map(copies.moment_of, own[:1] or below) if moment]
    return min(moments, default=None)

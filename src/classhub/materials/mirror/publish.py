"""One look at a course's source: nothing new, a new release, or one that is held back. Students keep the last good one."""

import errno
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.archive_source import ArchiveSource
from classhub.materials.mirror.candidate import Candidate, Left, Reader, Unavailable, content
from classhub.materials.mirror.folder_source import FolderSource
from classhub.materials.mirror.git_source import GitSource
from classhub.materials.mirror.lint import lint
from classhub.materials.mirror.lint.changes import MUST_WAIT
from classhub.materials.mirror.lint.given import Given, Remark
from classhub.materials.mirror.renames import all_over, moved
from classhub.materials.mirror.schedule import is_out_to_all
from classhub.materials.mirror.settings import Course, Source
from classhub.materials.mirror.store import Store

SEEN = "seen"
"""In the store's cache: what the source gave back to itself, and which source that was."""


@dataclass(frozen=True)
class Look:
    """What came of a look."""

    what: str
    """"same", "published", "held" or "unavailable"."""
    release: str = ""
    reason: str = ""
    """In words, of what is held or unavailable."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Looking:
    """How a course is looked at. confirm: nothing is judged and only an empty release waits, as nobody is there to be asked."""

    course: Course
    store: Store
    has_module: Callable[[str], bool] | None = None
    confirm: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def look(self, reader: Reader | None = None) -> Look:
        """Never raises for what the source does. Raises store.Busy, OSError of the store's own disk."""
        assert self.course.source is not None
        with self.store.locked():
            try:
                found = self._look(reader or reader_of(self.course.source))
            except Unavailable as error:
                found = Look("unavailable", self.store.current_name(), str(error))
            finally:
                self.store.blobs.forget()
            self.tell(found)
            return found

    def _look(self, reader: Reader) -> Look:
        of_source = asdict(self.course.source or Source("", "")) | {"hold": None, "every_s": None}
        key = {name: str(value) for name, value in of_source.items() if value} | {"rules": self._rules()}
        known = self.store.cached(SEEN)
        is_known = known.get("source") == key and bool(self.store.current() or self.store.held())
        candidate = self._read(reader, known.get("seen", {}) if is_known else {})
        found = Look("same", self.store.current_name()) if candidate is None else self._consider(candidate)
        if candidate is not None:
            self.store.cache(SEEN, {"source": key, "seen": dict(candidate.seen)})
        return found

    def _read(self, reader: Reader, seen: Mapping[str, Any]) -> Candidate | None:
        """A disk that is full is the store's; what else does not work while a source is read is the source's matter."""
        try:
            return reader.look(self.store, seen)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS) or _lies_in(error.filename, self.store.folder):
                raise
            raise Unavailable(f"The source cannot be read: {error.strerror or type(error).__name__}.") from error

    def _consider(self, candidate: Candidate) -> Look:
        candidate = consistent(candidate)
        digest = content(candidate.files, self.course.title, self.course.folder)
        considered = content(candidate.files, self.course.title, self.course.folder, self._rules())
        status, current = self.store.status(), self.store.current()
        if considered == status.get("considered") and (current or self.store.held()):
            return Look("same", self.store.current_name())
        given = self._given(candidate, current)
        remarks = [] if self.confirm else lint(given)
        if current and digest == content(current.files, current.title, current.folder):
            self._settle(considered, remarks, current)
            self.store.drop_held()
            return Look("same", current.release)
        release = self._release(candidate, digest, given.renames)
        why = self._why_held(remarks) if candidate.files or not self.confirm else "The source holds no file."
        if why:
            self.store.hold(release)
            self._settle(considered, remarks, release, why)
            reason = why if self.confirm else f"It waits for an instructor: {why}"
            return Look("held", release.release, reason, tuple(remarks))
        self._publish(release)
        self._settle(considered, remarks, release)
        return Look("published", release.release, "", tuple(remarks))

    def _rules(self) -> str:
        """What of the course's file decides whether a release may go out: another word there, and it is judged anew."""
        by_path = sorted((one.path, bool(one.release)) for one in self.course.assignments)
        folders = sorted(folder for one in self.course.sections for folder in one.folders)
        hold = bool(self.course.source and self.course.source.hold)
        return sha256(repr((by_path, folders, hold)).encode("utf-8", "surrogateescape")).hexdigest()

    def _hidden(self) -> dict[str, str]:
        assignments = [one for one in self.course.assignments if one.release]
        now = self.now()
        later = {one.path: f"assignment {one.name}" for one in assignments if not is_out_to_all(self.course, one, now)}
        return {folder: f"section {one.name}" for one in self.course.sections for folder in one.folders} | later

    def _given(self, candidate: Candidate, current: Manifest | None) -> Given:
        now = moved(current.files, candidate.files, self.store.blobs.read) if current else {}
        assignments = self.course.assignments
        return Given(
            files=candidate.files,
            left=candidate.left,
            read=self.store.blobs.read,
            before=current.files if current else None,
            renames=all_over(current.renames if current else {}, now, candidate.files),
            linked=[one.path for one in assignments],
            timed=[one.path for one in assignments if one.release],
            hidden=self._hidden(),
            folder=self.course.source.folder if self.course.source else "",
            has_module=self.has_module,
        )

    def _why_held(self, remarks: list[Remark]) -> str:
        if self.confirm:
            return ""
        errors = [one for one in remarks if one.severity == "error"]
        must = [one for one in errors if one.rule in MUST_WAIT]
        if not must and not (errors and self.course.source and self.course.source.hold):
            return ""
        first = (must or errors)[0]
        said = f"{first.path}: {first.reason}" if first.path else first.reason
        return f"{said.rstrip('.')}, and {len(errors) - 1} more." if len(errors) > 1 else said

    def _release(self, candidate: Candidate, digest: str, renames: Mapping[str, str]) -> Manifest:
        return Manifest(
            course=self.course.name,
            release=self.store.next_name(digest),
            files=dict(candidate.files),
            title=self.course.title,
            folder=self.course.folder,
            published=self._time(),
            source=candidate.words,
            renames=dict(renames),
            left={path: what.why for path, what in candidate.left.items() if what.rule != "clutter"},
        )

    def _publish(self, release: Manifest) -> None:
        self.store.publish(release)
        self.store.drop_held()

    def publish(self, name: str = "") -> tuple[Manifest, tuple[Remark, ...]] | None:
        """By an instructor's word: the release that is held back, or an earlier one again. None if there is no such one.

        With what the rules say of it, of which staff are told; it stops nothing.
        """
        with self.store.locked():
            held = self.store.held()
            release = held if held and name in ("", held.release) else self.store.release(name)
            if release is None:
                return None
            told = self.store.status()
            remarks = self._remarks(release, told)
            if release is held:
                release = replace(held, published=self._time())
                self._publish(release)
                told["held"] = None
            else:
                self.store.point_to(name)
            if not told.get("held"):
                # What asked for this word has had its answer.
                told |= _judged(release, [one for one in remarks if one.rule not in MUST_WAIT])
            self.store.write_status(told | _of_release(release))
            return release, tuple(remarks)

    def _remarks(self, release: Manifest, told: Mapping[str, Any]) -> list[Remark]:
        """What was found when it was made says more: of files that were left out a release keeps no rule."""
        if told.get("remarks_of") == release.release:
            return [Remark(**one) for one in told["remarks"]]
        return lint(self._given(Candidate(release.files, {}, release.source), self.store.current()))

    def of_source(self) -> str:
        """The release that the source's state gave when it was last judged; not always the one that is out."""
        name = str(self.store.status().get("of_source", ""))
        return name if self.store.release(name) else next(reversed(self.store.names()), "")

    # --- status.json

    def _settle(self, digest: str, remarks: list[Remark], release: Manifest, why: str = "") -> None:
        """why: it waits. What was judged once is not judged again, also when an instructor has gone back to an earlier release."""
        waiting = {"release": release.release, "source": release.source, "since": self._time(), "why": why}
        now = {"considered": digest, "of_source": release.release, "held": waiting if why else None}
        self.store.write_status(self.store.status() | now | _judged(release, remarks))

    def tell(self, found: Look) -> None:
        """To staff. Under the store's lock."""
        before, now = self.store.status(), self._time()
        current = self.store.current()
        told = before | {"course": self.course.name, "looked": now, "repositories": self.course.repositories}
        told |= _of_release(current) if current else {}
        if found.what == "unavailable":
            told |= {"reason": found.reason, "failing_since": before.get("failing_since") or now}
        else:
            told |= {"reason": "", "failing_since": "", "ok": now}
        self.store.write_status(told)

    def _time(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")


def _lies_in(name: object, folder: Path) -> bool:
    return isinstance(name, str | Path) and Path(name).is_relative_to(folder)


def _of_release(release: Manifest) -> dict[str, Any]:
    return {"release": release.release, "source": release.source, "published": release.published}


def _judged(release: Manifest, remarks: list[Remark]) -> dict[str, Any]:
    return {"remarks": [asdict(one) for one in remarks], "remarks_of": release.release}


def reader_of(source: Source) -> Reader:
    if source.kind == "git":
        return GitSource(source.source, source.branch, source.folder, source.key, source.token)
    if source.kind == "archive":
        return ArchiveSource(source.source, source.folder, source.token)
    return FolderSource(Path(source.source, source.folder))


def consistent(candidate: Candidate) -> Candidate:
    """Without files that lie where others need a folder: git and archives can hold both."""
    folders = {path[:at] for path in candidate.files for at, letter in enumerate(path) if letter == "/"}
    both = {path: Left("refused-name", "A folder has the same name.") for path in candidate.files if path in folders}
    if not both:
        return candidate
    files = {path: entry for path, entry in candidate.files.items() if path not in both}
    return replace(candidate, files=files, left={**candidate.left, **both})

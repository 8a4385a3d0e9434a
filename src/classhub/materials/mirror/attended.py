"""A mirror that makes its releases itself: it looks at the sources, keeps libraries built, and does what staff ask."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from classhub.materials.manifest import Manifest
from classhub.materials.mirror import preview
from classhub.materials.mirror.candidate import Unavailable
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.git_source import GitSource, tree
from classhub.materials.mirror.libraries import kept_back
from classhub.materials.mirror.library_keep import Keeper
from classhub.materials.mirror.library_queue import Builds
from classhub.materials.mirror.lint.given import Remark
from classhub.materials.mirror.modules import importable
from classhub.materials.mirror.on_demand import Full, OnDemand
from classhub.materials.mirror.publish import Look, Looking, consistent, reader_of
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings
from classhub.materials.mirror.store import Busy, Store
from classhub.materials.mirror.watch import Tell, Watch

UNKNOWN_S = 60
"""A commit that the source has not is not looked for again for so long: each time starts a git."""
MOST_UNKNOWN = 1000
BUSY = "This course's source is being looked at just now. Try again in a moment."


class Attended:
    """A desk.Publisher. start() it once; its threads end with the process."""

    def __init__(self, settings: Settings, tell: Tell, keeper: Keeper | None = None) -> None:
        self._settings = settings
        self._keeper = keeper
        self._tell = tell
        self._has_module = importable if settings.imports_here else None
        self._unknown: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._one_tree = asyncio.Semaphore()
        taken = [course.folder or course.name for course in settings.courses]
        self._on_demand = OnDemand(settings.store, settings.repositories, taken)
        self._joining = asyncio.Lock()
        courses = [*settings.courses, *self._on_demand.courses()]
        self._courses = {course.name: course for course in courses if course.source is not None}
        self._builds = Builds(tell)
        if keeper is not None:
            keeper.serve(course.name for course in settings.courses)
        self._watch = Watch(settings.store, courses, tell, self._has_module, self._looked)

    def start(self) -> None:
        self._builds.start()
        self._watch.start()

    def stop(self) -> None:
        self._builds.stop()
        self._watch.stop()

    def look_soon(self, course: str) -> None:
        self._watch.look_now(course)

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._publish, course, release)

    async def preview(self, course: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._preview, course)

    async def lint(self, course: str) -> dict[str, Any]:
        store = self._store(course)
        status = await asyncio.to_thread(store.status)
        held = (status.get("held") or {}).get("release", "")
        return {
            "release": status.get("remarks_of") or held or status.get("release", ""),
            "held": held,
            "looked": status.get("looked", ""),
            "remarks": status.get("remarks", []),
        }

    def on_demand_courses(self) -> list[Course]:
        return [course for course in self._courses.values() if course.on_demand]

    async def on_demand(self, repository: str, person: str) -> Course | None:
        async with self._joining:
            try:
                course = await asyncio.to_thread(self._on_demand.join, repository, person)
            except Full as error:
                raise Refused(str(error)) from None
            except OSError as error:
                raise Refused(f"The mirror's disk does not let it: {error.strerror}.") from None
            if course is not None:
                self._courses[course.name] = course
                self._watch.add(course)
            return course

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        key = (course, commit)
        if time.monotonic() - self._unknown.get(key, float("-inf")) < UNKNOWN_S:
            return None
        async with self._one_tree:
            found = await asyncio.to_thread(self._tree, course, commit)
        if found is None:
            self._unknown[key] = time.monotonic()
            while len(self._unknown) > MOST_UNKNOWN:
                self._unknown.popitem(last=False)
        return found

    # --- in threads

    def _looked(self, course: Course, _: Look) -> None:
        """After each look, in the course's own thread: a build keeps neither looks nor webhooks waiting."""
        if self._keeper is not None:
            self._builds.ask(course.name, partial(self._build, self._keeper, course))

    def _build(self, keeper: Keeper, course: Course) -> None:
        """Of the release that is out by then. In the thread of builds. Raises Busy, OSError: the next look asks again."""
        store = self._store(course.name)
        release = store.current()
        if release is None:
            return
        hidden = kept_back(course, datetime.now(UTC))
        broken = keeper.ensure(course.name, course.libraries, release, hidden)
        if broken != store.status().get("library", ""):
            with store.locked():
                store.write_status(store.status() | {"library": broken})
            if broken:
                self._tell(f"{course.name}: the library stays as it was: {broken}")

    def _publish(self, course: str, release: str) -> dict[str, Any]:
        looking = Looking(self._course(course), self._store(course), self._has_module)
        before = looking.store.current_name()
        if self._keeper is not None:
            with suppress(OSError):
                self._keeper.retry(course)
        try:
            if not release and looking.store.held() is None:
                found = self._looked_now(looking)
                release = looking.of_source() if found.what == "same" else found.release
                if release in ("", found.release):
                    self._looked(looking.course, found)
                    return _made(found.release, before, found.remarks)
            made = looking.publish(release)
        except Busy:
            raise Refused(BUSY) from None
        except OSError as error:
            raise Refused(f"The mirror's disk does not let it: {error.strerror}.") from None
        if made is None:
            raise Refused(f"There is no release {release}. `classhub course status {course}` tells the one that waits.")
        self._watch.look_now(course)  # the library of this release
        return _made(made[0].release, before, made[1])

    def _looked_now(self, looking: Looking) -> Look:
        found = looking.look()
        if found.what in ("unavailable", "held"):
            raise Refused(found.reason)
        return found

    def _preview(self, course: str) -> dict[str, Any]:
        looking = Looking(self._course(course), self._store(course), self._has_module)
        current = looking.store.current()
        coming = looking.store.held() or self._candidate(looking)
        reports = Results(self._settings.store / course / "results").all()
        return preview.told(current, coming, {one.name: one.result for one in reports})

    def _candidate(self, looking: Looking) -> Manifest:
        """What a look would find now. No release is made of it; the files that were read stay in the store until it is swept."""
        assert looking.course.source is not None
        try:
            with looking.store.locked():
                try:
                    found = reader_of(looking.course.source).look(looking.store, {})
                finally:
                    looking.store.blobs.forget()
        except Unavailable as error:
            raise Refused(str(error)) from None
        except Busy:
            raise Refused(BUSY) from None
        files = consistent(found).files if found else {}
        return Manifest(looking.course.name, "", files, source=found.words if found else "")

    def _tree(self, course: str, commit: str) -> dict[str, str] | None:
        source = self._courses[course].source if course in self._courses else None
        reader = reader_of(source) if source else None
        if not isinstance(reader, GitSource):
            return None
        store = self._store(course)
        try:
            with store.locked():
                return tree(store, reader, commit)
        except (Busy, Unavailable, OSError):
            return None

    def _course(self, course: str) -> Course:
        found = self._courses.get(course)
        if found is None:
            raise Refused(f"{course} has no material: its file in config/courses names none.")
        return found

    def _store(self, course: str) -> Store:
        return Store(self._settings.store / course)


def _made(release: str, before: str, remarks: Iterable[Remark]) -> dict[str, Any]:
    return {"release": release, "before": before, "remarks": [asdict(one) for one in remarks]}

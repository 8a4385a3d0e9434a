"""A mirror that makes its releases itself: it looks at the sources, keeps libraries built, and does what staff ask."""

import asyncio
from collections.abc import Callable
from typing import Any

from classhub.materials.manifest import Manifest
from classhub.materials.mirror import preview
from classhub.materials.mirror.candidate import Unavailable
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.git_source import GitSource, tree
from classhub.materials.mirror.library_keep import Keeper
from classhub.materials.mirror.publish import Look, Looking, consistent, reader_of
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings
from classhub.materials.mirror.store import Busy, Store
from classhub.materials.mirror.watch import Tell, Watch


class Attended:
    """A desk.Publisher. start() it once; its threads end with the process."""

    def __init__(
        self, settings: Settings, tell: Tell, keeper: Keeper | None, has_module: Callable[[str], bool] | None = None
    ) -> None:
        self._settings = settings
        self._keeper = keeper
        self._tell = tell
        self._has_module = has_module
        self._courses = {course.name: course for course in settings.courses if course.source is not None}
        self._watch = Watch(settings.store, settings.courses, tell, has_module, self._looked)

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
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
        return {name: status.get(name) for name in ("looked", "remarks", "held", "reason")}

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        return await asyncio.to_thread(self._tree, course, commit)

    # --- in threads

    def _looked(self, course: Course, _: Look) -> None:
        """After each look, in the course's own thread."""
        release = self._store(course.name).current()
        if self._keeper is None or release is None:
            return
        store = self._store(course.name)
        broken = self._keeper.ensure(course.name, course.libraries, release)
        if broken != store.status().get("library", ""):
            with store.locked():
                store.write_status(store.status() | {"library": broken})
            if broken:
                self._tell(f"{course.name}: the library stays as it was: {broken}")

    def _publish(self, course: str, release: str) -> dict[str, Any]:
        looking = Looking(self._course(course), self._store(course), self._has_module)
        before = looking.store.current_name()
        try:
            if not release and looking.store.held() is None:
                return {"release": self._looked_now(looking).release, "before": before}
            made = looking.publish(release)
        except Busy:
            raise Refused("This course's source is being looked at just now. Try again in a moment.") from None
        if made is None:
            raise Refused(f"There is no release {release}. `classhub course status {course}` tells the one that waits.")
        self._watch.look_now(course)  # the library of this release
        return {"release": made.release, "before": before}

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
        """What a look would find now; nothing of it is kept."""
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
            raise Refused("This course's source is being looked at just now. Try again in a moment.") from None
        files = consistent(found).files if found else {}
        return Manifest(looking.course.name, "", files, source=found.words if found else "")

    def _tree(self, course: str, commit: str) -> dict[str, str] | None:
        source = self._course(course).source
        if source is None or source.kind != "git":
            return None
        store = self._store(course)
        try:
            with store.locked():
                return tree(
                    store, GitSource(source.source, source.branch, source.folder, source.key, source.token), commit
                )
        except (Busy, Unavailable):
            return None

    def _course(self, course: str) -> Course:
        found = self._courses.get(course)
        if found is None:
            raise Refused(f"{course} has no material: its file in config/courses names none.")
        return found

    def _store(self, course: str) -> Store:
        return Store(self._settings.store / course)

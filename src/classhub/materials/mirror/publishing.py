"""The service's way to what makes releases: in threads, since a look at a source or a lock can take long."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from classhub.materials.mirror import modules, preview
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.git_source import GitSource
from classhub.materials.mirror.git_source import tree as tree_of
from classhub.materials.mirror.publish import Looking, reader_of
from classhub.materials.mirror.results import Results
from classhub.materials.mirror.settings import Course, Settings
from classhub.materials.mirror.store import Busy, Store
from classhub.materials.mirror.watch import Watch

UNKNOWN_S = 60
"""A commit that the source has not is not looked for again for so long: each time starts a git."""
MOST_UNKNOWN = 1000


class Publishing:
    """A desk.Publisher. tell: gets a line for what happens to a source."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._courses = {one.name: one for one in settings.courses}
        self._stores = {one.name: Store(settings.store / one.name) for one in settings.courses}
        self._has_module = modules.importable if settings.imports_here else None
        self.watch = Watch(settings.store, settings.courses, tell, self._has_module)
        self._unknown: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._one_tree = asyncio.Semaphore()

    def look_soon(self, course: str) -> None:
        self.watch.look_now(course)

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._publish, self._courses[course], release)

    def _publish(self, course: Course, release: str) -> dict[str, Any]:
        try:
            out = Looking(course, self._stores[course.name], self._has_module).publish(release)
        except Busy:
            raise Refused("The mirror is at work on this course at this moment. Try again in a minute.") from None
        except OSError as error:
            raise Refused(f"The mirror's disk does not let it: {error.strerror}.") from None
        if out is None:
            raise Refused(f"There is no release {release}." if release else "No release is waiting to be let out.")
        return {"release": out.release, "published": out.published, "source": out.source, "files": len(out.files)}

    async def preview(self, course: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._preview, self._stores[course])

    def _preview(self, store: Store) -> dict[str, Any]:
        waiting = store.status().get("held") or {}
        found = preview.preview(store.current(), store.held(), Results(store.folder / "results").all())
        return {**found, "since": waiting.get("since", ""), "why": waiting.get("why", "")}

    async def lint(self, course: str) -> dict[str, Any]:
        """Of the source as it was looked at last."""
        status = await asyncio.to_thread(self._stores[course].status)
        held = (status.get("held") or {}).get("release", "")
        return {
            "release": held or status.get("release", ""),
            "looked": status.get("looked", ""),
            "remarks": status.get("remarks", []),
        }

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

    def _tree(self, course: str, commit: str) -> dict[str, str] | None:
        source, store = self._courses[course].source, self._stores[course]
        reader = reader_of(source) if source else None
        if not isinstance(reader, GitSource):
            return None
        try:
            with store.locked():
                return tree_of(store, reader, commit)
        except (Busy, OSError):
            return None

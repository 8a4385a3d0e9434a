"""A mirror that looks at its courses' sources and makes their releases, in the service's own process."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.desk import Refused
from classhub.materials.mirror.git_source import GitSource, tree
from classhub.materials.mirror.modules import importable
from classhub.materials.mirror.publish import Looking, reader_of
from classhub.materials.mirror.results import Report, Results
from classhub.materials.mirror.settings import Settings
from classhub.materials.mirror.store import Busy, Store
from classhub.materials.mirror.watch import Tell, Watch

Made = TypeVar("Made")
BUSY = "The source is being looked at, and its releases change at this moment. Try again in a minute."

UNKNOWN_S = 60
"""A commit that the source has not is not looked for again for so long: each time starts a git, and any student can ask."""
MOST_UNKNOWN = 1000
OWN = frozenset(("kept", "merged", "beside"))
"""Actions of a sync that tell of a file in which a student has work of his own."""


class Attended:
    """A desk.Publisher. Work on disks and programs is done in threads."""

    def __init__(self, settings: Settings, tell: Tell) -> None:
        has_module = importable if settings.imports_here else None
        self._looking = {one.name: Looking(one, Store(settings.store / one.name)) for one in settings.courses}
        self._watch = Watch(settings.store, settings.courses, tell, has_module)

        self._unknown: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._one_tree = asyncio.Semaphore()

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        self._watch.stop()

    def look_soon(self, course: str) -> None:
        self._watch.look_now(course)

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        made = await self._apart(lambda: self._looking[course].publish(release))
        if made is None:
            raise Refused(f"There is no release {release}." if release else "No release waits to be published.")
        return {"release": made.release, "source": made.source, "published": made.published}

    async def preview(self, course: str) -> dict[str, Any]:
        """What the release that waits would change for everybody; `release` is empty when none waits."""
        store = self._looking[course].store
        held = store.held()
        if held is None:
            return {"release": ""}
        why = (store.status().get("held") or {}).get("why", "")
        changed = changes(store.current(), held)
        students = await self._apart(lambda: at_work(Results(store.folder / "results").all(), changed))
        return {"release": held.release, "source": held.source, "why": why, **changed, "students": students}

    async def lint(self, course: str) -> dict[str, Any]:
        """Of what the source held when it was looked at last."""
        status = self._looking[course].store.status()
        return {"looked": status.get("looked", ""), "remarks": status.get("remarks", [])}

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        looking = self._looking.get(course)
        source = reader_of(looking.course.source) if looking and looking.course.source else None
        if looking is None or not isinstance(source, GitSource):
            return None
        key = (course, commit)
        if time.monotonic() - self._unknown.get(key, float("-inf")) < UNKNOWN_S:
            return None
        async with self._one_tree:
            found = await self._apart(lambda: _tree(looking.store, source, commit))
        if found is None:
            self._unknown[key] = time.monotonic()
            while len(self._unknown) > MOST_UNKNOWN:
                self._unknown.popitem(last=False)
        return found

    async def _apart(self, work: Callable[[], Made]) -> Made:
        try:
            return await asyncio.get_running_loop().run_in_executor(None, work)
        except Busy:
            raise Refused(BUSY) from None
        except OSError as error:
            raise Refused(f"The store's disk does not let us: {error.strerror}.") from error


def _tree(store: Store, source: GitSource, commit: str) -> dict[str, str] | None:
    with store.locked():
        return tree(store, source, commit)


def changes(before: Manifest | None, after: Manifest) -> Mapping[str, Any]:
    """Between two releases, by path."""
    old = before.files if before else {}
    moved = {path: new for path, new in after.renames.items() if path in old and path not in after.files}
    return {
        "new": sorted(path for path in after.files if path not in old and path not in moved.values()),
        "updated": sorted(path for path, entry in after.files.items() if path in old and old[path] != entry),
        "removed": sorted(path for path in old if path not in after.files and path not in moved),
        "renamed": moved,
    }


def at_work(reports: Iterable[Report], changed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Students who said at their last sync that they have work of their own in what changes."""
    paths = {*changed["updated"], *changed["removed"], *changed["renamed"]}
    found = []
    for one in reports:
        edited = {item["path"] for item in one.result.get("items", ()) if item["action"] in OWN} & paths
        found += [{"name": one.name, "edited": sorted(edited)}] if edited else []
    return found

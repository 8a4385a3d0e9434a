"""What is in a course's store for one person at one time, found out once for all who see the same.

Nothing here is written. A store is read again when its pointer to the current release moves.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from classhub.materials import manifest as manifests
from classhub.materials import pack
from classhub.materials.manifest import Manifest
from classhub.materials.mirror import schedule
from classhub.materials.mirror.access import Person, is_staff
from classhub.materials.mirror.history import History
from classhub.materials.mirror.schedule import View, Viewer
from classhub.materials.mirror.settings import Course
from classhub.materials.mirror.store import Store
from classhub.materials.pack import Pack

MOST_SELECTIONS = 64


@dataclass
class Answer:
    """Bytes to send, and their name."""

    content: bytes
    etag: str

    @staticmethod
    def of(text: str) -> "Answer":
        content = text.encode()
        return Answer(content, f'"{sha256(content).hexdigest()[:32]}"')


@dataclass
class Selection:
    """What one group of people gets of one release."""

    manifest: Manifest
    answer: Answer
    versions: Mapping[str, list[str]]
    digests: frozenset[str] = field(init=False)
    published: Answer = field(init=False)

    def __post_init__(self) -> None:
        self.digests = frozenset(digest for digests in self.versions.values() for digest in digests)
        self.published = Answer.of(json.dumps(self.versions, separators=(",", ":")))

    @cached_property
    def pack(self) -> Pack | None:
        return pack.of(self.manifest)


class Shelf:
    """One course."""

    def __init__(self, course: Course, folder: Path, now: Callable[[], datetime]) -> None:
        self.course = course
        self.store = Store(folder)
        self._now = now
        self._history = History(self.store)
        self._current: Manifest | None = None
        self._renames: dict[str, str] = {}
        """Of the release that waits, the newest, and the one that is out: an earlier one may be out, or out again."""
        self._selections: OrderedDict[Any, Selection] = OrderedDict()

    def current(self) -> Manifest | None:
        """All of the release that is out."""
        name = self.store.current_name()
        if self._current is None or self._current.release != name:
            found = self.store.release(name) or (None if self._current else self.store.current())
            if found is None:
                return self._current  # the last good one, when the store is damaged
            self._current = found
            told = (self.store.held(), self.store.release(next(reversed(self.store.names()), "")), found)
            self._renames = {old: new for one in told if one for old, new in one.renames.items()}
            self._history.read_on()
            self._selections.clear()
        return self._current

    def selection(self, person: Person) -> Selection | None:
        """None before the first release."""
        current, now = self.current(), self._now()
        if current is None:
            return None
        who = self._viewer(person)
        seen = self._view(who, now)
        key = (who.sections, who.is_staff, seen.hidden, tuple(seen.coming.items()))
        if key not in self._selections:
            self._selections[key] = self._selected(current, who, seen, now)
        self._selections.move_to_end(key)
        while len(self._selections) > MOST_SELECTIONS:
            self._selections.popitem(last=False)
        return self._selections[key]

    def _selected(self, current: Manifest, who: Viewer, seen: View, now: datetime) -> Selection:
        part = schedule.selected(current, seen)
        versions = self._history.versions(part, lambda at: self._view(who, at).shows, now)
        return Selection(part, Answer.of(manifests.to_json(part)), versions)

    def _view(self, who: Viewer, at: datetime) -> View:
        return schedule.view(self.course, who, at, self._renames)

    def _viewer(self, person: Person) -> Viewer:
        return schedule.viewer(self.course, person.name, person.groups, is_staff(self.course, person))

    def tree(self, person: Person, commit: str) -> dict[str, str] | None:
        """Of the files of a commit those that this person may see by now."""
        files = self.store.tree(commit)
        self.current()
        seen = self._view(self._viewer(person), self._now())
        return None if files is None else {path: digest for path, digest in files.items() if seen.shows(path)}

"""Which versions of a file a person may know of: those that were out while the file was released to that person.

A draft that was replaced before its release time stays unseen, although its path is seen by now. Paths that are in no current
release any more are seen by nobody: what would have hidden them may no longer stand in the course's settings.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from classhub.materials.manifest import Manifest
from classhub.materials.mirror.store import Store

INSTANT = timedelta(microseconds=1)
ALWAYS = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Seen = Callable[[datetime], Callable[[str], bool]]
"""At a time -> of a path, whether it was released to somebody then."""


@dataclass
class History:
    """Of one course, read release by release; a later look reads only what is new."""

    store: Store
    last_out: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """By path and digest: until when a release that has it was the newest."""
    _newest: Manifest | None = None
    _names: list[str] = field(default_factory=list)

    def read_on(self) -> None:
        names = self.store.names()
        if names[: len(self._names)] != self._names:
            self.last_out, self._newest, self._names = {}, None, []
        for name in names[len(self._names) :]:
            release = self.store.release(name)
            self._end(_when(release) if release else LONG_AGO)
            self._newest = release
            self._end(ALWAYS)
        self._names = names

    def _end(self, until: datetime) -> None:
        """The newest one so far is out until then."""
        for path, entry in self._newest.files.items() if self._newest else ():
            self.last_out.setdefault(path, {})[entry.digest] = until

    def versions(self, current: Manifest, seen: Seen, now: datetime) -> dict[str, list[str]]:
        """By path the digests, for the paths of what a person gets now."""
        shows: dict[datetime, Callable[[str], bool]] = {}
        found = {}
        for path, entry in current.files.items():
            known = {entry.digest: now}
            for digest, until in self.last_out.get(path, {}).items():
                last = min(until - INSTANT, now)
                if last not in shows:
                    shows[last] = seen(last)
                if shows[last](path):
                    known[digest] = last
            found[path] = list(known)
        return found


def _when(release: Manifest) -> datetime:
    """When it came out; long ago if that is not known, so that what it replaced counts as never seen."""
    try:
        found = datetime.fromisoformat(release.published)
    except ValueError:
        return LONG_AGO
    return found if found.tzinfo else found.replace(tzinfo=UTC)

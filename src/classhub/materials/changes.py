"""What a student changed of what he was handed out, and what the course has new: looked at, nothing written.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from classhub.materials import disk, names, planning, record, tree, whereabouts
from classhub.materials.manifest import Manifest
from classhub.materials.record import Record, leaf_of
from classhub.materials.source import Source
from classhub.materials.tree import Sight


class Change(NamedTuple):
    """One path. yours: "edited", "missing" or ""; course: "new", "updated", "withdrawn" or ""."""

    path: str
    yours: str
    course: str


def changes(
    source: Source, home: Path, course: str, *, folder: str | None = None, state: Path | None = None
) -> list[Change]:
    """Raises Offline and Malformed of the source (restore.Stored is one that needs no connection), OSError of the home."""
    with _Seen(source, home, course, folder, state) as seen:
        paths = sorted({*seen.release.files, *seen.record.paths})
        paths = [path for path in paths if not names.refused(path)]
        found = [_change(seen, sight) for sight in tree.survey(seen.root, paths, seen.record, 0)]
    return [one for one in found if one.yours or one.course]


class _Seen:
    """Record, release and folder, open for looking."""

    def __init__(self, source: Source, home: Path, course: str, folder: str | None, state: Path | None) -> None:
        self.release: Manifest = source.manifest()
        self.state = state or whereabouts.state_of(Path(home), course)
        used = whereabouts.folder_in_use(Path(home), self.state)
        named = "" if names.refused(self.release.folder) else self.release.folder
        self.folder = folder or used or named or course
        self.path = Path(home) / self.folder
        self.record = Record(self.folder)
        self.root = -1

    def __enter__(self) -> _Seen:
        try:
            state = disk.open_folder(os.fsencode(self.state))
            try:
                self.record = record.load(state, self.folder)
            finally:
                disk.close(state)
        except OSError:
            pass
        self.root = disk.open_folder(os.fsencode(self.path))
        return self

    def __exit__(self, *_: object) -> None:
        disk.close(self.root)


def _change(seen: _Seen, sight: Sight) -> Change:
    base = seen.record.base(sight.path)
    entry = seen.release.files.get(sight.path)
    upstream = leaf_of(entry) if entry and not planning.why_out(sight.path, entry) else None
    yours = "" if base is None or sight.local == base else "missing" if sight.local is None else "edited"
    course = "" if upstream == base else "new" if base is None else "withdrawn" if upstream is None else "updated"
    if sight.local is not None and sight.local == upstream:
        return Change(sight.path, "", "")
    return Change(sight.path, yours, course)

"""What a student asks for himself: start a file over, have a former version back, see what changed.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from classhub.materials import disk, names, placing, record, staged, tree, undo, whereabouts
from classhub.materials.applying import find_spot, note_copy
from classhub.materials.disk import Changed
from classhub.materials.manifest import DIGEST, LARGEST, Manifest, from_json
from classhub.materials.preparing import MANIFEST
from classhub.materials.result import Result
from classhub.materials.run import Run, join
from classhub.materials.session import Wanted, held
from classhub.materials.source import Blob, Offline, Source
from classhub.materials.state import Unusable
from classhub.materials.sync import bring_paths, expand
from classhub.materials.undo import Version

TRIES = 3


def start_over(
    source: Source,
    home: Path,
    course: str,
    path: str,
    *,
    folder: str | None = None,
    state: Path | None = None,
    budget_s: float = 20,
    now: Callable[[], float] = time.time,
) -> Result:
    """The course's version of a file, or of all below a folder; the student's own moves to a free name beside it.

    Never raises; writes no result.json.
    """

    def work(run: Run) -> None:
        wanted = expand(run, [path])
        run.anew = frozenset(wanted)
        run.skipped = frozenset()
        bring_paths(run, wanted)

    return held(Wanted(source, Path(home), course, folder, state, budget_s, now), work, keeps_result=False)


def versions(state: Path, path: str) -> list[Version]:
    """Former versions of a file, the newest first. state: <home>/.classhub/<course>."""
    try:
        opened = disk.open_folder(os.fsencode(state))
    except OSError:
        return []
    try:
        return undo.versions(opened, path)
    finally:
        disk.close(opened)


def restore(
    home: Path,
    course: str,
    path: str,
    version: str,
    *,
    source: Source | None = None,
    folder: str | None = None,
    state: Path | None = None,
    now: Callable[[], float] = time.time,
) -> Result:
    """Put a former version in place; what lies there goes to the undo store first.

    version: the name of one of `versions`, or with a source the digest of any version that was ever handed out.
    Never raises; writes no result.json.
    """
    stored = Stored(state or whereabouts.state_of(Path(home), course), source)

    def work(run: Run) -> None:
        why = names.refused(path)
        if why:
            raise Unusable("path", f"{path!r} cannot be restored: {why}.")
        run.anew, run.skipped = frozenset([path]), frozenset()
        run.state.mark_unfinished()
        former = _former(run, path, version)
        try:
            for _ in range(TRIES):
                with suppress(Changed, FileExistsError):
                    return _restore(run, path, former)
            return run.block(path, "it is being changed at this moment")
        finally:
            disk.close(former)

    return held(Wanted(stored, Path(home), course, folder, state, now=now), work, keeps_result=False)


class Stored:
    """The release that was seen last, without a connection; its blobs of a source, if there is one."""

    def __init__(self, state: Path, source: Source | None = None) -> None:
        self.state = state
        self.source = source

    def manifest(self) -> Manifest:
        try:
            opened = disk.open_folder(os.fsencode(self.state))
            try:
                return from_json(record.read(opened, MANIFEST))
            finally:
                disk.close(opened)
        except (OSError, Changed) as error:
            raise Offline("nothing was ever handed out here") from error

    def blobs(self, digests: Iterable[str]) -> Iterator[Blob]:
        return self.source.blobs(digests) if self.source else iter(())

    def published(self) -> Mapping[str, frozenset[str]]:
        return self.source.published() if self.source else {}

    def tree(self, commit: str) -> Mapping[str, str] | None:
        return self.source.tree(commit) if self.source else None


def _restore(run: Run, path: str, former: int) -> None:
    """former: the version, open. A copy, never a second name: what is edited afterwards must not change what is kept."""
    with find_spot(run, path) as spot:
        wanted = staged.StagedFile(spot.place.folder, placing.copied(former), False)
        try:
            local = tree.leaf_at(spot.place)
            if local is not None and local.kind == "file":
                note_copy(run, spot, wanted.put_over(spot.place, local, None, run.safety(path, "restored")))
            else:
                if local is not None:
                    moved = placing.make_room(spot.place, run.free(spot.place.name))
                    run.say_also(path, "aside", join(tree.split(path)[0], moved))
                wanted.put(spot.place)
        finally:
            wanted.discard()
    if path in run.record.paths:
        run.record.at(path).fresh = None  # it is the student who wants it so
        run.record.changed = True
    run.say(path, "restored", spot.path if spot.beyond else "")


def _former(run: Run, path: str, version: str) -> int:
    """Open, and whole, before anything is moved for it. Raises Unusable, Offline."""
    if version in {one.name for one in undo.versions(run.state.folder, path)}:
        return _kept(run, path, version)
    for blob in run.source.blobs([version] if DIGEST.fullmatch(version) else []):
        if blob.digest == version:
            return _fetched(run, blob)
    raise Unusable("version", f"There is no version {version} of {path}.")


def _kept(run: Run, path: str, version: str) -> int:
    folder = undo.open_versions(run.state.folder, path)
    try:
        return disk.open_file(folder, os.fsencode(version))
    except Changed as error:
        raise Unusable("version", f"Version {version} of {path} is no file any more.") from error
    finally:
        disk.close(folder)


def _fetched(run: Run, blob: Blob) -> int:
    """A file without a name in our own folder."""
    try:
        temporary = placing.stage(
            run.state.folder, placing.written(staged.verified(blob, LARGEST, lambda: lambda _: None))
        )
    except staged.Damaged as error:
        raise Unusable("version", "The source gave other bytes than that version has.") from error
    try:
        return disk.open_file(run.state.folder, temporary)
    finally:
        placing.discard(run.state.folder, temporary)

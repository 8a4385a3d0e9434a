"""Material that is a folder of this machine. A look at one where nothing has changed is a walk and no reading.

Others may write the folder while we, who may read more than they, look at it: nothing below it is opened by its whole path, no link
on the way is followed, and what is read is the file that was found.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from classhub.materials import disk
from classhub.materials.manifest import Entry
from classhub.materials.mirror.blobs import TooLarge
from classhub.materials.mirror.candidate import (
    MOST_FILES,
    Candidate,
    Left,
    Unavailable,
    bound,
    in_bounds,
    link,
    too_large,
    unfit,
)
from classhub.materials.mirror.store import Store

RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again within the same tick of its disk's clock."""
PATIENCE_S = 5.0
CACHE = "folder"

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class FolderSource:
    folder: Path
    quiet_s: float = 1.0
    """Somebody who copies or checks out is waited for until nothing has changed for so long, up to 5 s."""

    def look(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
        if not self.folder.is_dir():
            raise Unavailable(f"There is no folder {self.folder} on this machine.")
        known = store.cached(CACHE)
        try:
            found = self._settled(known)
            bound(one.st_size for one in found.values() if not isinstance(one, Left))
            with in_bounds():
                files, left = self._read(store, found, known)
        except _Changed as error:
            raise Unavailable(f"{self.folder} was changed while it was read: {error}.") from error
        return Candidate(files, left, "the folder as it is")

    def _settled(self, known: Mapping[str, Any]) -> dict[str, os.stat_result | Left]:
        until = time.monotonic() + PATIENCE_S
        while True:
            found = dict(_walk(self.folder))
            if self._is_quiet(found, known) or time.monotonic() > until:
                return found
            time.sleep(min(0.2, self.quiet_s))

    def _is_quiet(self, found: Mapping[str, os.stat_result | Left], known: Mapping[str, Any]) -> bool:
        changed = [
            one.st_ctime
            for path, one in found.items()
            if isinstance(one, os.stat_result) and list(_stamp(one)) != known.get(path, [])[:4]
        ]
        return max(changed, default=0.0) < time.time() - self.quiet_s

    def _read(
        self, store: Store, found: Mapping[str, os.stat_result | Left], known: Mapping[str, Any]
    ) -> tuple[dict[str, Entry], dict[str, Left]]:
        files: dict[str, Entry] = {}
        left: dict[str, Left] = {}
        now_known: dict[str, Any] = {}
        for path, one in found.items():
            what = one if isinstance(one, Left) else self._entry(store, path, one, known.get(path), now_known)
            if isinstance(what, Left):
                left[path] = what
            else:
                files[path] = what
        if now_known != known:
            store.blobs.keep()  # what the cache says is there must be there
            store.cache(CACHE, now_known)
        return files, left

    def _entry(
        self, store: Store, path: str, found: os.stat_result, known: Any, now_known: dict[str, Any]
    ) -> Entry | Left:
        if stat.S_ISLNK(found.st_mode):
            return link(path, _target(self.folder, path))
        kind = "exec" if found.st_mode & stat.S_IXUSR else "file"
        if known and tuple(known[:4]) == _stamp(found) and store.blobs.has(known[4]):
            now_known[path] = known
            return Entry(kind, known[4], found.st_size)
        began = time.time_ns()
        try:
            with _opened(self.folder, path, found) as descriptor:
                digest, size = store.blobs.put(disk.pieces(descriptor))
        except PermissionError:
            return Left("unreadable", "It may not be read by whoever runs the hub.")
        except TooLarge as error:  # it grew
            return Left("too-large", str(error))
        if found.st_mtime_ns < began - RACY_NS:
            now_known[path] = [*_stamp(found), digest]
        return Entry(kind, digest, size)


def _stamp(found: os.stat_result) -> _Stamp:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


class _Changed(Exception):
    """Half a sentence: what is no longer what the walk found."""


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result | Left]]:
    """Files and links by their path below root; a folder that is left out stands for all that is in it."""
    waiting, count = [""], 0
    while waiting:
        above = waiting.pop()
        try:
            entries = _inside(root, above)
        except PermissionError:
            yield above, Left("unreadable", "The folder may not be read by whoever runs the hub.")
            continue
        for name, found in entries:
            path = f"{above}/{name}" if above else name
            count += 1
            if count > MOST_FILES:
                raise Unavailable(f"{root} holds more than {MOST_FILES:,} files. Name the course's own folder.")
            if name == ".git":
                continue  # of the instructor's own repository, which is no mistake
            if why := unfit(path):
                yield path, why
            elif stat.S_ISDIR(found.st_mode):
                waiting.append(path)
            else:
                yield path, _leaf(found)


def _inside(root: Path, path: str) -> list[tuple[str, os.stat_result]]:
    """Names and what they are, in order. Raises _Changed, PermissionError."""
    with _folder(root, path) as folder, os.scandir(folder) as inside, _as_found(path):
        entries = [(entry.name, entry.stat(follow_symlinks=False)) for entry in islice(inside, MOST_FILES + 1)]
    return sorted(entries, key=lambda one: one[0])


def _leaf(found: os.stat_result) -> os.stat_result | Left:
    if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
        return too_large(found.st_size) or found
    return Left("special-file", "It is a pipe, socket or device.")


# --- below the folder, name by name


@contextmanager
def _folder(root: Path, path: str) -> Iterator[int]:
    """Root itself may be a link: whoever named it meant where it leads."""
    with _as_found(path):
        at = disk.open_folder(os.fsencode(root))
        try:
            for name in filter(None, path.split("/")):
                below = disk.enter(at, os.fsencode(name))
                os.close(at)
                at = below
        except BaseException:
            os.close(at)
            raise
    try:
        yield at
    finally:
        os.close(at)


@contextmanager
def _opened(root: Path, path: str, found: os.stat_result) -> Iterator[int]:
    """The file that the walk found, and no other that has taken its name. Raises _Changed, PermissionError."""
    above, _, name = path.rpartition("/")
    with _folder(root, above) as folder, _as_found(path):
        descriptor = disk.open_file(folder, os.fsencode(name))
    try:
        now = disk.state_of(descriptor)
        if (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino):
            raise _Changed(f"{path} is another file now")
        yield descriptor
    finally:
        os.close(descriptor)


def _target(root: Path, path: str) -> bytes:
    above, _, name = path.rpartition("/")
    with _folder(root, above) as folder, _as_found(path):
        return disk.target(folder, os.fsencode(name))


@contextmanager
def _as_found(path: str) -> Iterator[None]:
    """What cannot be opened as what it was a moment ago is being changed."""
    what = path or "the folder"
    try:
        yield
    except FileNotFoundError as error:
        raise _Changed(f"{what} is gone") from error
    except PermissionError:
        raise
    except (OSError, disk.Changed) as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise _Changed(f"{what} is gone") from error
        raise _Changed(f"{what} is not what it was a moment ago") from error

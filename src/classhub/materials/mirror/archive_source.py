"""Material that is an archive: a file of this machine, or one that is fetched when it is new."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from classhub.materials.manifest import Entry
from classhub.materials.mirror import archive
from classhub.materials.mirror.archive import Member, Unusable
from classhub.materials.mirror.blobs import pieces
from classhub.materials.mirror.candidate import Candidate, Left, Unavailable, in_bounds, link, unfit, user_and_secret
from classhub.materials.mirror.store import Store
from classhub.outside.download import Undelivered, download_new

_Found = dict[str, Entry | Left]


@dataclass(frozen=True)
class ArchiveSource:
    source: str
    """An absolute path, or an address."""
    folder: str = ""
    """Inside it, without the folder that holds all."""
    token: Path | None = None

    def look(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
        if "://" in self.source:
            return self._fetched(store, seen)
        path = Path(self.source)
        try:
            found = path.stat()
            stamp = [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]
            return None if seen.get("stamp") == stamp else self._read(store, path, seen, {"stamp": stamp})
        except FileNotFoundError as error:
            raise Unavailable(f"There is no archive {path}.") from error
        except OSError as error:
            raise Unavailable(f"{path} cannot be read: {error.strerror}.") from error

    def _fetched(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
        known = {name: value for name, value in seen.items() if name != "digest"}
        secret = user_and_secret(self.token)[1] if self.token else ""
        with _unnamed(store.folder) as (file, path):
            try:
                now = download_new(self.source, archive.LARGEST, file, known, secret)
            except Undelivered as error:
                raise Unavailable(f"The archive does not come: {error}.") from error
            file.flush()
            return None if now is None else self._read(store, path, seen, now)

    def _read(self, store: Store, path: Path, seen: Mapping[str, Any], now: dict[str, Any]) -> Candidate | None:
        digest = _digest(path)
        if seen.get("digest") == digest:
            return None
        try:
            with in_bounds():
                found = _below(_without_top(dict(_all(store, path))), self.folder)
        except Unusable as error:
            raise Unavailable(f"The archive cannot be used. {error}") from error
        files, left = _judged(found)
        name = self.source.split("?")[0].rstrip("/").rpartition("/")[2]
        return Candidate(files, left, f"the archive {name}, {digest[:7]}", {**now, "digest": digest})


def _all(store: Store, path: Path) -> Iterator[tuple[str, Entry | Left]]:
    """Links are judged later, when it is known where they lie."""
    digests: dict[str, Entry | Left] = {}
    for member in archive.members(path):
        name = _plain(member.path)
        digests[name] = what = _leaf(store, name, member, digests)
        yield name, what


def _plain(name: str) -> str:
    while name.startswith("./"):
        name = name[2:]
    return name


def _leaf(store: Store, name: str, member: Member, earlier: Mapping[str, Entry | Left]) -> Entry | Left:
    if why := unfit(name) or _of_macos(name):
        return why
    if member.kind == "link":
        return Entry("link", "", 0, member.target.decode("utf-8", "surrogateescape"))
    if member.kind == "same":
        target = _plain(member.target.decode("utf-8", "surrogateescape"))
        return earlier.get(target) or Left("special-file", "It is a hard link to what is not in the archive.")
    if member.kind == "other":
        return Left("special-file", "It is a device or pipe.")
    return Entry(member.kind, *store.blobs.put(member.pieces))


def _of_macos(name: str) -> Left | None:
    parts = name.split("/")
    if parts[0] == "__MACOSX" or parts[-1].startswith("._"):
        return Left("clutter", "It is made by macOS.")
    return None


def _without_top(found: _Found) -> _Found:
    """Without the one folder that holds all, as most programs pack it."""
    tops = {name.partition("/")[0] for name, what in found.items() if not _is_clutter(what)}
    if len(tops) != 1 or any(name in tops for name in found):
        return found
    top = tops.pop() + "/"
    return {name.removeprefix(top): what for name, what in found.items()}


def _is_clutter(what: Entry | Left) -> bool:
    return isinstance(what, Left) and what.rule == "clutter"


def _below(found: _Found, folder: str) -> _Found:
    if not folder:
        return found
    inside = {name.removeprefix(folder + "/"): one for name, one in found.items() if name.startswith(folder + "/")}
    if not inside:
        raise Unusable(f"It holds no folder {folder}.")
    return inside


def _judged(found: _Found) -> tuple[dict[str, Entry], dict[str, Left]]:
    judged = {
        name: link(name, what.target.encode("utf-8", "surrogateescape"))
        if isinstance(what, Entry) and what.is_link
        else what
        for name, what in found.items()
    }
    return (
        {name: what for name, what in judged.items() if isinstance(what, Entry)},
        {name: what for name, what in judged.items() if isinstance(what, Left)},
    )


def _digest(path: Path) -> str:
    sum_ = sha256()
    for piece in pieces(path):
        sum_.update(piece)
    return sum_.hexdigest()


@contextmanager
def _unnamed(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A file for one look, on the store's own disk: what is fetched may not fit into /tmp."""
    handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)

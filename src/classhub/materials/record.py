"""The base record: what a student was last handed (or offered) at each path, and what was seen there since.

Written whole, with a checksum; one that is lost or damaged is rebuilt from what was ever published.
Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple, Optional

from classhub.materials import disk, own_place, placing
from classhub.materials.manifest import Entry
from classhub.materials.merge import Leaf, Version

NAME = b"base.json"
FORMAT = 1
RACY_NS = 2_000_000_000
"""A file that was written less than this before it was hashed may be written again without a later time."""

Print = Optional[tuple[int, ...]]  # noqa: UP045  evaluated by Python 3.9


class Fresh(NamedTuple):
    """Of a version that took the place of another: digest and time of what was put there, digest and size of the base before."""

    digest: str
    at_ns: int
    base: str
    size: int


class Known:
    """Of one path. `print` says with which times, size and inode `seen` was hashed."""

    __slots__ = ("base", "beside", "executable", "fresh", "print", "seen", "size")

    def __init__(self, base: Version = None, executable: bool = False, size: int = 0) -> None:
        self.base = base
        self.executable = executable
        self.size = size
        self.seen = ""
        self.print: Print = None
        self.beside: tuple[str, str] | None = None
        """Name and digest of the copy that was laid beside."""
        self.fresh: Fresh | None = None
        """Until it is sure that nobody saved over what came (overtaken.py)."""

    def take(self, entry: Entry) -> None:
        """What the release has is now what was handed out."""
        self.fresh = None
        self.base, self.executable, self.size = leaf_of(entry), entry.kind == "exec", entry.size


def leaf_of(entry: Entry) -> Leaf:
    return Leaf("link" if entry.is_link else "file", entry.digest)


def print_of(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


class Record:
    """All paths of one folder."""

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self.release = ""
        self.manifest = ""
        """Digest of the release's manifest as it was last stored."""
        self.folds: bool | None = None
        """Whether the disk takes names for one that differ in letter case or unicode form; None: not tried."""
        self.adopted = ""
        self.paths: dict[str, Known] = {}
        self.made: set[str] = set()
        """Folders that we made."""
        self.is_new = True
        self.changed = False

    def at(self, path: str) -> Known:
        known = self.paths.get(path)
        if known is None:
            known = self.paths[path] = Known()
        return known

    def base(self, path: str) -> Version:
        known = self.paths.get(path)
        return known.base if known else None

    def take(self, path: str, entry: Entry) -> None:
        self.at(path).take(entry)
        self.changed = True

    def drop(self, path: str) -> None:
        if self.paths.pop(path, None) is not None:
            self.changed = True

    def below(self, path: str) -> Iterable[str]:
        return [one for one in self.paths if one.startswith(path + "/") and self.paths[one].base]


def dump(record: Record) -> bytes:
    """A line with the checksum, and JSON."""
    kept = {path: _row(known) for path, known in record.paths.items()}
    words = {name: getattr(record, name) for name in ("folder", "release", "manifest", "folds", "adopted")}
    body = json.dumps({"classhub": FORMAT, **words, "made": sorted(record.made), "paths": kept}, separators=(",", ":"))
    return b"\n".join((sha256(body.encode()).hexdigest().encode(), body.encode()))


def _row(known: Known) -> list[Any]:
    base = known.base or Leaf("")
    seen = "" if known.seen == base.digest else known.seen
    row = [base.kind, base.digest, known.size, int(known.executable), seen, known.print, known.beside]
    return [*row, known.fresh] if known.fresh else row


def parse(content: bytes) -> Record | None:
    """None if it is damaged, or of another version of this program."""
    checksum, _, body = content.partition(b"\n")
    if sha256(body).hexdigest().encode() != checksum:
        return None
    raw = json.loads(body)
    if raw["classhub"] != FORMAT:
        return None
    record = Record()
    for name in ("folder", "release", "manifest", "folds", "adopted"):
        setattr(record, name, raw[name])
    record.made = set(raw["made"])
    record.paths = {path: _known(row) for path, row in raw["paths"].items()}
    record.is_new = False
    return record


def _known(row: list[Any]) -> Known:
    kind, digest, size, executable, seen, prints, beside, *fresh = row
    known = Known(Leaf(kind, digest) if kind else None, bool(executable), size)
    known.seen = seen or digest
    known.print = tuple(prints) if prints else None
    known.beside = tuple(beside) if beside else None
    known.fresh = Fresh(*fresh[0]) if fresh else None
    return known


def load(state: int, folder: str) -> Record:
    """An empty one if there is none, it cannot be read, or it is of another folder."""
    with suppress(OSError, disk.Changed, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        record = parse(read(state, NAME))
        if record is not None and record.folder == folder:
            return record
    return Record(folder)


def save(state: int, record: Record) -> None:
    write(state, NAME, dump(record))
    record.changed = False


def read(state: int, name: bytes) -> bytes:
    """Of a file of ours. Raises OSError or Changed."""
    descriptor = disk.open_file(state, name)
    try:
        return b"".join(disk.pieces(descriptor))
    finally:
        disk.close(descriptor)


def write(state: int, name: bytes, content: bytes) -> None:
    """Of a file of ours, whole or not at all, while the lock is held: a run sweeps up its temporary. Raises OSError."""
    own_place.clear_for_file(state, name)
    temporary = placing.stage(state, placing.written([content]))
    try:
        disk.replace(state, temporary, name)
    except BaseException:
        placing.discard(state, temporary)
        raise

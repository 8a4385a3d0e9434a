"""An instructor who publishes from memory, and a student's home in a temporary folder: what tests of the engine play with."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from classhub.materials.manifest import Entry, Manifest
from classhub.materials.result import Item, Result
from classhub.materials.source import Blob, Offline
from classhub.materials.sync import sync

COURSE = "comp141"


@dataclass(frozen=True)
class Link:
    """A symbolic link in a release."""

    target: str


@dataclass(frozen=True)
class Program:
    """A file with the executable bit."""

    content: bytes


Leaf = bytes | Link | Program


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def entry(leaf: Leaf) -> Entry:
    if isinstance(leaf, Link):
        target = leaf.target.encode("utf-8", "surrogateescape")
        return Entry("link", digest(target), len(target), leaf.target)
    content = leaf.content if isinstance(leaf, Program) else leaf
    return Entry("exec" if isinstance(leaf, Program) else "file", digest(content), len(content))


@dataclass
class MemoryBlob:
    digest: str
    content: bytes
    size: int = 1 << 20

    def pieces(self) -> Iterator[bytes]:
        for at in range(0, len(self.content), self.size):
            yield self.content[at : at + self.size]


@dataclass
class Instructor:
    """A Source: `files` is what is published now."""

    files: dict[str, Leaf] = field(default_factory=dict)
    blobs_known: dict[str, bytes] = field(default_factory=dict)
    ever: dict[str, set[str]] = field(default_factory=dict)
    commits: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    manifests: int = 0
    extra: dict[str, object] = field(default_factory=dict)
    folder: str = "COMP141"
    before_blob: Callable[[int, str], None] = lambda count, digest: None

    def __post_init__(self) -> None:
        self.publish()

    def publish(self, files: Mapping[str, Leaf] | None = None, **changes: Leaf | None) -> None:
        """A new release: of all of `files`, or with some changed."""
        if files is not None:
            self.files = dict(files)
        for leaf in self.files.values():
            content = b"" if isinstance(leaf, Link) else leaf.content if isinstance(leaf, Program) else leaf
            self.blobs_known[digest(content)] = content
        for path, leaf in self.files.items():
            self.ever.setdefault(path, set()).add(entry(leaf).digest)
        self.manifests += 1

    def put(self, path: str, leaf: Leaf | None) -> None:
        """Publish one change; None withdraws the path."""
        if leaf is None:
            del self.files[path]
        else:
            self.files[path] = leaf
        self.publish()

    def manifest(self) -> Manifest:
        entries = {path: entry(leaf) for path, leaf in self.files.items()}
        return Manifest(COURSE, f"r{self.manifests}", entries, folder=self.folder, **self.extra)  # type: ignore[arg-type]

    def blobs(self, digests: Iterable[str]) -> Iterator[Blob]:
        asked = list(digests)
        self.asked.append(asked)
        for count, one in enumerate(asked):
            self.before_blob(count, one)
            if one in self.blobs_known:
                yield MemoryBlob(one, self.blobs_known[one])

    def published(self) -> Mapping[str, frozenset[str]]:
        return {path: frozenset(found) for path, found in self.ever.items()}

    def tree(self, commit: str) -> Mapping[str, str] | None:
        return self.commits.get(commit)


class Unreachable(Instructor):
    """A source that does not answer."""

    def manifest(self) -> Manifest:
        raise Offline("the mirror does not answer")


def merge_lines(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """A stand-in that merges texts of equally many lines."""
    lines = [text.split(b"\n") for text in (base, mine, theirs)]
    if len({len(one) for one in lines}) != 1:
        return None
    merged = []
    for b, m, t in zip(*lines, strict=True):
        if len({b, m, t}) == 3:
            return None
        merged.append(t if m == b else m)
    return b"\n".join(merged)


MERGES = {"": merge_lines, ".ipynb": merge_lines}


class Student:
    """A home, and what the student does there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.home.mkdir(parents=True, exist_ok=True)
        self.course = home / "COMP141"
        self.state = home / ".classhub" / COURSE

    def sync(self, source: Instructor, **options: object) -> Result:
        options.setdefault("merges", MERGES)
        return sync(source, self.home, COURSE, **options)  # type: ignore[arg-type]

    def path(self, path: str) -> Path:
        return self.course / path

    def read(self, path: str) -> bytes:
        return self.path(path).read_bytes()

    def write(self, path: str, content: bytes) -> Path:
        """Save in place, as Jupyter does."""
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    def listing(self) -> dict[str, bytes | str]:
        """Everything in the course's folder: content of files, "-> target" of links, "" of folders."""
        found: dict[str, bytes | str] = {}
        for place in sorted(self.course.rglob("*")):
            name = str(place.relative_to(self.course))
            if place.is_symlink():
                found[name] = f"-> {place.readlink()}"
            elif place.is_dir():
                found[name] = ""
            elif stat.S_ISREG(place.lstat().st_mode):
                found[name] = place.read_bytes()
            else:
                found[name] = "odd"
        return found

    def files(self) -> dict[str, bytes | str]:
        """Without folders."""
        return {path: content for path, content in self.listing().items() if content != ""}

    def all_contents(self) -> set[bytes]:
        """Of every file in the home, the undo store included."""
        return {
            place.read_bytes()
            for place in self.home.rglob("*")
            if not place.is_symlink() and stat.S_ISREG(place.lstat().st_mode)
        }


def said(result: Result, path: str) -> Item:
    """What is said of a path."""
    return next(item for item in result.items if item.path == path)


def actions(result: Result) -> dict[str, str]:
    return {item.path: item.action for item in result.items}

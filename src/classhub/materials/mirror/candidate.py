"""What a source holds now, before it is a release."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from classhub.materials.manifest import Entry
from classhub.materials.mirror import blobs
from classhub.materials.mirror.blobs import NoRoom, TooLarge
from classhub.materials.mirror.store import Store
from classhub.materials.names import clutter, refused, refused_link, to_bytes

MOST_FILES = 50_000
"""A course has hundreds; a wrong path, as /, has millions."""


class Unavailable(Exception):
    """The source cannot be had now. The text is for a person, a whole sentence, and holds no secret."""


@dataclass(frozen=True)
class Left:
    """Why a path of the source is in no release."""

    rule: str
    """"refused-name", "clutter", "escaping-link", "submodule", "lfs-pointer", "special-file", "too-large",
    "unreadable"."""
    why: str


@dataclass(frozen=True)
class Candidate:
    """Its blobs are in the store, not yet kept."""

    files: Mapping[str, Entry]
    left: Mapping[str, Left]
    words: str
    """Of what, as "commit 1a2b3c4 of main"."""
    seen: Mapping[str, Any] = field(default_factory=dict)
    """What the source gives back to itself at the next look."""


class Reader(Protocol):
    """One kind of source."""

    def look(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
        """None: nothing has changed since `seen`. Raises Unavailable. Under the store's lock."""
        ...


def unfit(path: str) -> Left | None:
    """By its name alone."""
    if why := refused(path):
        return Left("refused-name", f"{why[0].upper()}{why[1:]}.")
    if why := clutter(path):
        return Left("clutter", f"It is {why}.")
    return None


def too_large(size: int) -> Left | None:
    """By what the source says of it, before it is read."""
    return Left("too-large", f"It has more than {blobs.LARGEST:,} bytes.") if size > blobs.LARGEST else None


def bound(sizes: Iterable[int]) -> None:
    """Of a whole release. Raises Unavailable."""
    if sum(sizes) > blobs.LARGEST_TOGETHER:
        raise Unavailable(f"The material has more than {blobs.LARGEST_TOGETHER:,} bytes.")


@contextmanager
def in_bounds() -> Iterator[None]:
    """Around all that puts blobs: what is too much for the store is the source's doing."""
    try:
        yield
    except (NoRoom, TooLarge) as error:
        raise Unavailable(f"The material cannot be kept. {error}") from error


def user_and_secret(token: Path) -> tuple[str, str]:
    """Of a file that holds a token, or user:token. Raises Unavailable."""
    try:
        user, _, secret = token.read_text().strip().rpartition(":")
    except (OSError, ValueError) as error:
        raise Unavailable(f"The token in {token} cannot be read.") from error
    return user, secret


def link(path: str, target: bytes) -> Entry | Left:
    """A symbolic link, if it stays inside."""
    text = target.decode("utf-8", "surrogateescape")
    if why := refused_link(path, text):
        return Left("escaping-link", f"{why[0].upper()}{why[1:]}.")
    return Entry("link", sha256(target).hexdigest(), len(target), text)


def content(files: Mapping[str, Entry], *more: str) -> str:
    """One digest of all that students would get."""
    sum_ = sha256()
    for text in more:
        sum_.update(text.encode("utf-8", "surrogateescape") + b"\0")
    for path in sorted(files):
        entry = files[path]
        sum_.update(b"%s\0%s\0%s\0" % (to_bytes(path), entry.kind.encode(), entry.digest.encode()))
    return sum_.hexdigest()

"""A release of course material: which files it has, by content.

Student's side: standard library only, Python 3.9. Names are bytes as in git, decoded with surrogateescape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

VERSION = 1
DIGEST = re.compile(r"[0-9a-f]{64}")
KINDS = ("file", "exec", "link")
LARGEST = 1 << 50
"""Bytes of a file, beyond what any disk holds."""


class Malformed(Exception):
    """A manifest that is none: cut short, of another program, or of a newer version than this one knows."""


class Entry(NamedTuple):
    """One leaf of a release."""

    kind: str
    """"file", "exec" (a file with the executable bit) or "link"."""
    digest: str
    """SHA-256 in hex; of a link: of its target's bytes."""
    size: int
    """Bytes."""
    target: str = ""
    """Of a link: where it points, relative."""

    @property
    def is_link(self) -> bool:
        return self.kind == "link"


@dataclass(frozen=True)
class Manifest:
    """What one student gets of one release."""

    course: str
    release: str
    files: Mapping[str, Entry]
    """By path below the course's folder, with slashes."""
    title: str = ""
    folder: str = ""
    """Name of the folder in a student's home."""
    published: str = ""
    """When, as ISO 8601 in UTC."""
    source: str = ""
    """Of what, in words without secrets, as "commit 1a2b3c4 of main"."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Old path to path of now, over all releases."""
    coming: Mapping[str, str] = field(default_factory=dict)
    """Paths that are still to be released, with the time (ISO 8601 with offset)."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Paths that are not delivered, with the reason in words."""
    hidden: frozenset[str] = frozenset()
    """`name_digest` of paths that are not for this student, with all below: what was handed out of them stays."""
    text: str = field(default="", init=False, compare=False, repr=False)
    """As it was read, if that was ASCII; "" for one that was made here."""


def name_digest(path: str) -> str:
    """Of a path that the reader knows already, or learns nothing of."""
    return sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def to_json(manifest: Manifest) -> str:
    """ASCII; names that are no UTF-8 travel as lone surrogates. As from_json found it, where it did."""
    if manifest.text:
        return manifest.text
    files = {path: _packed(entry) for path, entry in sorted(manifest.files.items())}
    words = {name: getattr(manifest, name) for name in WORDS}
    maps = {name: dict(getattr(manifest, name)) for name in MAPS}
    hidden = {"hidden": sorted(manifest.hidden)} if manifest.hidden else {}
    return json.dumps({"classhub": VERSION, **words, **maps, **hidden, "files": files}, separators=(",", ":"))


WORDS = ("course", "release", "title", "folder", "published", "source")
MAPS = ("renames", "coming", "left")


def _packed(entry: Entry) -> list[str | int]:
    return [entry.kind, entry.digest, entry.size, *([entry.target] if entry.is_link else [])]


def from_json(text: str | bytes) -> Manifest:
    """Raises Malformed. Each part is looked at: it may come from a server that lies."""
    try:
        whole = text if isinstance(text, str) else text.decode("utf-8-sig", "surrogatepass")
        raw = json.loads(whole)
        if type(raw["classhub"]) is not int or raw["classhub"] != VERSION:
            raise Malformed(f"this program knows version {VERSION} of a release, not {raw['classhub']!r}")
        files = {_text(path): _entry(packed) for path, packed in raw["files"].items()}
        words = {name: _text(raw.get(name, "")) for name in WORDS}
        maps = {name: {_text(key): _text(value) for key, value in raw.get(name, {}).items()} for name in MAPS}
        hidden = frozenset(map(_text, _list(raw.get("hidden", []))))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed(f"this is no release: {type(error).__name__}") from error
    found = Manifest(files=files, hidden=hidden, **words, **maps)  # type: ignore[arg-type]
    if whole.isascii():
        object.__setattr__(found, "text", whole)
    return found


def _entry(packed: Any) -> Entry:
    kind, digest, size, *target = _list(packed)
    if kind not in KINDS or not DIGEST.fullmatch(digest):
        raise ValueError(kind)
    if type(size) is not int or not 0 <= size <= LARGEST or len(target) != (kind == "link"):
        raise ValueError(size)
    return Entry(kind, digest, size, _text(target[0])) if target else Entry(kind, digest, size)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(type(value).__name__)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value

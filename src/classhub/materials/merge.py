"""Decide, path by path, what a release does to a student's copy: a table over three versions, and nothing else.

Base is what was last handed out (or offered) at a path, local what lies there now, upstream what the release has.
Nothing here reads or writes. Whether a file may be run (its executable bit) is no part of the
comparison: some disks cannot hold it. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, Optional


class Do(Enum):
    """What happens at one path. In all but NOTHING and KEEP, the base becomes upstream."""

    NOTHING = "nothing"
    SAME = "same"  # the student has it already
    DELIVER = "deliver"  # the place is free
    FORGET = "forget"  # gone on both sides
    REPLACE = "replace"  # untouched by the student: the new version takes its place
    REMOVE = "remove"  # untouched by the student and withdrawn
    KEEP = "keep"  # the student's, no news
    KEEP_OWN = "keep own"  # withdrawn, but the student worked on it: his own from now on
    MERGE = "merge"  # both changed: three-way if that is clean, else beside
    BESIDE = "beside"  # the student's stays, the new one lands beside it
    ASIDE = "aside"  # the student's moves to a free name, the new one takes the place


class Leaf(NamedTuple):
    """A version of one path. kind: "file" or "link"; of what lies in a home also "folder" or "odd" (a pipe, a socket, a
    device, something unreadable)."""

    kind: str
    digest: str = ""

    @property
    def is_leaf(self) -> bool:
        return self.kind in ("file", "link")


Version = Optional[Leaf]  # noqa: UP045  evaluated by Python 3.9


def decide(  # noqa: PLR0911  a row of the table each
    base: Version, local: Version, upstream: Version, is_published: Callable[[str], bool]
) -> Do:
    """None means absent. is_published: whether a digest was ever handed out at this path; asked only when there is no base."""
    if upstream is None:
        return _withdrawn(base, local)
    if local == upstream:
        return Do.SAME
    if local is None:
        return Do.DELIVER
    if not local.is_leaf:
        return _not_a_leaf(base, local, upstream)
    if base is None:
        return Do.REPLACE if is_published(local.digest) else Do.ASIDE
    if local == base:
        return Do.REPLACE
    return Do.KEEP if upstream == base else Do.MERGE


def _withdrawn(base: Version, local: Version) -> Do:
    if base is None:
        return Do.NOTHING
    if local is None:
        return Do.FORGET
    return Do.REMOVE if local == base else Do.KEEP_OWN


def _not_a_leaf(base: Version, local: Leaf, upstream: Leaf) -> Do:
    """A folder makes room for news; a pipe, device or unreadable file is left where it is."""
    if upstream == base:
        return Do.KEEP
    return Do.ASIDE if local.kind == "folder" else Do.BESIDE


class Way(Enum):
    """What happens to something that lies where the release needs a folder."""

    REMOVE = "remove"  # it is what was handed out, untouched
    KEEP = "keep"  # the student put it in place of the folder, and there are no news below
    ASIDE = "aside"
    BESIDE = "beside"  # nothing is written through it: news go to a folder beside


def decide_way(base: Version, local: Leaf, has_base_below: bool, has_news_below: bool) -> Way:
    """local: what lies at the folder's path and is no folder. base: of that very path, as a leaf."""
    if base is not None and local == base:
        return Way.REMOVE
    if has_base_below and not has_news_below:
        return Way.KEEP
    if local.kind == "odd" or (local.kind == "link" and has_base_below):
        return Way.BESIDE
    return Way.ASIDE


MERGEABLE_BYTES = 5_000_000
NOTEBOOK_BYTES = 20_000_000
"""With the pictures among its outputs."""


def is_notebook(path: str) -> bool:
    return path.lower().endswith(".ipynb")


def most_bytes(path: str) -> int:
    """What is as large as this is not merged."""
    return NOTEBOOK_BYTES if is_notebook(path) else MERGEABLE_BYTES


def is_mergeable(path: str, versions: tuple[Leaf, ...], sizes: tuple[int, ...]) -> bool:
    """Links are never merged, nor what is too large; whether it is text shows when it is read."""
    return all(version.kind == "file" for version in versions) and max(sizes) < most_bytes(path)


def is_text(content: bytes) -> bool:
    """No NUL in the first 8 kB, and UTF-8."""
    if b"\0" in content[:8192]:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""One run: what its steps share, and what they say of each path. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Optional

from classhub.materials import arriving, disk, names, tree, undo
from classhub.materials.arriving import Arriving
from classhub.materials.manifest import Manifest
from classhub.materials.merge import Do, Leaf, Version, Way, decide, decide_way
from classhub.materials.near import Near
from classhub.materials.placing import Place, Safety
from classhub.materials.record import Record, leaf_of
from classhub.materials.result import Item
from classhub.materials.source import Offline, Source
from classhub.materials.state import State
from classhub.materials.telling import reason
from classhub.materials.tree import InTheWay

Merge = Callable[[bytes, bytes, bytes], Optional[bytes]]  # noqa: UP045  evaluated by Python 3.9
"""base, mine, theirs; None: not clean."""
ENDING = ("offline", "budget")
LOW_SPEED = 64_000
"""Bytes a second: a file that was begun in time may go on past the budget while it comes faster."""


class Run:
    """What is wanted, where, and what was done so far."""

    state: State

    def __init__(self, source: Source, now: float, budget_s: float) -> None:
        self.source = source
        self.deadline = time.monotonic() + budget_s
        self.day = _said("%Y-%m-%d", time.localtime, now)
        self.stamp = _said("%Y%m%dT%H%M%SZ", time.gmtime, now)
        self.started = _said("%Y-%m-%dT%H:%M:%SZ", time.gmtime, now)
        self.settled_ns = 0
        self.begun = time.monotonic()
        self.root = -1
        self.arriving: Arriving | None = None
        """While nobody sees the folder that root is."""
        self.has_arrived = False
        self.has_staged = False
        """Whether temporary files were made in the folder, or something left its place: a run that is cut short leaves them."""
        self.near: Near | None = None
        self.record = Record()
        self.manifest = Manifest("", "", {})
        self.merges: Mapping[str, Merge] = {}
        self.skipped: frozenset[str] = frozenset()
        self.leaves_out: Mapping[str, str] = {}
        """Paths of the release that are not delivered, and why."""
        self.clashing: frozenset[str] = frozenset()
        """Paths that are one with another of the release on this disk."""
        self.anew: frozenset[str] = frozenset()
        """Paths that the student starts over: his own make room."""
        self.published: Mapping[str, frozenset[str]] | Offline | None = None
        self.reopened: dict[str, Leaf] = {}
        """Paths whose news come once more, as they were saved over at once, with their former base. Where that is not clean,
        no copy comes beside."""
        self.items: dict[str, Item] = {}
        self.also: list[Item] = []
        self.same = 0
        self.written = 0
        self.trouble: dict[str, str] = {}
        """code, text of what made the run incomplete."""
        self.ended = ""
        """Why nothing more can come in this run: "offline" or "budget"."""
        self._beside: dict[tuple[str, Leaf], str] = {}
        """What lies where a folder should be -> the folder that takes what belongs below it, for all of this run."""
        self.kept_any = False

    def say(self, path: str, action: str, where: str = "", why: str = "") -> None:
        self.items[path] = Item(path, action, where, why)

    def say_also(self, path: str, action: str, where: str, why: str = "") -> None:
        """Beside what is said of the path itself."""
        self.also.append(Item(path, action, where, why))

    def block(self, path: str, error: OSError | str, code: str = "blocked") -> None:
        """The disk (or the source) did not let us: this path waits for the next run, the others go on."""
        text = error if isinstance(error, str) else reason(error)
        if isinstance(error, OSError) and error.errno in disk.FULL:
            code = "space"
        self.say(path, "blocked", why=text)
        self.cut(code, text)

    def cut(self, code: str, text: str) -> None:
        """The run is not complete. What ends it is told before all else, then the first reason."""
        ends = code in ENDING and not self.ended
        if ends:
            self.ended = code
        if ends or not self.trouble:
            self.trouble = {"code": code, "text": text}

    def forget_near(self) -> None:
        if self.near is not None:
            self.near.close()
            self.near = None

    def show_folder(self) -> None:
        """Of a first delivery, from now on. Raises arriving.Missed."""
        if self.arriving is not None:
            arrived, self.arriving, self.has_arrived = self.arriving, None, True
            arrived.show()

    def show_folder_in_time(self, now: float) -> None:
        """As show_folder, when it was hidden long enough. now: time.monotonic()."""
        if self.arriving is not None and now > self.begun + arriving.SHOWN_AFTER_S:
            self.show_folder()

    def close(self) -> None:
        self.forget_near()
        if self.arriving is not None:
            self.arriving.give_up()
            self.arriving = None
        if self.root >= 0:
            disk.close(self.root)

    def all_items(self) -> tuple[Item, ...]:
        return (*self.items.values(), *self.also)

    def is_cut_short(self) -> bool:
        """What was asked for did not all come; more may come yet."""
        return bool(self.ended)

    def is_late(self) -> bool:
        return time.monotonic() >= self.deadline

    def is_published(self, path: str) -> Callable[[str], bool]:
        """Asks the source once, and only when a copy is found that nobody has a record of. Raises Offline."""

        def ask(digest: str) -> bool:
            if isinstance(self.published, Offline):
                raise self.published
            if self.published is None:
                try:
                    self.published = self.source.published()
                except Offline as error:
                    self.published = error
                    raise
            return digest in self.published.get(path, ())

        return ask

    def decide(self, path: str, local: Version) -> Do:
        """The table, for a path of the release."""
        upstream = leaf_of(self.manifest.files[path])
        if path in self.clashing:
            return Do.BESIDE
        if path in self.anew and local is not None and local != upstream:
            return Do.ASIDE
        return decide(self.base(path), local, upstream, self.is_published(path))

    def base(self, path: str) -> Version:
        return self.reopened.get(path) or self.record.base(path)

    def safety(self, path: str, why: str) -> Safety:
        def keep(place: Place, descriptor: int, digest: str) -> None:
            self.kept_any = True
            undo.keep(self.state.folder, path, undo.Original(place, descriptor, digest), f"{self.stamp}-{why}")

        return Safety(keep, self.free)

    def free(self, name: bytes) -> Iterable[bytes]:
        return names.free_names(name, self.day)

    def is_unwanted(self, path: str) -> bool:
        """On the student's skip list, itself or a folder above."""
        return bool(self.skipped) and any(one in self.skipped for one in above(path))

    def way_of(self, obstacle: InTheWay) -> Way:
        """What happens to what lies where a folder of the release should be."""
        if (obstacle.path, obstacle.leaf) in self._beside:
            return Way.BESIDE
        below = [path for path in self.manifest.files if path.startswith(obstacle.path + "/")]
        news = any(self.has_news(path) for path in below)
        has_base = any(True for _ in self.record.below(obstacle.path))
        return decide_way(self.record.base(obstacle.path), obstacle.leaf, has_base, news)

    def has_news(self, path: str) -> bool:
        if path in self.leaves_out or self.is_unwanted(path):
            return False
        return path in self.anew or self.record.base(path) != leaf_of(self.manifest.files[path])

    def folder_beside(self, obstacle: InTheWay) -> str:
        """The folder for what belongs below a path through which nothing is written."""
        key = obstacle.path, obstacle.leaf
        if key not in self._beside:
            self._beside[key] = self._name_beside(obstacle.path)
        return self._beside[key]

    def _name_beside(self, obstacle: str) -> str:
        whole = sha256()
        for path, entry in sorted(self.manifest.files.items()):
            if path.startswith(obstacle + "/") and path not in self.leaves_out:
                whole.update(names.to_bytes(path) + b"\0" + entry.digest.encode())
        folder, name = tree.split(obstacle)
        return join(folder, names.folder_beside(name, whole.hexdigest()))


def above(path: str) -> Sequence[str]:
    """The path and every folder on its way."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def folders_of(paths: Iterable[str]) -> set[str]:
    """All folders on the way to these."""
    direct = {path.rpartition("/")[0] for path in paths}
    return {one for folder in direct if folder for one in above(folder)}


def join(folder: str, name: bytes) -> str:
    return f"{folder}/{names.to_text(name)}" if folder else names.to_text(name)


def _said(form: str, clock: Callable[[float], time.struct_time], moment: float) -> str:
    """A clock that is wrong beyond all bounds counts as one that stands still."""
    try:
        return time.strftime(form, clock(moment))
    except (ValueError, OverflowError, OSError):
        return time.strftime(form, time.gmtime(0))

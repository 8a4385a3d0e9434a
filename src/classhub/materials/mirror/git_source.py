"""Material that is a git repository. A look at one where nothing has changed is one question to its host."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from classhub.materials.manifest import Entry
from classhub.materials.mirror.blobs import NoRoom
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
    user_and_secret,
)
from classhub.materials.mirror.store import Store
from classhub.outside import lfs
from classhub.outside.git.isolated import Access
from classhub.outside.git.repository import Damaged, GitFailed, Leaf, NoBranch, Ref, Repository

CACHE = "git"
"""Git's id of a blob -> [digest, size], or [digest, size, "lfs"] of what a pointer stands for."""
LFS_S = 900.0
"""For all that is in LFS at one look: the rest follows at the next."""

_Known = dict[str, list[Any]]


@dataclass(frozen=True)
class GitSource:
    source: str
    branch: str = ""
    folder: str = ""
    key: Path | None = None
    token: Path | None = None
    user: str = ""
    secret: str = ""
    """In place of the token's file."""

    def look(self, store: Store, seen: Mapping[str, Any]) -> Candidate | None:
        repository = self.repository(store)
        try:
            repository.ready()
            ref = repository.wanted(self.branch)
            if seen.get("commit") == ref.commit and seen.get("whole", True):
                return None
            with in_bounds():
                return self._fetched(store, repository, ref)
        except NoBranch as error:
            raise Unavailable(f"The repository has not what is asked for: {error}.") from error
        except GitFailed as error:
            raise Unavailable(f"The repository cannot be had: {error}.") from error

    def _fetched(self, store: Store, repository: Repository, ref: Ref) -> Candidate:
        try:
            return self._candidate(store, repository, repository.fetch(ref))
        except Damaged:
            repository.renew()
            return self._candidate(store, repository, repository.fetch(ref))

    def repository(self, store: Store) -> Repository:
        return Repository(store.folder / "git", self.source, self._access)

    @cached_property
    def _access(self) -> Access:
        if self.token is None:
            return Access(self.key, self.user, self.secret)
        return Access(self.key, *user_and_secret(self.token))

    def _candidate(self, store: Store, repository: Repository, ref: Ref) -> Candidate:
        leaves = repository.leaves(ref.commit, MOST_FILES, self.folder)
        left = {one.path: why for one in leaves if (why := unfit(one.path) or _submodule(one) or too_large(one.size))}
        wanted = [one for one in leaves if one.path not in left]
        bound(one.size for one in wanted)
        known = self.digests(store, repository, wanted)
        bound(known[one.id][1] for one in wanted)  # with what pointers stand for
        until = time.monotonic() + LFS_S
        found = {one.path: self._entry(store, one, known, until) for one in wanted}
        left |= {path: what for path, what in found.items() if isinstance(what, Left)}
        whole = not any(what.rule == "lfs-pointer" for what in left.values())
        files = {path: what for path, what in found.items() if isinstance(what, Entry)}
        return Candidate(files, left, ref.words, {"commit": ref.commit, "whole": whole})

    def digests(self, store: Store, repository: Repository, leaves: Iterable[Leaf]) -> _Known:
        """By git's id, for at least these. Raises GitFailed. Only what is not known yet is read."""
        known: _Known = {id_: what for id_, what in store.cached(CACHE).items() if store.blobs.has(what[0])}
        wanted = dict.fromkeys(one.id for one in leaves if one.id not in known and one.mode != "160000")
        if not wanted:
            return known
        for id_, size, pieces in repository.blobs(wanted):
            known[id_] = _put(store, size, pieces)
        store.blobs.keep()
        store.cache(CACHE, {id_: what for id_, what in known.items() if len(what) < 3 or store.blobs.has(what[0])})
        return known

    def _entry(self, store: Store, leaf: Leaf, known: _Known, until: float) -> Entry | Left:
        digest, size, *is_lfs = known[leaf.id]
        if leaf.mode == "120000":
            target = store.blobs.read(digest) if size < 4096 else b""
            return link(leaf.path, target)
        if is_lfs and not store.blobs.has(digest):
            if time.monotonic() > until:
                return Left("lfs-pointer", "It is kept in Git LFS, and all that is took too long; it follows.")
            try:
                self._fetch(store, lfs.Pointer(digest, size))
            except lfs.NotHad as error:
                return Left("lfs-pointer", f"It is kept in Git LFS, and {error}.")
        if is_lfs and store.blobs.path(digest).stat().st_size != size:
            return Left("lfs-pointer", "It is kept in Git LFS, and its pointer tells another size than it has.")
        return Entry("exec" if leaf.mode == "100755" else "file", digest, size)

    def _fetch(self, store: Store, wanted: lfs.Pointer) -> None:
        with lfs.bytes_of(wanted, self.source, self._access.user, self._access.secret) as pieces:
            found = store.blobs.put(_at_most(pieces, wanted.size))
        if found != (wanted.digest, wanted.size):
            raise lfs.NotHad("its server gives other bytes")


def _submodule(leaf: Leaf) -> Left | None:
    return Left("submodule", "It is another repository (a submodule).") if leaf.mode == "160000" else None


def _put(store: Store, size: int, pieces: Iterator[bytes]) -> list[Any]:
    if size >= lfs.LONGEST_POINTER:
        return [*store.blobs.put(pieces)]
    data = b"".join(pieces)
    if found := lfs.pointer(data):
        return [found.digest, found.size, "lfs"]
    return [*store.blobs.put([data])]


def _at_most(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    for piece in chain(pieces):
        size -= len(piece)
        if size < 0:
            raise lfs.NotHad("its server gives more bytes than it has")
        yield piece


def tree(store: Store, source: GitSource, commit: str) -> dict[str, str] | None:
    """Path -> digest of a commit that the mirror has, kept for the next who asks; None if it has not. Under the store's lock."""
    if (known := store.tree(commit)) is not None:
        return known
    repository = source.repository(store)
    if not repository.has(commit):
        return None
    try:
        leaves = [one for one in repository.leaves(commit, MOST_FILES, source.folder) if one.mode != "160000"]
        leaves = [one for one in leaves if not too_large(one.size)]
        digests = source.digests(store, repository, leaves)
    except (GitFailed, NoRoom):
        return None
    found = {one.path: digests[one.id][0] for one in leaves}
    store.keep_tree(commit, found)
    return found

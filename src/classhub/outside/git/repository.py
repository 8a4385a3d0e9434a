"""A bare mirror of somebody's repository: one branch or tag of it, with its history, and what is in its commits.

Nothing is ever checked out, and nothing that the repository brings is run.
"""

import os
import re
import select
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from classhub.outside.git import reasons
from classhub.outside.git.isolated import ASKPASS, CONFIG, Access, environment, protocol
from classhub.outside.git.local import is_borrowing
from classhub.outside.process import Output, ProgramFailed, piped, run
from classhub.outside.room import has_room

ASK_S = 40
FETCH_S = 900
READ_S = 120
LATE_S = 10
LOOK_S = 0.5
LARGEST_FETCH = 10 << 30
"""Bytes: what comes, with all its history."""
LINE = 1024
"""Bytes for each file of a list: four times those of a long path."""
HELD = "refs/classhub/wanted"
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class GitFailed(Exception):
    """Half a sentence, without secrets."""


class NoBranch(GitFailed):
    """The repository is there, and has not what is wanted."""


class Damaged(GitFailed):
    """The copy here; renew() helps."""


@dataclass(frozen=True)
class Ref:
    """A branch or tag of the source."""

    name: str
    """As refs/heads/main."""
    commit: str

    @property
    def words(self) -> str:
        """As "commit 1a2b3c4 of main"."""
        kind = "tag " if self.name.startswith("refs/tags/") else ""
        return f"commit {self.commit[:7]} of {kind}{self.name.removeprefix('refs/heads/').removeprefix('refs/tags/')}"


@dataclass(frozen=True)
class Leaf:
    """mode: "100644", "100755", "120000" (a link) or "160000" (a submodule)."""

    mode: str
    id: str
    size: int
    path: str


class Repository:
    """folder: of our own, with the mirror and git's home in it. Used by one at a time."""

    def __init__(self, folder: Path, address: str, access: Access) -> None:
        self.folder = folder
        self.address = address
        self._access = access
        self._mirror = folder / "mirror.git"

    def ready(self) -> None:
        """Make what is missing, and remove locks that killed programs left. Raises GitFailed."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._home / "gitconfig").write_text(CONFIG)
        (self._home / "askpass").write_text(ASKPASS)
        (self._home / "askpass").chmod(0o700)
        (self._home / "key").unlink(missing_ok=True)
        if self._access.key:
            (self._home / "key").symlink_to(self._access.key)
        if not (self._mirror / "HEAD").is_file():
            shutil.rmtree(self._mirror, ignore_errors=True)
            self._git("init", "--quiet", "--bare", "--template=", "--", str(self._mirror), timeout_s=ASK_S)
        for path in [*self._mirror.rglob("*.lock"), *self._mirror.glob("objects/pack/tmp_*")]:
            path.unlink(missing_ok=True)

    def wanted(self, branch: str) -> Ref:
        """branch: of that name, else a tag; empty: the default. Raises GitFailed, NoBranch."""
        names = [f"refs/heads/{branch}", f"refs/tags/{branch}", f"refs/tags/{branch}^{{}}"] if branch else ["HEAD"]
        symref = [] if branch else ["--symref"]
        said = self._git("ls-remote", *symref, "--", self.address, *names, timeout_s=ASK_S).out
        found = dict(_told(said))
        for name in names[:2]:
            if name in found:
                commit = found.get(f"{name}^{{}}", found[name])
                return Ref(found.get(f"ref of {name}", name), commit)
        raise NoBranch(
            f"it has no branch or tag named {branch}" if branch else "it is empty, or its default branch is gone"
        )

    def fetch(self, ref: Ref) -> Ref:
        """Bring it, with its history; what it is now. Raises GitFailed, Damaged."""
        words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--update-shallow")
        self._refuse_borrowed()
        self._bring("fetch", *words, "--", self.address, f"+{ref.name}:{HELD}")
        return Ref(ref.name, self._here("rev-parse", "--verify", f"{HELD}^{{commit}}").out.strip())

    def renew(self) -> None:
        """Begin from nothing. Raises GitFailed."""
        shutil.rmtree(self._mirror, ignore_errors=True)
        self.ready()

    def has(self, commit: str) -> bool:
        if not COMMIT.fullmatch(commit) or not self._mirror.is_dir():
            return False
        try:
            return self._here("cat-file", "-t", commit).out.strip() == "commit"
        except GitFailed:
            return False

    def leaves(self, commit: str, most: int, folder: str = "") -> list[Leaf]:
        """Below a folder of it, with paths from there. Raises GitFailed; NoBranch without such a folder."""
        tree = f"{commit}:{folder}" if folder else commit
        argv = self._argv("--git-dir", str(self._mirror), "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
        try:
            with piped(argv, env=self._environment, timeout_s=READ_S) as (_, out):
                return [_leaf(line) for line in _lines(out, most)]
        except ProgramFailed as error:
            failed = self._failed(error)
            if folder and not isinstance(failed, Damaged):
                raise NoBranch(f"it has no folder {folder}") from error
            raise failed from error

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, int, Iterator[bytes]]]:
        """Id, size and bytes as they are in git, without any conversion. Each must be read before the next."""
        argv = self._argv("--git-dir", str(self._mirror), "cat-file", "--batch")
        try:
            with piped(argv, env=self._environment, timeout_s=FETCH_S) as (into, out):
                for id_ in ids:
                    into.write(f"{id_}\n".encode())
                    into.flush()
                    yield id_, (size := _size(out.readline(), id_)), _exactly(out, size)
                    if out.read(1) != b"\n":
                        raise Damaged("the copy of the repository here is damaged")
        except ProgramFailed as error:
            raise self._failed(error) from error

    @cached_property
    def _home(self) -> Path:
        return self.folder / "home"

    @cached_property
    def _environment(self) -> dict[str, str]:
        return environment(self._home, self.address, self._access, os.environ)

    def _here(self, *words: str, timeout_s: float = READ_S) -> Output:
        return self._git("--git-dir", str(self._mirror), *words, timeout_s=timeout_s)

    def _bring(self, *words: str) -> None:
        """Ended when it takes more time or more of the disk than a course's history; what came is removed then."""
        argv = self._argv("-C", str(self._home), "--git-dir", str(self._mirror), *words)
        until, before = time.monotonic() + FETCH_S, self._size()
        try:
            with piped(argv, env=self._environment, timeout_s=FETCH_S + LATE_S) as (_, out):
                while not _is_over(out):
                    self._bound(before, until)
        except ProgramFailed as error:
            raise self._failed(error) from None
        except GitFailed:
            self.ready()
            if self._size() > before:  # it had come to its end by then
                shutil.rmtree(self._mirror, ignore_errors=True)
            raise
        try:
            self._bound(before, until)
        except GitFailed:
            shutil.rmtree(self._mirror, ignore_errors=True)
            raise

    def _bound(self, before: int, until: float) -> None:
        if time.monotonic() > until:
            raise GitFailed("took too long")
        if self._size() - before > LARGEST_FETCH:
            raise GitFailed(f"it brings more than {LARGEST_FETCH:,} bytes")
        if not has_room(self.folder):
            raise GitFailed("the disk that keeps the copy here is nearly full")

    def _size(self) -> int:
        return sum(_length(path) for path in self._mirror.glob("objects/pack/*"))

    def _refuse_borrowed(self) -> None:
        if protocol(self.address) == "file" and is_borrowing(self.address, self._lines):
            raise GitFailed("it takes objects from another repository (objects/info/alternates, or links)")

    def _lines(self, *words: str) -> list[str]:
        try:
            return self._git(*words, timeout_s=ASK_S).out.splitlines()
        except GitFailed:
            return []

    def _git(self, *words: str, timeout_s: float) -> Output:
        """In a session of its own, so that a time limit ends ssh and the other programs that git starts, too."""
        try:
            return run(
                self._argv(*words),
                cwd=self._home,
                env=self._environment,
                inherit=False,
                timeout_s=timeout_s,
                new_session=True,
                exact=True,
            )
        except ProgramFailed as error:
            raise self._failed(error) from None

    def _argv(self, *words: str) -> list[str]:
        return ["git", *words]

    def _failed(self, error: ProgramFailed) -> GitFailed:
        """Tells no secret."""
        if error.output is None:
            why = "took too long" if "longer" in error.what else "git is not here, or may not be started"
            return GitFailed(why)
        said = self._bare(error.output.err)
        return (Damaged if reasons.is_our_damage(said) else GitFailed)(reasons.reason(said))

    def _bare(self, text: str) -> str:
        return text.replace(self._access.secret, "***") if self._access.secret else text


def _is_over(out: IO[bytes]) -> bool:
    """Wait a moment for the end of what a program says."""
    return bool(select.select([out], [], [], LOOK_S)[0]) and not os.read(out.fileno(), 1 << 16)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _lines(out: IO[bytes], most: int) -> Iterator[str]:
    """What ends with a NUL, as it comes. Raises GitFailed for more of it than a course's files."""
    rest, count, size = b"", 0, 0
    while piece := os.read(out.fileno(), 1 << 16):
        *lines, rest = (rest + piece).split(b"\0")
        count, size = count + len(lines), size + len(piece)
        if count > most or size > most * LINE:
            raise GitFailed(f"it holds more than {most:,} files")
        yield from (line.decode("utf-8", "surrogateescape") for line in lines)


def _told(said: str) -> Iterator[tuple[str, str]]:
    """Of ls-remote: name -> commit, and "ref of NAME" -> what it stands for."""
    for line in said.splitlines():
        first, _, name = line.partition("\t")
        yield (f"ref of {name}", first[5:]) if first.startswith("ref: ") else (name, first)


def _leaf(line: str) -> Leaf:
    about, _, path = line.partition("\t")
    mode, _, id_, size = about.split()
    return Leaf(mode, id_, 0 if size == "-" else int(size), path)


def _size(head: bytes, id_: str) -> int:
    words = head.split()
    with suppress(IndexError, ValueError):
        if words[1] == b"blob":
            return int(words[2])
    raise Damaged(f"the copy of the repository here lacks {id_[:7]}")


def _exactly(out: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        piece = out.read(min(size, 1 << 20))
        if not piece:
            raise Damaged("the copy of the repository here is damaged")
        size -= len(piece)
        yield piece

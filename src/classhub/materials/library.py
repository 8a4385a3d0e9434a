"""A course's library on the student's side: the folder that kernels are to have on their path.

Where a student may read the mirror's own folder (a trial as an ordinary user) it is that. Everywhere else it is fetched once into
the state folder of the course, a folder for each library; kernels that run keep theirs. Standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classhub.materials import own_file
from classhub.materials.manifest import Entry, Malformed, Manifest, from_json
from classhub.materials.source import Offline, Source
from classhub.materials.state import NO_LOCKS

KEPT = 2
"""Libraries that stay in a state folder: that of now, and that of kernels which run since before."""
LONGEST_PATH = 8192
LOCK_S = 2.0
"""All material of this home waits for as long: the other one is done soon, or its disk gives no lock at all."""


class Unfit(Exception):
    """This library is not for this interpreter, or is none. The text is a sentence."""


@dataclass(frozen=True)
class Library:
    """What the mirror tells of it."""

    id: str
    tag: str
    """Of the interpreter that built it, as cpython-311-linux-x86_64."""
    pure: bool
    folder: str
    """Where it is on the mirror's machine."""
    manifest: Manifest
    """Its files; `release` is its id."""


def read(told: Any) -> Library | None:
    """None when the course has none. Raises Unfit for what is no library."""
    if not told:
        return None
    try:
        library = Library(
            str(told["id"]),
            str(told["tag"]),
            bool(told["pure"]),
            str(told["folder"]),
            from_json(json.dumps(told["manifest"])),
        )
    except (KeyError, TypeError, Malformed) as error:
        raise Unfit("The mirror's word on the library cannot be read.") from error
    if not library.id.isalnum() or any(
        entry.is_link or _leads_out(path) for path, entry in library.manifest.files.items()
    ):
        raise Unfit("The mirror's word on the library cannot be read.")
    return library


def _leads_out(path: str) -> bool:
    return any(part in ("", ".", "..") or "\0" in part for part in path.split("/"))


def interpreter_tag() -> str:
    return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


def ensure(library: Library, state: Path, source: Source, tag: str) -> Path:
    """The folder, fetched if need be. tag: of the interpreter that kernels run on. Raises Unfit, Offline, OSError."""
    if not library.pure and library.tag != tag:
        raise Unfit(f"The library was built for {library.tag}, and this is {tag}: it belongs in the students' image.")
    shared = Path(library.folder)
    if shared.is_absolute() and all(map(os.path.isfile, _places(library))):
        return shared
    folder = state / "lib" / library.id
    if not folder.is_dir():
        _fetch(library, folder, source)
    return folder


def _places(library: Library) -> Iterator[str]:
    return (os.path.join(library.folder, path) for path in library.manifest.files)  # noqa: PTH118 - Path.is_file raises EACCES


def last(state: Path) -> Path | None:
    """The one that was used last, for kernels that start before the mirror has answered."""
    said = own_file.read(state / "lib.path", LONGEST_PATH)
    if not said:
        return None
    folder = Path(os.fsdecode(said))
    return folder if folder.is_absolute() and folder.is_dir() else None


def remember(state: Path, folder: Path | None) -> None:
    """For `last`. Raises OSError."""
    state.mkdir(parents=True, exist_ok=True)
    own_file.write(state / "lib.path", str(folder or ""))


def _fetch(library: Library, folder: Path, source: Source) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.parent):
        if folder.is_dir():
            return
        _clear(folder.parent, keep=KEPT - 1)
        part = folder.parent / f".part-{library.id}"
        part.mkdir()
        _write(library.manifest.files, part, source)
        _close(part)
        part.rename(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; the kernel lets go of a lock whose holder is killed. Raises Offline after LOCK_S."""
    handle = os.open(str(folder / ".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        until = time.monotonic() + LOCK_S
        while not _locked(handle):
            if time.monotonic() >= until:
                raise Offline("Another server of this home is at work on the library. It is tried again.")
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Also on a disk that has no locks: nobody could have one. Raises OSError."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EINTR):
            return False
        if error.errno not in NO_LOCKS:
            raise
    return True


def _write(files: Mapping[str, Entry], part: Path, source: Source) -> None:
    by_digest: dict[str, list[str]] = {}
    for path, entry in files.items():
        by_digest.setdefault(entry.digest, []).append(path)
    for blob in source.blobs(list(by_digest)):
        data = b"".join(blob.pieces())
        if hashlib.sha256(data).hexdigest() != blob.digest:
            raise Offline("The mirror sent other bytes of the library than it promised.")
        for path in by_digest.pop(blob.digest, []):
            file = part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    if by_digest:
        raise Offline("The mirror lacks files of the library.")


def _clear(folder: Path, keep: int) -> None:
    """What a killed fetch left, and libraries of long ago. Nothing in here is a student's work."""
    there = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    whole = sorted((path for path in there if not path.name.startswith(".")), key=lambda path: -path.stat().st_mtime)
    for path in [path for path in there if path.name.startswith(".")] + whole[keep:]:
        for inside, _, _ in os.walk(path):
            os.chmod(inside, 0o700)  # noqa: PTH101 - os.walk gives text
        shutil.rmtree(path)


def _close(part: Path) -> None:
    for inside, _, files in os.walk(part, topdown=False):
        for name in files:
            Path(inside, name).chmod(0o444)
        if Path(inside) != part:
            Path(inside).chmod(0o555)

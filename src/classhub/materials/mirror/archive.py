"""What is in a .zip or .tar.gz, without unpacking it to a disk. Nothing in it is believed: sizes are counted as they come."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, cast

LARGEST = 2 << 30
"""Bytes, unpacked."""
FREE = 50 << 20
"""Bytes that any archive may unpack to."""
RATIO = 200
"""Beyond that, an archive may unpack to so many times its own size."""
MOST_MEMBERS = 50_000
MEMBER = 512
"""Bytes that a .zip's directory may have for each: three or four times what it has."""
LONGEST_TARGET = 4096
PIECE = 1 << 20


class Unusable(Exception):
    """The text is a whole sentence about the archive."""


@dataclass(frozen=True)
class Member:
    """One leaf, in the archive's order; the last one of a name counts. Read the pieces before the next member comes."""

    path: str
    kind: str
    """"file", "exec", "link", "same" (what `target` names, as a hard link does) or "other" (a device, pipe, ...)."""
    pieces: Iterator[bytes] = field(default_factory=lambda: iter(()))
    target: bytes = b""


class Counter:
    """Counts what comes out of an archive."""

    def __init__(self, archive: Path) -> None:
        self._left = min(LARGEST, max(FREE, RATIO * archive.stat().st_size))
        self._members = 0

    def bytes(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Unusable("It unpacks to far more than a course's material.")

    def member(self) -> None:
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise Unusable(f"It holds more than {MOST_MEMBERS:,} files.")


def members(archive: Path) -> Iterator[Member]:
    """Raises Unusable, OSError."""
    counter = Counter(archive)
    with _in_words():
        found = _of_zip(archive, counter) if zipfile.is_zipfile(archive) else _of_tar(archive, Counter(archive))
        for member in found:
            yield replace(member, pieces=_told(member.pieces, counter))


def _told(pieces: Iterator[bytes], counter: Counter) -> Iterator[bytes]:
    """Counts what comes out: holes of a file in a .tar are in no byte of it."""
    with _in_words():
        for piece in pieces:
            counter.bytes(len(piece))
            yield piece


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise Unusable("It is damaged, or no .zip or .tar.gz.") from error
    except NotImplementedError as error:
        raise Unusable("It is packed in a way that is not known here.") from error


# --- zip


class _Bounded:
    """A .zip whose directory, which is read in one piece, is looked at before it becomes an object for each member."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        most = MOST_MEMBERS * MEMBER
        piece = b"" if size > most else self._file.read(size if size >= 0 else most)
        if size > most or piece.count(b"PK\1\2") > MOST_MEMBERS:
            raise Unusable(f"It holds more than {MOST_MEMBERS:,} files.")
        return piece


def _of_zip(archive: Path, counter: Counter) -> Iterator[Member]:
    with archive.open("rb") as raw, zipfile.ZipFile(cast("IO[bytes]", _Bounded(raw))) as file:
        for info in file.infolist():
            counter.member()
            if info.flag_bits & 1:
                raise Unusable("Files in it are encrypted.")
            if not info.is_dir():
                yield _member_of_zip(file, info)


def _member_of_zip(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    path, mode = _name_in_zip(info), info.external_attr >> 16 if info.create_system == 3 else 0
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        with file.open(info) as inside:
            return Member(path, "link", target=inside.read(LONGEST_TARGET + 1))
    if kind not in (0, stat.S_IFREG):
        return Member(path, "other")
    return Member(path, "exec" if mode & stat.S_IXUSR else "file", _out_of_zip(file, info))


def _out_of_zip(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with file.open(info) as inside:
        while piece := inside.read(PIECE):
            yield piece


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so; Windows' own once wrote backslashes."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        with suppress(UnicodeDecodeError):
            name = raw.decode()
    if info.create_system == 0 and "/" not in name:
        name = name.replace("\\", "/")
    return name


# --- tar


class _Counted(RawIOBase):
    """All that is unpacked counts, also what is passed over."""

    def __init__(self, file: IO[bytes], counter: Counter) -> None:
        self._file = file
        self._counter = counter

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._counter.bytes(len(piece))
        return piece


def _of_tar(archive: Path, counter: Counter) -> Iterator[Member]:
    with archive.open("rb") as raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        unpacked: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
        with tarfile.open(
            fileobj=_Counted(unpacked, counter), mode="r|", encoding="utf-8", errors="surrogateescape"
        ) as file:
            for info in file:
                counter.member()
                if not info.isdir():
                    yield _member_of_tar(file, info)


def _member_of_tar(file: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    path = info.name
    if info.issym():
        return Member(path, "link", target=info.linkname.encode("utf-8", "surrogateescape"))
    if info.islnk():
        return Member(path, "same", target=info.linkname.encode("utf-8", "surrogateescape"))
    inside = file.extractfile(info) if info.isreg() else None
    if inside is None:
        return Member(path, "other")
    return Member(path, "exec" if info.mode & stat.S_IXUSR else "file", iter(lambda: inside.read(PIECE), b""))

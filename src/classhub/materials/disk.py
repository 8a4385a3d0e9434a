"""The only module that touches a student's disk: through os, one verb each, below folders that are held open.

A folder is an open descriptor and a name is bytes without a slash, so no link on the way is ever followed and a folder that
is swapped for a link while we work is not written through. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import TypeVar

from classhub.materials import renaming
from classhub.materials.names import TEMPORARY

Result = TypeVar("Result")
PIECE = 1 << 20
LARGE_PIECE = 1 << 26
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK a pipe in the place of a file would hold us for ever.
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
NO_HARD_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV))
FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


class Changed(Exception):
    """A file is no longer what it was when we looked: somebody works on it right now."""


def open_folder(path: bytes) -> int:
    """Of a path that is trusted, as the home's own: links on the way are followed."""
    return os.open(path, FOLDER_FLAGS)


def enter(folder: int, name: bytes) -> int:
    """Raises NotADirectoryError for a link, too."""
    return os.open(name, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)


def enter_through(folder: int, name: bytes) -> int:
    """As enter, also by a link: for our own folder, which a student may keep elsewhere, and may have closed to himself."""
    try:
        return os.open(name, FOLDER_FLAGS, dir_fd=folder)
    except PermissionError:
        found = os.stat(name, dir_fd=folder)
        if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
            raise
    os.chmod(name, stat.S_IMODE(found.st_mode) | stat.S_IRWXU, dir_fd=folder)
    return os.open(name, FOLDER_FLAGS, dir_fd=folder)


def close(descriptor: int) -> None:
    os.close(descriptor)


def look(folder: int, name: bytes) -> os.stat_result | None:
    """Of the thing itself, never of where a link leads; None if there is nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def target(folder: int, name: bytes) -> bytes:
    return os.readlink(name, dir_fd=folder)


def real_path(path: bytes) -> bytes:
    """Where a path leads in the end, over all links."""
    return os.path.realpath(path)


def names_in(folder: int) -> list[bytes]:
    return [os.fsencode(name) for name in os.listdir(folder)]


def folders_in(folder: int) -> list[bytes]:
    """Without those behind links."""
    with os.scandir(folder) as found:
        return [os.fsencode(one.name) for one in found if _is_folder(one)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def open_file(folder: int, name: bytes) -> int:
    """A regular file for reading; anything else raises Changed."""
    try:
        descriptor = os.open(name, FILE_FLAGS, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENOENT):
            raise Changed from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Changed
    return descriptor


def again(folder: int) -> int:
    """The same open folder once more, to be closed for itself."""
    return os.dup(folder)


def state_of(descriptor: int) -> os.stat_result:
    return os.fstat(descriptor)


def pieces(descriptor: int, begin: int = 0, size: int | None = None) -> Iterator[bytes]:
    """So many bytes, by default the whole file, wherever the descriptor stands."""
    at = begin
    end = sys.maxsize if size is None else begin + size
    while at < end and (piece := os.pread(descriptor, min(PIECE, end - at), at)):
        at += len(piece)
        yield piece


def digest(descriptor: int) -> str:
    whole = sha256()
    for piece in pieces(descriptor):
        whole.update(piece)
    return whole.hexdigest()


def free_bytes(folder: int) -> int | None:
    try:
        room = os.fstatvfs(folder)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize


# What follows writes.


def _allowed(folder: int, change: Callable[[], Result]) -> Result:
    """Do one change in a folder, also in one that its owner, the student, made read-only."""
    try:
        return change()
    except PermissionError:
        found = os.fstat(folder)
        mode = stat.S_IMODE(found.st_mode)
        if mode & stat.S_IWUSR or found.st_uid != os.geteuid():
            raise
    os.fchmod(folder, mode | stat.S_IWUSR)
    try:
        return change()
    finally:
        with suppress(OSError):
            os.fchmod(folder, mode)


def temporary_name() -> bytes:
    return TEMPORARY + os.urandom(8).hex().encode() + b".part"


def is_temporary(name: bytes) -> bool:
    return re.fullmatch(re.escape(TEMPORARY) + rb"[0-9a-f]{16}\.part", name) is not None


def create(folder: int, name: bytes, mode: int = 0o666) -> int:
    """A file that was not there before, for writing and reading."""
    return _allowed(folder, lambda: os.open(name, NEW_FLAGS, mode, dir_fd=folder))


def open_own(folder: int, name: bytes) -> int:
    """A file of our own beside the record: made if it is not there. Raises OSError for anything but a file."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileExistsError(errno.EEXIST, "something else has this name")
    return descriptor


def append_own(folder: int, name: bytes, content: bytes) -> int:
    """To a file of our own, made if it is not there; its size after it. Nothing is written into anything but a file."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            write(descriptor, content)
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def write(descriptor: int, content: bytes) -> None:
    done = os.write(descriptor, content)
    if done < len(content):
        rest = memoryview(content)[done:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def copy(source: int, descriptor: int, wanted: int) -> bool:
    """The first so many bytes, within the kernel, or by shared blocks where the disk can; False if the plain way has to be gone,
    from the begin.

    Some disks refuse with an error of any kind, some say that there is nothing to copy, some stop early.
    """
    if not hasattr(os, "copy_file_range"):
        return False
    at = 0
    try:
        while at < wanted and (done := os.copy_file_range(source, descriptor, min(wanted - at, LARGE_PIECE), at, at)):
            at += done
    except OSError as error:
        if at and error.errno in FULL:
            raise
        return False
    return at == wanted == os.fstat(descriptor).st_size


def settle(descriptor: int) -> None:
    """Onto the disk itself, for what exists nowhere else; where a disk has no such thing, nothing."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise


def set_mode(descriptor: int, mode: int) -> None:
    os.fchmod(descriptor, mode)


def set_mode_if_possible(descriptor: int, mode: int) -> None:
    """On a disk that holds no permissions, nothing."""
    try:
        os.fchmod(descriptor, mode)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise


def touch(descriptor: int) -> int:
    """The time by the disk's own clock, in nanoseconds."""
    os.utime(descriptor)
    return os.fstat(descriptor).st_mtime_ns


def link(folder: int, old: bytes, new_folder: int, new: bytes) -> None:
    """A second name of a file. Raises FileExistsError; errno in NO_HARD_LINKS where this disk cannot."""
    _allowed(new_folder, lambda: os.link(old, new, src_dir_fd=folder, dst_dir_fd=new_folder, follow_symlinks=False))


def make_link(folder: int, name: bytes, where: bytes) -> None:
    """A symbolic link. Raises FileExistsError."""
    _allowed(folder, lambda: os.symlink(where, name, dir_fd=folder))


def swap(folder: int, one: bytes, other: bytes) -> bool:
    """Two names change places; False where that cannot be done in one step."""
    return _allowed(folder, lambda: renaming.exchange(folder, one, other))


def move(folder: int, old: bytes, new: bytes) -> bool:
    """To a name that is free, else FileExistsError; False where that cannot be done in one step."""
    return _allowed(folder, lambda: renaming.to_free(folder, old, new))


def replace(folder: int, old: bytes, new: bytes) -> None:
    _allowed(folder, lambda: os.replace(old, new, src_dir_fd=folder, dst_dir_fd=folder))


def unlink(folder: int, name: bytes) -> None:
    _allowed(folder, lambda: os.unlink(name, dir_fd=folder))


def make_folder(folder: int, name: bytes, mode: int = 0o777) -> None:
    _allowed(folder, lambda: os.mkdir(name, mode, dir_fd=folder))


def make_folders(path: bytes) -> None:
    """With all above it, of a path that is trusted."""
    os.makedirs(path, exist_ok=True)  # noqa: PTH103  bytes


def make_usable(folder: int) -> None:
    """A folder of our own that the student made read-only."""
    found = os.fstat(folder)
    if found.st_uid == os.geteuid() and found.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        os.fchmod(folder, stat.S_IMODE(found.st_mode) | stat.S_IRWXU)


def remove_folder(folder: int, name: bytes) -> None:
    """Raises OSError unless it is empty."""
    _allowed(folder, lambda: os.rmdir(name, dir_fd=folder))


def move_folder(folder: int, old: bytes, new: bytes) -> None:
    """Raises FileExistsError if the name is taken; an empty folder that comes there in the meantime holds nothing."""
    if look(folder, new) is not None:
        raise FileExistsError(errno.EEXIST, "taken")
    _allowed(folder, lambda: os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder))

"""A blob that this machine has as an open file: it is copied within the kernel. Student's side: standard library only, Python 3.9."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from classhub.materials import disk
from classhub.materials.source import Offline

OF_ONE_FILE = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO)
"""It is as if the store did not have it."""


class OpenBlob:
    """descriptor: of whoever made this. begin, size: where in it the bytes lie. is_whole: all were compared with the digest by
    somebody who is trusted.
    """

    def __init__(self, digest: str, descriptor: int, size: int, is_whole: bool, begin: int = 0) -> None:
        self.digest = digest
        self.descriptor = descriptor
        self.size = size
        self.begin = begin
        self.is_whole = is_whole

    def pieces(self) -> Iterator[bytes]:
        """They end early where this one file is gone or damaged, which whoever verifies them sees; the others can be had."""
        try:
            yield from disk.pieces(self.descriptor, self.begin, self.size)
        except OSError as error:
            if error.errno not in OF_ONE_FILE:
                raise Offline(unreadable(error)) from error


def unreadable(error: OSError) -> str:
    return f"The folder of the material cannot be read: {error.strerror or type(error).__name__}."

"""~/.classhub/sync.log: a line for each sync, and what a student's server says around them. Two files of bounded size.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from classhub.materials import disk

NAME = b"sync.log"
LARGEST = 256 * 1024
"""Bytes; a larger one makes room for the next."""


def append(folder: int, line: bytes) -> None:
    """folder: ~/.classhub, open. What has that name and is no file is left alone, and never waited for. Raises OSError."""
    if disk.append_own(folder, NAME, line + b"\n") > LARGEST:
        disk.replace(folder, NAME, NAME + b".1")

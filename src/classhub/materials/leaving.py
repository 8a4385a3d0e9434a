"""Names of what has left its place and is not yet safe or gone: each says what it was, so that the next run can tell.

.classhub-<8 digits>-<digest>-<digest>-<former name>: bytes with one of these digests are safe elsewhere, or the course's;
anything else was saved by the student in that very moment. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from hashlib import sha256
from typing import NamedTuple

from classhub.materials import disk
from classhub.materials.names import TEMPORARY

DIGITS = 24
"""Of a digest."""
LONGEST = 60
"""Bytes of the former name; encrypted disks take no more than 143 in all."""
FORM = re.compile(re.escape(TEMPORARY) + rb"[0-9a-f]{8}-([0-9a-f]{24})-([0-9a-f]{24})-(.+)", re.DOTALL)


class Left(NamedTuple):
    """name: the former one, shortened if it was long."""

    name: bytes
    safe: tuple[str, ...]


def name_for(name: bytes, *safe: str) -> bytes:
    """Of what leaves `name`; safe: one or two digests."""
    digests = "-".join(one[:DIGITS] for one in (*safe, *safe)[:2])
    return TEMPORARY + f"{os.urandom(4).hex()}-{digests}-".encode() + _shortened(name)


def _shortened(name: bytes) -> bytes:
    if len(name) <= LONGEST:
        return name
    stem, extension = posixpath.splitext(name)
    extension = extension[:20]
    cut = stem[: LONGEST - len(extension)]
    return (cut.decode("utf-8", "ignore").encode() or cut) + extension


def parse(name: bytes) -> Left | None:
    """None for any other name."""
    found = FORM.fullmatch(name)
    return Left(found[3], (found[1].decode(), found[2].decode())) if found else None


def is_safe(folder: int, name: bytes, *safe: str) -> bool:
    """Whether what lies there is a file or a link with one of these digests. Raises OSError."""
    found = disk.look(folder, name)
    if found is None:
        return False
    if stat.S_ISLNK(found.st_mode):
        digest = sha256(disk.target(folder, name)).hexdigest()
    elif stat.S_ISREG(found.st_mode):
        digest = digest_at(folder, name)
    else:
        return False
    return digest[:DIGITS] in {one[:DIGITS] for one in safe}


def digest_at(folder: int, name: bytes) -> str:
    """Of a file. Raises OSError or Changed."""
    descriptor = disk.open_file(folder, name)
    try:
        return disk.digest(descriptor)
    finally:
        disk.close(descriptor)

"""Small files of ours in a student's home: written whole, and read without waiting for whatever has their name.

For what is written without a course's lock; record.py writes what is written with it, as its temporaries are swept up by
whoever holds that. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from classhub.materials import disk, own_place


def write(path: Path, content: str | bytes) -> None:
    """Beside it, then in its place, which it makes free. Raises OSError."""
    name = os.fsencode(path.name)
    part = b".%s.%s.part" % (name, os.urandom(6).hex().encode())
    folder = disk.open_folder(os.fsencode(path.parent))
    try:
        own_place.clear_for_file(folder, name)
        descriptor = disk.create(folder, part, 0o600)
        try:
            try:
                disk.write(descriptor, content.encode() if isinstance(content, str) else content)
            finally:
                disk.close(descriptor)
            disk.replace(folder, part, name)
        except BaseException:
            with suppress(OSError):
                disk.unlink(folder, part)
            raise
    finally:
        disk.close(folder)


def read(path: Path, most: int) -> bytes | None:
    """None for what is no plain file of at most so many bytes: a pipe of that name would keep us waiting. Never raises."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(descriptor)
        is_ours = stat.S_ISREG(found.st_mode) and found.st_size <= most
        return b"".join(disk.pieces(descriptor)) if is_ours else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def read_json(path: Path, most: int) -> dict[str, Any]:
    """Empty for what is no JSON object, or cannot be read."""
    try:
        found = json.loads(read(path, most) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

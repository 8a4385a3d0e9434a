"""Put a file's new content in its place: whole or not at all, its mode and owner kept."""

import os
import tempfile
from pathlib import Path

from classhub.errors import Refused

SECRET_MODE = 0o600
MODE = 0o644


def rewrite(path: Path, before: bytes | None, content: bytes, private: bool = False) -> None:
    """before: what was read; None for no file. A link's target is written. Raises Refused if another was quicker, OSError."""
    real = path.resolve()
    try:
        _rewrite(real, before, content, private)
    except OSError as error:
        error.filename = str(real)  # of the part beside it nobody knows
        raise


def _rewrite(real: Path, before: bytes | None, content: bytes, private: bool) -> None:
    real.parent.mkdir(exist_ok=True)
    like = real.stat() if before is not None else real.parent.stat()
    mode = SECRET_MODE if private else like.st_mode & 0o7777 if before is not None else MODE
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _keep_owner(file.fileno(), like)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if read(real) != before:
            raise Refused(f"{real.name} was changed by somebody else meanwhile.", "", "Look at it, then try again.")
        part.replace(real)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(real.parent)


def read(path: Path) -> bytes | None:
    """None if there is no such file."""
    return path.read_bytes() if path.exists() else None


def _keep_owner(file: int, like: os.stat_result) -> None:
    mine = os.fstat(file)
    if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(file, like.st_uid, like.st_gid)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

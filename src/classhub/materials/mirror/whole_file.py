"""Files that are there whole or not at all, also after a power cut."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Beside it, to the disk (lasting), then in its place. 0600."""
    handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(handle)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    if lasting:
        keep_folder(path.parent)


def keep_folder(folder: Path) -> None:
    """What was made or renamed in it outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: Any, *, lasting: bool = True) -> None:
    """ASCII; names that are no UTF-8 become lone surrogates."""
    write(path, json.dumps(value).encode(), lasting=lasting)


def read_json(path: Path) -> dict[str, Any]:
    """Empty for a file that is not there or is no JSON object: all that is kept so can be found again."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

"""Write small state files: private, whole or not at all. And keep files that others write small."""

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step, mode 0600, on disk when it returns. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def keep_newest(path: Path, most_bytes: int) -> None:
    """Cut a file to its end, in place: a full disk has room for that, and whoever writes on is not disturbed. Raises OSError."""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        if size > most_bytes:
            file.seek(size - most_bytes)
            newest = file.read(most_bytes)
            file.seek(0)
            file.write(newest)
            file.truncate()

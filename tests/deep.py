"""A tree that recursion cannot walk: students make such by accident in a loop."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nested(folder: Path, levels: int = 1500) -> Iterator[None]:
    """Folders named d, one in the other; all below the folder's parent is removed at the end."""
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=inside)
        deeper = os.open("d", os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = deeper
    os.close(inside)
    try:
        yield
    finally:
        if folder.parent.exists():
            subprocess.run(["rm", "-rf", *map(str, folder.parent.iterdir())], check=True)

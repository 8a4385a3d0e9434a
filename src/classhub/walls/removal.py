"""Remove a folder that a student filled, however deep: no recursion, no link followed, two descriptors at a time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

AS_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(folder: Path) -> None:
    """All of it. Raises OSError; what could not be removed is then still inside, perhaps under another name.

    A folder within a folder is first moved up to the top: so no path grows long, and nobody who moves folders about
    meanwhile can lead us out.
    """
    top = os.open(folder, AS_FOLDER)
    try:
        waiting = _remove_files(top)
        while waiting:
            name = waiting.pop()
            waiting += _lift_folders(name, top)
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    folder.rmdir()


def _lift_folders(name: str, top: int) -> list[str]:
    """What is inside `name` ends, or goes up to `top`: the new names there."""
    inside = os.open(name, AS_FOLDER, dir_fd=top)
    try:
        lifted = {child: secrets.token_hex(16) for child in _remove_files(inside)}
        for child, new in lifted.items():
            os.rename(child, new, src_dir_fd=inside, dst_dir_fd=top)
    finally:
        os.close(inside)
    return [*lifted.values()]


def _remove_files(inside: int) -> list[str]:
    """Everything but the folders, whose names come back. Links go; what they point at stays."""
    with os.scandir(inside) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=inside)
    return [name for name, is_folder in found if is_folder]

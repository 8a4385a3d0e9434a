"""Students' homes on this machine: who owns which, how large, how old."""

import os
from collections.abc import Iterator
from pathlib import Path

from classhub.plan.records import Home
from classhub.targets.local.paths import Paths
from classhub.walls import names, uids


class LocalHomes:
    """Homes are folders named by names.slug(user)."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def list(self, sizes: bool = False) -> tuple[Home, ...]:
        """By owner. Sizes cost a walk through every home."""
        if not self.paths.homes.is_dir():
            return ()
        known = uids.users(self.paths.uids_json)
        owners = {names.slug(user): user for user in known}
        folders = sorted(entry.name for entry in os.scandir(self.paths.homes) if entry.is_dir(follow_symlinks=False))
        return tuple(
            self._home(name, owners.get(name) or names.user_of(name) or name, known, sizes) for name in folders
        )

    def _home(self, name: str, owner: str, known: dict[str, int], sizes: bool) -> Home:
        path = self.paths.homes / name
        size, changed = measure(path) if sizes else (None, path.stat().st_mtime)
        return Home(owner, str(path), size, changed, known.get(owner))


def measure(folder: Path) -> tuple[int, float]:
    """Bytes on disk (blocks, each hard link once) and the newest change; links are never followed."""
    total, newest = 0, folder.stat().st_mtime
    seen: set[tuple[int, int]] = set()
    for entry in _entries(folder):
        found = entry.stat(follow_symlinks=False)
        newest = max(newest, found.st_mtime)
        if found.st_nlink == 1 or (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            total += found.st_blocks * 512
    return total, newest


def _entries(folder: Path) -> "Iterator[os.DirEntry[str]]":
    """Without recursion: a student may have nested 1,500 folders. What vanishes or is closed meanwhile is passed over."""
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    yield entry
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue

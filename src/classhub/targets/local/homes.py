"""Students' homes on this machine: who owns which, how large, how old."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote

from classhub.errors import NotHere
from classhub.plan.records import Home
from classhub.targets.interface import Tell, silent
from classhub.targets.local.paths import Paths
from classhub.walls import names, uids


class LocalHomes:
    """Homes are folders named by names.slug(user)."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def list(self, sizes: bool = False, tell: Tell = silent) -> tuple[Home, ...]:
        """By owner. Sizes cost a walk through every home."""
        if not self.paths.homes.is_dir():
            return ()
        known = uids.users(self.paths.uids_json)
        owners = {names.slug(user): user for user in known}
        folders = sorted(entry.name for entry in os.scandir(self.paths.homes) if entry.is_dir(follow_symlinks=False))
        homes = (self._home(name, owners.get(name) or names.user_of(name) or name, known, sizes) for name in folders)
        return tuple(home for home in homes if home is not None)

    def delete(self, name: str, tell: Tell = silent) -> None:
        """A folder is easily deleted, and nothing brings it back: that is left to whoever is sure."""
        raise NotHere(
            "ClassHub deletes no home on this machine.",
            "It is a folder, and nothing would bring it back.",
            f"look at it, then: rm -r {quote(name)}",
        )

    def _home(self, name: str, owner: str, known: dict[str, int], sizes: bool) -> Home | None:
        """None for one that was moved away meanwhile."""
        path = self.paths.homes / name
        try:
            size, changed = measure(path) if sizes else (None, path.stat().st_mtime)
        except FileNotFoundError:
            return None
        return Home(owner, str(path), size, changed, known.get(owner))


def measure(folder: Path) -> tuple[int, float]:
    """Bytes on disk (blocks, each hard link once) and the newest change; links are never followed."""
    total, newest = 0, folder.stat().st_mtime
    seen: set[tuple[int, int]] = set()
    for found in _files(folder):
        newest = max(newest, found.st_mtime)
        if found.st_nlink == 1 or (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            total += found.st_blocks * 512
    return total, newest


def _files(folder: Path) -> Iterator[os.stat_result]:
    """Without recursion: a student may have nested 1,500 folders. What vanishes or is closed meanwhile is passed over."""
    waiting = [os.fspath(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    yield entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)

"""What lies in the folders of a hub that runs: what is written, renamed and removed meanwhile is no failure of a look."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def below(folder: Path) -> dict[Path, os.stat_result]:
    """Everything below that folder, links themselves and not where they lead."""
    found = {}
    for above, folders, names in os.walk(folder):
        for path in (Path(above, name) for name in (*folders, *names)):
            with suppress(FileNotFoundError):
                found[path] = path.lstat()
    return found


def regular(folder: Path) -> dict[Path, os.stat_result]:
    return {path: seen for path, seen in below(folder).items() if stat.S_ISREG(seen.st_mode)}


def contents(folder: Path) -> dict[Path, bytes]:
    """Of regular files."""
    found = {}
    for path in regular(folder):
        with suppress(FileNotFoundError):
            found[path] = path.read_bytes()
    return found

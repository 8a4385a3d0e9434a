"""Find the folder that nbgitpuller made for a course, so that its material goes on there. Only reads, and only a little."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path

from classhub.materials import links

MOST = 500
"""Folders that are looked at."""
LARGEST = 64 * 1024
_URL = re.compile(rb"^\s*url\s*=\s*(.*?)\s*$", re.MULTILINE)


def folder_of(home: Path, keys: Collection[str], environment: Mapping[str, str]) -> str | None:
    """Below the home; None: there is no clone of these repositories. keys: as `links.repository_key` makes them."""
    above = environment.get(links.PARENT_FOLDER, "")
    try:
        parents = dict.fromkeys(["", links.inside_home(above)])
    except links.BadLink:
        parents = {"": None}
    found = (folder for parent in parents for folder in _clones(home, parent, set(keys)))
    return next(found, None) if keys else None


def _clones(home: Path, parent: str, keys: Collection[str]) -> Iterator[str]:
    try:
        with os.scandir(home / parent) as entries:
            names = sorted(entry.name for entry in islice(entries, MOST) if _is_own_folder(entry))
    except OSError:
        return
    for name in names:
        if any(links.repository_key(url) in keys for url in _urls(home / parent / name / ".git" / "config")):
            yield f"{parent}/{name}".lstrip("/")


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)


def _urls(config: Path) -> list[str]:
    try:
        if not config.is_file():
            return []
        with config.open("rb") as file:
            return [url.decode("utf-8", "replace").strip('"') for url in _URL.findall(file.read(LARGEST))]
    except OSError:
        return []

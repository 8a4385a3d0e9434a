"""The server that material is shown by: which folder it shows, what it opens files with."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from classhub.server import views


@dataclass(frozen=True)
class Shown:
    """Of one server."""

    home: Path
    """Where material goes."""
    root: Path
    """What the server shows: the home, or a folder above it."""
    base_url: str
    default_url: str
    extensions: Callable[[], Collection[str]]
    """Names of this server's extensions; asked late, as they are loaded one after the other."""

    def contents_path(self, path: str) -> str:
        """Of a path below the home: what JupyterLab calls it."""
        way = os.path.relpath(self.home, self.root)
        return path if way == "." else f"{way}/{path}".rstrip("/")

    def address(self, path: str, view: str = "") -> str:
        """With the server's base_url. path: below the home."""
        is_folder = (self.home / path).is_dir()
        shown = self.contents_path(path)
        return self.base_url + views.address(shown, is_folder, view, self.extensions(), self.default_url)

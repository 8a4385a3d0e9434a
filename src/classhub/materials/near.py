"""The folder that was worked in last, kept open: what follows is mostly its neighbour.

Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

from classhub.materials import disk, tree


class Near:
    """root: of the course, open. made: as in tree.open_below."""

    def __init__(self, root: int, made: set[str]) -> None:
        self._root = root
        self._made = made
        self._path = ""
        self._opened = -1

    def folder(self, path: str) -> int:
        """Below root; made if it is not there. Open until another one is asked for. Raises as tree.open_below."""
        if self._opened < 0 or self._path != path:
            opened = tree.open_below(self._root, path, self._made)
            self.close()
            self._path, self._opened = path, opened
        return self._opened

    def close(self) -> None:
        """What is asked for next is opened anew."""
        if self._opened >= 0:
            disk.close(self._opened)
            self._opened = -1

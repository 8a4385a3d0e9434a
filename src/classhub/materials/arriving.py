"""A course that a home has not had yet: its folder is filled under a name of ours, and takes its own in one step.

While nobody can see it no file needs a name of its own to grow under, nor a look whether somebody works on it: a first
delivery costs little more than a copy. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import stat
from typing import Protocol

from classhub.materials import disk

SHOWN_AFTER_S = 5.0
"""JupyterLab itself takes about so long to appear, and a run that is killed loses no more. A class of a hundred that begins at
one time has its course within it, and would need four times as long file by file in sight (two processors)."""


class Missed(Exception):
    """Something else has the name by now, or this disk cannot: the course has to be brought in sight of everybody."""


class Hidden(Protocol):
    """What is known of such folders."""

    def clear(self, above: int) -> bool:
        """Remove what a run left that was killed; whether nothing of it is there any more."""
        ...

    def new(self) -> bytes:
        """A name, known to the next run before the folder is made; b"" if this one may not be hidden. Raises OSError."""
        ...


class Arriving:
    """above: the folder that it comes to, open."""

    def __init__(self, above: int, hidden: bytes, name: bytes) -> None:
        self._above = disk.again(above)
        self._hidden = hidden
        self._name = name

    def folds(self) -> bool:
        """Whether this disk takes letter case for nothing. Raises OSError."""
        return disk.look(self._above, self._hidden.upper()) is not None

    def show(self) -> None:
        """Under its own name from now on. Raises Missed."""
        try:
            if not disk.move(self._above, self._hidden, self._name):
                disk.move_folder(self._above, self._hidden, self._name)
        except OSError as error:
            self.give_up()
            raise Missed from error
        disk.close(self._above)

    def give_up(self) -> None:
        clear(self._above, self._hidden)
        disk.close(self._above)


def clear(above: int, hidden: bytes) -> bool:
    """What was never shown is nobody's work. False for what could not be removed."""
    try:
        _remove(above, hidden)
    except FileNotFoundError:
        return True
    except (OSError, RecursionError):
        return False
    return True


def _remove(above: int, name: bytes) -> None:
    folder = disk.enter(above, name)
    try:
        for one in disk.names_in(folder):
            found = disk.look(folder, one)
            if found is not None and stat.S_ISDIR(found.st_mode):
                _remove(folder, one)
            elif found is not None:
                disk.unlink(folder, one)
    finally:
        disk.close(folder)
    disk.remove_folder(above, name)

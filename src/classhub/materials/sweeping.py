"""What a run left that was cut short: its temporary files go, and what had left its place gets a name again.

Only while holding the lock. No entry and no folder stops it. Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable

from classhub.materials import disk, leaving, names, placing
from classhub.materials.disk import Changed
from classhub.materials.placing import Place

MOST = 50_000
"""Names that are looked at in folders that nobody knows."""
BESIDE = re.compile(r".+\.new-[0-9a-f]{7}", re.DOTALL)
"""Of a folder beside a link; a run that was killed may have left no record of it."""


class Swept:
    """What came of it so far."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.is_clean = True
        """False if something of ours could not be removed, or not all was looked at."""
        self.returned: list[tuple[str, str]] = []
        """Former path, and where that now lies: what a student saved in the moment a run was cut short."""


def sweep(root: int, folders: Iterable[str], day: str) -> Swept:
    """In these folders alone."""
    swept = Swept(day)
    for folder in folders:
        for name in _visit(root, folder, swept):
            if BESIDE.fullmatch(name):
                sweep_below(root, _join(folder, name), swept, lambda: False)
    return swept


def sweep_below(root: int, begin: str, swept: Swept, is_late: Callable[[], bool]) -> None:
    """In a folder and all below, what is near first, for as long as there is time."""
    budget, waiting = MOST, deque([begin])
    while waiting:
        if is_late():
            swept.is_clean = False
            return
        folder = waiting.popleft()
        budget -= folder.count("/") + len(_visit(root, folder, swept))
        if budget < 0:
            return
        waiting += [_join(folder, name) for name in _folders_in(root, folder) if name != ".git"]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _visit(root: int, folder: str, swept: Swept) -> list[str]:
    """All names in it; none where it cannot be looked into."""
    try:
        opened = _open(root, folder)
    except OSError:
        return []
    try:
        found = disk.names_in(opened)
        for name in found:
            _sweep(Place(opened, name), folder, swept)
    except OSError:
        return []
    finally:
        disk.close(opened)
    return list(map(names.to_text, found))


def _folders_in(root: int, folder: str) -> list[str]:
    try:
        opened = _open(root, folder)
    except OSError:
        return []
    try:
        return list(map(names.to_text, disk.folders_in(opened)))
    except OSError:
        return []
    finally:
        disk.close(opened)


def _open(root: int, folder: str) -> int:
    opened = disk.again(root)
    for part in folder.split("/") if folder else []:
        above = opened
        try:
            opened = disk.enter(above, names.to_bytes(part))
        finally:
            disk.close(above)
    return opened


def _sweep(place: Place, folder: str, swept: Swept) -> None:
    if not place.name.startswith(names.TEMPORARY):
        return
    left = leaving.parse(place.name)
    if left is None and not disk.is_temporary(place.name):
        return
    try:
        if left is not None and not _is_safe(place, left):
            back = placing.make_room(place, [left.name, *names.free_names(left.name, swept.day)])
            swept.returned.append((_join(folder, names.to_text(left.name)), _join(folder, names.to_text(back))))
        else:
            disk.unlink(*place)
    except (OSError, Changed):
        swept.is_clean = False


def _is_safe(place: Place, left: leaving.Left) -> bool:
    """What cannot be read is not."""
    try:
        return leaving.is_safe(*place, *left.safe)
    except OSError:
        return False


def sweep_own(folder: int) -> bool:
    """One of our own, in which nothing is a student's work. False if something of it could not be removed."""
    is_clean = True
    for name in disk.names_in(folder):
        if disk.is_temporary(name):
            try:
                disk.unlink(folder, name)
            except OSError:
                is_clean = False
    return is_clean

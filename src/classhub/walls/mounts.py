"""Which mounts let a student's uid reach what it needs, and nothing else below the same folders.

A folder that the uid may not enter (an interpreter below a 0700 /root) is hidden whole, and only what is needed below
it is bound back. This only reads the file system; enter.py carries the plan out.
"""

from __future__ import annotations

import os
import pwd
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from classhub.errors import ClasshubError
from classhub.walls.enter import TEMPORARY
from classhub.walls.uids import FIRST

MOST_LINKS = 40  # as the kernel's own limit, path_resolution(7)


@dataclass(frozen=True)
class Mounts:
    """For the fields of the same names in Spec. Paths are absolute and lead over no link."""

    hide: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def plan_mounts(uid: int, gid: int, *, show: Sequence[Path], hide: Sequence[Path]) -> Mounts:
    """What to hide and show so that this uid reaches every `show` path and sees nothing else below the hidden ones.

    Paths below the temporary folders are always shown, as Spec.private_tmp covers those. Folders of `hide` that are
    not there or are hidden already are left out. Elsewhere than on Linux: no mounts at all, preflight tells.
    Raises ClasshubError for a path that is not there, or that leads over a link which a student could have made.
    """
    if sys.platform != "linux":
        return Mounts()
    links: dict[Path, str] = {}
    for path in show:
        links.update(_links_on_the_way(path, uid))
    wanted = {_without_links(path) for path in show}
    plan = _Plan(uid, gid, {_without_links(path) for path in hide if path.is_dir()} - wanted)
    for path in sorted(wanted | links.keys(), key=lambda each: len(each.parts)):
        plan.add(path, links.get(path))
    return plan.mounts()


def may(status: os.stat_result, uid: int, gid: int, bits: int) -> bool:
    """Whether this account (in no other group) has these rwx bits (4, 2, 1) by the mode alone; ACLs are not read."""
    mode = stat.S_IMODE(status.st_mode)
    if uid == status.st_uid:
        mode >>= 6
    elif gid == status.st_gid:
        mode >>= 3
    return mode & bits == bits


@dataclass
class _Plan:
    uid: int
    gid: int
    hide: set[Path]
    show: set[Path] = field(default_factory=set)
    links: dict[Path, str] = field(default_factory=dict)

    def add(self, path: Path, target: str | None) -> None:
        """Paths come from the top of the tree down: what lies above this one is settled."""
        for folder in reversed(path.parents):
            if not self._is_hidden(folder) and not may(folder.stat(), self.uid, self.gid, 0o1):
                self.hide.add(folder)
        if not self._is_hidden(path):
            return
        if target is None:
            self.show.add(path)
        else:
            self.links[path] = target

    def _is_hidden(self, path: Path) -> bool:
        """What lies nearest above (or is) the path decides: a tmpfs, or a folder that was bound back."""
        for place in (path, *path.parents):
            if place in self.show:
                return False
            if place in self.hide or str(place) in TEMPORARY:
                return True
        return False

    def mounts(self) -> Mounts:
        hide = [path for path in self.hide if not self._is_hidden(path.parent)]
        links = [(str(path), target) for path, target in self.links.items()]
        return Mounts(_texts(hide), _texts(self.show), tuple(sorted(links)))


def _texts(paths: Sequence[Path] | set[Path]) -> tuple[str, ...]:
    return tuple(sorted(map(str, paths)))


def _links_on_the_way(path: Path, uid: int) -> dict[Path, str]:
    """Every link that the way to this path leads over: its real place, and what it says."""
    links: dict[Path, str] = {}
    followed = 0
    place, rest = Path("/"), list(path.absolute().parts[1:])
    while rest:
        part = rest.pop(0)
        here = place.parent if part == ".." else place / part
        if not here.is_symlink():
            place = here
            continue
        followed += 1
        if _is_students(here, uid) or followed > MOST_LINKS:
            raise _bad_link(path, here)
        links[here] = str(here.readlink())
        target = here.readlink().parts
        if target[:1] == ("/",):
            place, target = Path("/"), target[1:]
        rest = [*target, *rest]
    return links


def _is_students(link: Path, uid: int) -> bool:
    """Students' uids begin at FIRST, and no account of the machine has them. What is our own is not a student's."""
    owner = link.lstat().st_uid
    if owner == uid != os.geteuid():
        return True
    if owner < FIRST or owner == os.geteuid():
        return False
    try:
        pwd.getpwuid(owner)
    except KeyError:
        return True
    return False


def _bad_link(path: Path, link: Path) -> ClasshubError:
    return ClasshubError(
        f"{path} leads over the link {link}, which a student made or which never ends.",
        cause="a student must not choose which folder the hub opens.",
        fix=f"look at it (ls -l {link}) and put a real folder in its place",
    )


def _without_links(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ClasshubError(
            f"{path} cannot be shown to a student: {getattr(error, 'strerror', None) or error}.",
            fix="make it, or correct the setting that names it",
        ) from error

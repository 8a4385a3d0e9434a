"""Where the kernel's control groups are mounted, and which folders belong to one group of ours.

Both versions may be there at once: v1 controllers, and a v2 tree beside them that can still kill a whole group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONTROLLERS = ("memory", "cpu", "cpuacct", "pids")
NAME = re.compile(r"(classhub-[A-Za-z0-9_.-]+)/([^/\0\n]+)")
MOUNTINFO = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Limits:
    """None leaves that one unlimited."""

    memory_bytes: int | None = None
    """At the limit the kernel kills the group's biggest process. Swap does not extend it."""

    cpu_cores: float | None = None
    """0.5 is half the time of one core; at least 0.01."""

    pids: int | None = None
    """Processes and threads together."""


@dataclass(frozen=True)
class Tree:
    """v1: controller to the folder where it is mounted. v2: the unified folder, and what it controls."""

    v1: Mapping[str, Path] = field(default_factory=dict)
    v2: Path | None = None
    v2_controllers: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """`v2` when it controls memory or CPU, else `v1`, else `none`."""
        if self.v2_controllers & {"memory", "cpu"}:
            return "v2"
        return "v1" if self.v1 else "none"

    def roots(self) -> dict[str, Path]:
        """What to make a folder in: by controller, `unified` for the v2 tree."""
        unified = {} if self.v2 is None else {"unified": self.v2}
        return unified if self.version == "v2" else {**self.v1, **unified}


def read_tree(mountinfo: Path = MOUNTINFO) -> Tree:
    """Look where they are mounted: proc_pid_mountinfo(5). An empty Tree on other systems."""
    v1: dict[str, Path] = {}
    v2 = None
    try:
        lines = mountinfo.read_text(errors="replace").splitlines()
    except OSError:
        return Tree()
    for line in lines:
        left, _, right = line.partition(" - ")
        place, (kind, _, options, *_) = Path(left.split()[4]), [*right.split(), "", "", ""]
        if kind == "cgroup2":
            v2 = place
        elif kind == "cgroup":
            v1 |= {name: place for name in options.split(",") if name in CONTROLLERS}
    return Tree(v1, v2, _v2_controllers(v2))


def folders(tree: Tree, name: str) -> dict[str, Path]:
    """This group's folder in each hierarchy, there or not. name: `classhub-<deployment id>/<slug>`.

    A user may be called like one of the kernel's files (`cgroup.procs`): hence the prefix.
    """
    found = NAME.fullmatch(name)
    if not found or found[2] in (".", ".."):
        raise ValueError(f"{name!r} is no name for a control group of ours (classhub-ID/SLUG).")
    return {controller: root / found[1] / f"server-{found[2]}" for controller, root in tree.roots().items()}


def numbers(file: Path) -> dict[str, int]:
    """The `key number` lines of a kernel's file; empty when it is not there."""
    try:
        pairs = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}


def number(file: Path) -> int:
    """The one number in a kernel's file; 0 when it is not there."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _v2_controllers(place: Path | None) -> frozenset[str]:
    try:
        return frozenset((place / "cgroup.controllers").read_text().split()) if place else frozenset()
    except OSError:
        return frozenset()

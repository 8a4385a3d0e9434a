"""The control group under which the node's pods live, in either version of control groups."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

TREES = Path("/sys/fs/cgroup")
CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
NAME = re.compile(r"classhub\d+")


def is_second_version() -> bool:
    return (TREES / "cgroup.controllers").exists()


def make(name: str) -> None:
    """In every tree; kubelet refuses to start under a group that is not there."""
    for tree in _trees():
        group = tree / name
        group.mkdir(exist_ok=True)
        if is_second_version():
            for place in (tree, group):
                (place / "cgroup.subtree_control").write_text(" ".join(f"+{one}" for one in CONTROLLERS))
        for key in ("cpuset.cpus", "cpuset.mems"):
            if (tree / key).exists() and not is_second_version():
                (group / key).write_text((tree / key).read_text())


def remove(name: str) -> None:
    """All that is below; groups in which a process lives stay."""
    for tree in (TREES, *TREES.glob("*/")):  # runc makes one in trees that kubelet knows nothing of, too
        for group in _deepest_first(tree / name):
            with contextlib.suppress(OSError):
                group.rmdir()


def remove_stale() -> None:
    """Those of nodes that are gone: a node that lives has a cable of the same name."""
    for name in {group.name for pattern in ("classhub*", "*/classhub*") for group in TREES.glob(pattern)}:
        if NAME.fullmatch(name) and not Path("/sys/class/net", name).exists():
            remove(name)


def _trees() -> Iterator[Path]:
    if is_second_version():
        yield TREES
        return
    for tree in TREES.iterdir():
        if (tree / "cgroup.procs").exists() and tree.name != "unified" and not tree.is_symlink():
            yield tree


def _deepest_first(group: Path) -> Iterator[Path]:
    if not group.is_dir():
        return
    for below in group.iterdir():
        if below.is_dir():
            yield from _deepest_first(below)
    yield group

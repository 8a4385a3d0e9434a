"""Control groups, version 2: file names and units of Documentation/admin-guide/cgroup-v2.rst."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from classhub.walls.cgroup_tree import Limits, number, numbers

PERIOD_US = 100_000
NEEDED = ("memory", "cpu", "pids")


def prepare(root: Path, folder: Path) -> None:
    """Hand the controllers down from the root to our slice, and from it to its groups. Raises OSError.

    One at a time, as one that is missing would refuse the whole line. The root refuses (EBUSY) inside a container
    whose own processes sit in it: no group may have both processes and controlled groups below it.
    """
    there = (root / "cgroup.controllers").read_text().split()
    for place in (root, folder.parent):
        on = (place / "cgroup.subtree_control").read_text().split()
        for controller in NEEDED:
            if controller in there and controller not in on:
                (place / "cgroup.subtree_control").write_text(f"+{controller}")


def limit(folders: Mapping[str, Path], limits: Limits) -> None:
    """Raises OSError when the kernel refuses, LookupError when a controller is not there."""
    folder = folders["unified"]
    there = (folder / "cgroup.controllers").read_text().split()
    wanted = {"memory": limits.memory_bytes, "cpu": limits.cpu_cores, "pids": limits.pids}
    for controller, most in wanted.items():
        if controller in there:
            for file, text in _lines(controller, most):
                if file != "memory.swap.max" or (folder / file).exists():
                    (folder / file).write_text(text)
        elif most is not None:
            raise LookupError(controller)


def _lines(controller: str, most: float | None) -> list[tuple[str, str]]:
    """memory.oom.group stays 0: a kernel may die of its memory, its server should live and tell."""
    if controller == "memory":
        return [
            ("memory.max", "max" if most is None else str(most)),
            ("memory.swap.max", "max" if most is None else "0"),
        ]
    if controller == "cpu":
        return [("cpu.max", f"{'max' if most is None else max(1000, round(most * PERIOD_US))} {PERIOD_US}")]
    return [("pids.max", "max" if most is None else str(most))]


def memory_bytes(folders: Mapping[str, Path]) -> int:
    folder = folders["unified"]
    return max(0, number(folder / "memory.current") - numbers(folder / "memory.stat").get("inactive_file", 0))


def cpu_seconds(folders: Mapping[str, Path]) -> float:
    return numbers(folders["unified"] / "cpu.stat").get("usage_usec", 0) / 1e6


def oom_kills(folders: Mapping[str, Path]) -> int:
    return numbers(folders["unified"] / "memory.events").get("oom_kill", 0)

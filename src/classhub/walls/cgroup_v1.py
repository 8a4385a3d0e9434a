"""Control groups, version 1: file names and units of Documentation/admin-guide/cgroup-v1."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from classhub.walls.cgroup_tree import Limits, number, numbers

PERIOD_US = 100_000


def prepare(root: Path, folder: Path) -> None:
    """Nothing: every controller has its own tree."""


def limit(folders: Mapping[str, Path], limits: Limits) -> None:
    """Raises OSError when the kernel refuses, LookupError when a controller is not mounted."""
    if limits.memory_bytes is not None or "memory" in folders:
        _limit_memory(folders["memory"], limits.memory_bytes)
    if limits.cpu_cores is not None or "cpu" in folders:
        quota = -1 if limits.cpu_cores is None else max(1000, round(limits.cpu_cores * PERIOD_US))
        (folders["cpu"] / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (folders["cpu"] / "cpu.cfs_quota_us").write_text(str(quota))
    if limits.pids is not None or "pids" in folders:
        (folders["pids"] / "pids.max").write_text("max" if limits.pids is None else str(limits.pids))


def _limit_memory(folder: Path, most: int | None) -> None:
    """Memory with swap may never be less than memory alone, so it is opened first and closed last."""
    with_swap = folder / "memory.memsw.limit_in_bytes"
    if with_swap.exists():
        with_swap.write_text("-1")
    (folder / "memory.limit_in_bytes").write_text("-1" if most is None else str(most))
    if with_swap.exists() and most is not None:
        with_swap.write_text(str(most))


def memory_bytes(folders: Mapping[str, Path]) -> int:
    folder = folders.get("memory", Path("/nowhere"))
    cache = numbers(folder / "memory.stat").get("total_inactive_file", 0)
    return max(0, number(folder / "memory.usage_in_bytes") - cache)


def cpu_seconds(folders: Mapping[str, Path]) -> float:
    return number(folders.get("cpuacct", Path("/nowhere")) / "cpuacct.usage") / 1e9


def oom_kills(folders: Mapping[str, Path]) -> int:
    return numbers(folders.get("memory", Path("/nowhere")) / "memory.oom_control").get("oom_kill", 0)

"""What the machine did meanwhile."""

import os
import time
from collections.abc import Callable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def others_share() -> Callable[[], float]:
    """Call now, call the result later: the share of all processors used by processes that are not ours."""
    start, busy, own = time.perf_counter(), _busy_s(), _own_s()

    def later() -> float:
        total = (time.perf_counter() - start) * (os.cpu_count() or 1)
        return max(0.0, (_busy_s() - busy) - (_own_s() - own)) / total

    return later


def _busy_s() -> float:
    user, nice, system = Path("/proc/stat").read_text().split(maxsplit=4)[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS


def _own_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system + _detached_s


_detached_s = 0.0


def count_detached(seconds: float) -> None:
    """CPU of processes that are not our children: hubs and servers of the runs."""
    global _detached_s  # noqa: PLW0603 - one counter for one run
    _detached_s += seconds


def pss_mib(pid: int) -> float:
    """Proportional set size of one process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0

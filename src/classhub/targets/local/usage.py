"""CPU and memory of parts and students' servers on this machine, and its disk."""

import shutil
from collections.abc import Iterable

from classhub.hub import registry
from classhub.plan.records import Usage, UsageRow
from classhub.plan.running import Part
from classhub.targets.local.paths import Paths
from classhub.walls import cgroups


def usage(parts: Iterable[Part], paths: Paths) -> Usage:
    """Rows for parts, then servers. Memory is what the group holds, else the resident set of the process and its children."""
    rows = [_tree(part.name, "part", part.pid) for part in parts if part.pid]
    rows += [_server(entry) for entry in registry.read_all(paths.servers)]
    disk = shutil.disk_usage(paths.homes)
    return Usage(tuple(rows), disk.free, disk.total)


def _server(entry: registry.Entry) -> UsageRow:
    name = f"{entry.user}/{entry.server}" if entry.server else entry.user
    group = cgroups.find(entry.group) if entry.group else None
    if group is not None:
        return UsageRow(name, "server", group.cpu_seconds(), group.memory_bytes(), entry.memory_limit)
    return _tree(name, "server", entry.process.pid)


def _tree(name: str, kind: str, pid: int) -> UsageRow:
    import psutil

    cpu, memory = 0.0, 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with process.oneshot():
                times = process.cpu_times()
                cpu, memory = cpu + times.user + times.system, memory + process.memory_info().rss
    except psutil.Error:
        return UsageRow(name, kind, None, None)
    return UsageRow(name, kind, cpu, memory)

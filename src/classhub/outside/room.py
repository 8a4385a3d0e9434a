"""How much of a disk others' material may take: the hub's database lies on the same one."""

import shutil
from pathlib import Path

RESERVE = 1 << 30
"""Bytes that stay free ..."""
RESERVE_PART = 0.05
"""... or this part of a disk that is small."""


def has_room(folder: Path, more: int = 0) -> bool:
    """Whether enough stays free when so many bytes more are written below a folder. Raises OSError."""
    disk = shutil.disk_usage(folder)
    return disk.free - more >= min(RESERVE, RESERVE_PART * disk.total)

"""git, where it is here: what it keeps of a folder, and (repository.py) a mirror of somebody's repository."""

from collections.abc import Callable
from pathlib import Path

from classhub.outside.process import ProgramFailed, run


def tracked(folder: Path) -> Callable[[str], bool] | None:
    """Whether git keeps a file of this folder, by its name. None without git, or outside of any repository."""
    try:
        listed = run(["git", "-C", str(folder), "ls-files", "-z", "--", "."], timeout_s=10).out
    except ProgramFailed:
        return None
    return frozenset(listed.split("\0")).__contains__

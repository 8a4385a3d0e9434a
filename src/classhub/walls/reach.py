"""Can a student's account run this interpreter? What that needs, and a trial that really does it."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import classhub
from classhub.outside import process
from classhub.walls.mounts import Mounts, may, plan_mounts
from classhub.walls.spec import Spec

__all__ = ["Mounts", "needed_paths", "plan_mounts", "preflight"]

ASK = """
import json, sys
print(json.dumps([[sys.base_prefix, sys.base_exec_prefix], [sys.executable, sys.prefix, sys.exec_prefix, *sys.path]]))
"""


def needed_paths(python: str) -> list[Path]:
    """What this interpreter reads: its program, its folders, the folders it imports from, and this package's.

    Starts the interpreter once. Raises ProgramFailed when it does not run.
    """
    bases, others = _ask(python)
    return list(dict.fromkeys([*others, *bases]))


def _ask(python: str) -> tuple[list[Path], list[Path]]:
    """Where the interpreter is installed (/usr, say: much there is not its own), and all that it reads."""
    bases, others = json.loads(process.run([python, "-I", "-X", "utf8", "-c", ASK], timeout_s=30).out)
    return _there(bases), _there([python, *others, str(Path(classhub.__file__).parent)])


def _there(paths: Sequence[str]) -> list[Path]:
    return [path for path in map(Path, paths) if path.is_absolute() and path.exists()]


def preflight(
    python: str,
    uid: int,
    mounts: Mounts,
    imports: Sequence[str] = ("classhub.server", "jupyterhub", "jupyter_server"),
    gid: int | None = None,
) -> str | None:
    """Really run this interpreter as such a uid (gid: the same number) behind these mounts, 60 s at most.

    None is good. Else a sentence: what failed, which folder with which mode is in the way, and the fix.
    Not root: runs it as this account, without walls.
    """
    gid = uid if gid is None else gid
    spec = Spec(
        argv=[python, "-I", "-c", f"import {', '.join(imports)}" if imports else "pass"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        uid=uid,
        gid=gid,
        hide=mounts.hide,
        show=mounts.show,
        links=mounts.links,
        private_tmp=sys.platform == "linux",
    )
    try:
        tried = process.run(spec.command(sys.executable), stdin=spec.to_json(), timeout_s=60, check=False)
    except process.ProgramFailed as error:
        return error.what
    if tried.code == 0:
        return None
    said = (tried.err.strip().splitlines() or [f"exit code {tried.code}"])[-1].rstrip(".")
    who = f"A student's account (uid {uid})" if os.geteuid() == 0 else "This account"
    return f"{who} cannot run {python}: {said}. {_in_the_way(python, uid, gid, mounts)}"


def _in_the_way(python: str, uid: int, gid: int, mounts: Mounts) -> str:
    if os.geteuid() == 0:
        read = [path.resolve() for path in _read_by(python)]
        for path in (path for path in read if set(read).isdisjoint(path.parents)):
            for place, inside in _seen(path, mounts):
                status = os.lstat(place)
                if not stat.S_ISLNK(status.st_mode) and not may(status, uid, gid, _bits(status, inside)):
                    return _too_closed(place, inside)
    return "No mode explains it: look for a missing library, an ACL, SELinux or AppArmor (dmesg | tail)."


def _bits(status: os.stat_result, inside: bool) -> int:
    """A folder on the way is passed through, one inside is listed too, a file is read."""
    return (0o5 if stat.S_ISDIR(status.st_mode) else 0o4) if inside else 0o1


def _too_closed(place: str, inside: bool) -> str:
    status = Path(place).lstat()
    letters = "-R o+rX" if inside else "o+x"
    return (
        f"In the way: {place} has mode {stat.S_IMODE(status.st_mode):04o} and belongs to uid {status.st_uid}. "
        f"Fix: chmod {letters} '{place}', or install ClassHub in a folder that is open to all (/opt/classhub)."
    )


def _read_by(python: str) -> list[Path]:
    """Without where it is installed: a distribution closes folders of /usr on purpose, and no student needs those."""
    try:
        bases, others = _ask(python)
    except process.ProgramFailed:
        return [Path(python)]
    return [path for path in others if path not in bases]


def _seen(path: Path, mounts: Mounts) -> Iterator[tuple[str, bool]]:
    """The places that keep their own mode behind the mounts: the way from what is shown last (or /), then all inside.

    The flag tells those that must be read from those that need only be passed through.
    """
    shown = next((place for place in (path, *path.parents) if str(place) in mounts.show), Path("/"))
    yield from ((str(place), False) for place in reversed(path.parents) if place.is_relative_to(shown))
    yield str(path), True
    for folder, folders, files in os.walk(path):
        if not folder.endswith("/__pycache__"):  # what cannot be read there is compiled again
            yield from ((f"{folder}/{name}", True) for name in (*folders, *files))

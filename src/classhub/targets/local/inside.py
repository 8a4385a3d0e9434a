"""Run a program where a student's server runs: same account, same view of the files, its exit code passed on."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from classhub.errors import NotRunning
from classhub.hub import registry
from classhub.outside import process, terminal
from classhub.plan.records import Finished
from classhub.targets.local import parts
from classhub.targets.local.inspection import anything_lives
from classhub.targets.local.paths import Paths
from classhub.targets.local.records import LOGGED, need_user
from classhub.walls import cgroups, names
from classhub.walls.spec import Spec

RUN_TIMEOUT_S = 24 * 3600
SECRET_NAMES = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")


def run(paths: Paths, who: str, argv: list[str], on_terminal: bool) -> Finished:
    """Raises NotRunning when this user has no server. A part's name means: here, as the hub's own account."""
    if who in LOGGED:
        if not anything_lives(paths):
            raise NotRunning("No hub runs here.", fix="classhub up")
        return _run_here(paths, argv, on_terminal)
    need_user(paths, who)
    user, _, server = who.partition("/")
    entry = registry.read(paths.servers, user, server)
    if entry is None or not entry.alive:
        files = f"look at the files: ls '{paths.homes / names.slug(user)}'"
        if "hub" not in parts.living(paths):
            raise NotRunning("No hub runs here.", fix=f"classhub up; or {files}")
        raise NotRunning(f"{who} has no running server.", fix=f"start it from the admin page, or {files}")
    return _run_inside(entry, paths.homes / names.slug(user), argv, on_terminal)


def _run_here(paths: Paths, argv: list[str], on_terminal: bool) -> Finished:
    return Finished(terminal.run(argv)) if on_terminal else _without_terminal(argv, cwd=paths.state)


def _run_inside(entry: registry.Entry, home: Path, argv: list[str], on_terminal: bool) -> Finished:
    group = cgroups.find(entry.group) if entry.group else None
    spec = Spec(
        argv,
        _environment(entry, home),
        str(home),
        uid=entry.uid,
        gid=entry.uid,
        cgroups=group.procs_files if group else [],
        join=entry.process if entry.uid is not None else None,
    )
    with tempfile.TemporaryFile() as file:
        file.write(spec.to_json().encode())
        file.seek(0)
        command = spec.command(sys.executable, file.fileno())
        if on_terminal:
            return Finished(terminal.run(command, keep_fds=[file.fileno()], owner=entry.uid))
        return _without_terminal(command, keep_fds=[file.fileno()])


def _without_terminal(argv: list[str], cwd: Path | None = None, keep_fds: Sequence[int] = ()) -> Finished:
    """Not even by /dev/tty: hence a session of its own."""
    done = process.run(
        argv,
        cwd=cwd,
        stdin=_piped(),
        keep_fds=keep_fds,
        timeout_s=RUN_TIMEOUT_S,
        check=False,
        new_session=True,
        exact=True,
    )
    return Finished(done.code, done.out, done.err)


def _piped() -> int | str:
    """Our own stdin when it is a file or a pipe; a terminal is not handed on."""
    try:
        fd = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return ""
    return "" if os.isatty(fd) else fd


def _environment(entry: registry.Entry, home: Path) -> dict[str, str]:
    """The server's own, without its tokens; where /proc does not tell, the least."""
    try:
        raw = Path(f"/proc/{entry.process.pid}/environ").read_bytes()
    except OSError:
        return {
            "HOME": str(home),
            "PATH": os.environ.get("PATH", ""),
            "USER": entry.user,
            "TERM": os.environ.get("TERM", "dumb"),
        }
    pairs = (item.partition(b"=") for item in raw.split(b"\0") if item)
    env = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
    return {
        **{name: value for name, value in env.items() if name not in SECRET_NAMES},
        "TERM": os.environ.get("TERM", "dumb"),
    }

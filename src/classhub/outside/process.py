"""Start programs: an argv in, output out. The only door to subprocess outside the supervisor and the spawner."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classhub.errors import OutsideFailed


@dataclass(frozen=True)
class Output:
    code: int
    out: str
    err: str


class ProgramFailed(OutsideFailed):
    """A program ended badly, was not there, or took too long. The message can be pasted into a shell."""

    def __init__(self, argv: Sequence[str], why: str, output: Output | None = None) -> None:
        self.argv = tuple(argv)
        self.output = output
        said = (output.err or output.out).strip() if output else ""
        super().__init__(f"`{shlex.join(argv)}` {why}.", cause=said[-2000:])


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout_s: float = 60,
    check: bool = True,
    keep_fds: Sequence[int] = (),
) -> Output:
    """Run to the end and capture both streams. Raises ProgramFailed when absent, late, or (check) not exit 0."""
    full = {**os.environ, **env} if env is not None else None
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=full,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            pass_fds=keep_fds,
        )
    except FileNotFoundError as error:
        raise ProgramFailed(argv, "could not be started: the program is not here") from error
    except PermissionError as error:
        raise ProgramFailed(argv, "could not be started: not allowed") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramFailed(argv, f"took longer than {timeout_s:g} s") from error
    output = Output(done.returncode, done.stdout, done.stderr)
    if check and output.code != 0:
        raise ProgramFailed(argv, f"ended with exit code {output.code}", output)
    return output


def run_in_terminal(argv: Sequence[str], *, env: Mapping[str, str] | None = None, keep_fds: Sequence[int] = ()) -> int:
    """Run with our own terminal; the exit code comes back."""
    full = {**os.environ, **env} if env is not None else None
    try:
        return subprocess.run(list(argv), env=full, check=False, pass_fds=keep_fds).returncode
    except OSError as error:
        raise ProgramFailed(argv, f"could not be started: {error.strerror}") from error


def start_detached(argv: Sequence[str], *, log: Path, cwd: Path) -> int:
    """Start a program that outlives us, in a session of its own, with its output appended to `log` (0600). Its pid."""
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab") as out:
        try:
            return subprocess.Popen(
                list(argv), cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            ).pid
        except OSError as error:
            raise ProgramFailed(argv, f"could not be started: {error.strerror}") from error

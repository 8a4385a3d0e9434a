"""Start programs: an argv in, output out. The only door to subprocess outside the supervisor and the spawner."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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
    inherit: bool = True,
    stdin: str | int = "",
    timeout_s: float = 60,
    check: bool = True,
    keep_fds: Sequence[int] = (),
    new_session: bool = False,
    exact: bool = False,
    executable: str | None = None,
) -> Output:
    """Run to the end and capture both streams. Raises ProgramFailed when absent, late, or (check) not exit 0.

    inherit: env is added to ours, else it is all there is. stdin: text, or a descriptor.
        new_session: without our terminal; Ctrl-C here ends all that was started.
        exact: bytes that are no UTF-8 come back as lone surrogates (PEP 383), so that they can be written again as they were.
        executable: the program, where argv[0] is to be another name.
    """
    full = {**(os.environ if inherit else {}), **(env or {})}
    try:
        with subprocess.Popen(
            list(argv),
            executable=executable,
            cwd=cwd,
            env=full,
            stdin=stdin if isinstance(stdin, int) else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=keep_fds,
            start_new_session=new_session,
        ) as child:
            given = None if isinstance(stdin, int) else stdin.encode()
            code, out, err = _to_the_end(child, given, timeout_s, new_session)
    except FileNotFoundError as error:
        raise ProgramFailed(argv, "could not be started: the program is not here") from error
    except PermissionError as error:
        raise ProgramFailed(argv, "could not be started: not allowed") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramFailed(argv, f"took longer than {timeout_s:g} s") from error
    errors = "surrogateescape" if exact else "replace"
    output = Output(code, out.decode(errors=errors), err.decode(errors=errors))
    if check and output.code != 0:
        raise ProgramFailed(argv, f"ended with exit code {output.code}", output)
    return output


def _to_the_end(
    child: "subprocess.Popen[bytes]", stdin: bytes | None, timeout_s: float, is_leader: bool
) -> tuple[int, bytes, bytes]:
    try:
        out, err = child.communicate(stdin, timeout_s)
    except BaseException:
        if is_leader:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.kill()
        raise
    return child.returncode, out, err


@contextlib.contextmanager
def piped(argv: Sequence[str], *, env: Mapping[str, str], timeout_s: float) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """What it reads and what it writes, for a program that answers question by question. env is all there is.

    It ends when the block does, or is ended then; an error of the block ends it at once. Raises ProgramFailed when it is
    absent, late or ended by itself badly.
    """
    with _nameless() as err:
        try:
            child = subprocess.Popen(
                list(argv),
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            raise ProgramFailed(argv, f"could not be started: {error.strerror}") from error
        late = threading.Timer(timeout_s, lambda: _kill(child))
        late.start()
        try:
            with child:
                assert child.stdin and child.stdout
                try:
                    yield child.stdin, child.stdout
                except BrokenPipeError:
                    raise
                except BaseException:
                    _kill(child)
                    raise
        except BrokenPipeError:
            pass  # its exit code says why
        finally:
            late.cancel()
            if child.poll() is None:
                _kill(child)
        if child.returncode:
            raise ProgramFailed(
                argv, f"ended with exit code {child.returncode}", Output(child.returncode, "", _said(err))
            )


@contextlib.contextmanager
def whole(text: str) -> Iterator[int]:
    """A descriptor to read text from that nobody else can open: who reads has all of it, even if we are killed now."""
    with _nameless() as file:
        file.write(text.encode())
        file.flush()
        file.seek(0)
        yield file.fileno()


def _nameless() -> IO[bytes]:
    """In memory where that can be had, else a file without a name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("classhub"), "w+b")
    return tempfile.TemporaryFile()


def finish(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    executable: str | None = None,
    stdin: int = subprocess.DEVNULL,
    timeout_s: float,
    asks: bool = True,
    grace_s: float = 30,
    keep_fds: Sequence[int] = (),
) -> Output:
    """Run what changes something and must come to its own end. env is all there is. Raises ProgramFailed as run() does.

    It has a session of its own and writes to no pipe of ours: if we are killed it goes on to its end. Ctrl-C and the
    time limit ask it to stop (asks: by SIGINT; else it may finish) and wait for that, up to grace_s
    (where it may finish: as long again as its limit); a second Ctrl-C kills.
    """
    with _nameless() as out, _nameless() as err:
        with _held_back() as begin:
            try:
                child = subprocess.Popen(
                    list(argv),
                    executable=executable,
                    env=dict(env),
                    stdin=stdin,
                    stdout=out,
                    stderr=err,
                    pass_fds=keep_fds,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProgramFailed(argv, f"could not be started: {error.strerror}") from error
            why = _ended(child, begin, timeout_s, asks, grace_s)
        said = [_said(file) for file in (out, err)]
    output = Output(child.returncode, *said)
    if why is not None:
        raise ProgramFailed(argv, why, output)
    return output


@contextlib.contextmanager
def _held_back() -> Iterator[Callable[[], None]]:
    """Ctrl-C waits until begin() is called: in the middle of a start it would leave a program that nobody knows of."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))

    def begin() -> None:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        if came:
            signal.raise_signal(signal.SIGINT)

    try:
        yield begin
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


def _ended(
    child: "subprocess.Popen[bytes]", begin: Callable[[], None], timeout_s: float, asks: bool, grace_s: float
) -> str | None:
    """Wait; why it had to be stopped, if it had to."""
    try:
        begin()
        child.wait(timeout_s)
        return None
    except subprocess.TimeoutExpired:
        _stop(child, True, grace_s)
        return f"took longer than {timeout_s:g} s"
    except BaseException:
        _stop(child, asks, grace_s if asks else timeout_s)
        raise


def _stop(child: "subprocess.Popen[bytes]", asks: bool, grace_s: float) -> None:
    if asks:
        child.send_signal(signal.SIGINT)
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        _kill(child)
    except BaseException:
        _kill(child)
        raise


def _kill(child: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


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

"""Run a program on a terminal of its own; what is typed on ours goes to it, what it writes is shown on ours.

Never on ours itself: a program can put keystrokes into the terminal it has (TIOCSTI), and so into the shell of whoever
started it.
"""

import contextlib
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import NoReturn

PIECE = 65536
POLL_S = 0.2
LAST_WORDS_S = 0.5
"""After the program's end: what it left running may hold its terminal open and never stop writing."""
ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Ended(Exception):
    """We are to end: a signal says so, or our terminal is gone."""

    def __init__(self, signum: int) -> None:
        self.code = 128 + signum


def run(argv: Sequence[str], *, keep_fds: Sequence[int] = (), owner: int | None = None) -> int:
    """The exit code; 128 + n for signal n. Our stdin and stdout are a terminal, which afterwards is as it was.

    owner: as root, the account that may open the new terminal by name, as after a login. For the main thread only.
    """
    ours = sys.stdin.fileno()
    mode, size = termios.tcgetattr(ours), termios.tcgetwinsize(ours)
    pid, its = pty.fork()
    if pid == 0:
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, mode)
            termios.tcsetwinsize(0, size)
            if owner is not None:
                os.fchown(0, owner, -1)
        _become(argv, keep_fds)
    try:
        with _raw(ours, its, mode):
            status = _relay(ours, its, pid)
        return _code(os.waitpid(pid, 0)[1] if status is None else status)
    except Ended as end:
        return end.code
    finally:
        os.close(its)  # whoever is still there gets SIGHUP


def _become(argv: Sequence[str], keep_fds: Sequence[int]) -> NoReturn:
    code = 126
    try:
        for signum in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and exec hands that on
            signal.signal(signum, signal.SIG_DFL)
        for fd in keep_fds:
            os.set_inheritable(fd, True)
        os.execvp(argv[0], list(argv))
    except OSError as error:
        code = 127 if isinstance(error, FileNotFoundError) else 126
        os.write(2, f"classhub: cannot start {argv[0]}: {error.strerror}\n".encode(errors="backslashreplace"))
    finally:
        os._exit(code)


@contextlib.contextmanager
def _raw(ours: int, its: int, mode: list[int | list[bytes | int]]) -> Iterator[None]:
    """Every key goes through, Ctrl-C too; in every way out but SIGKILL our terminal gets its mode back."""

    def resize(*_: object) -> None:
        termios.tcsetwinsize(its, termios.tcgetwinsize(ours))

    def come_back(*_: object) -> None:
        tty.setraw(ours, termios.TCSADRAIN)
        resize()

    wanted: dict[signal.Signals, Callable[[int, FrameType | None], object]] = dict.fromkeys(ENDINGS, _end)
    wanted |= {signal.SIGWINCH: resize, signal.SIGCONT: come_back}
    before = {signum: signal.getsignal(signum) for signum in wanted}
    try:
        for signum, handler in wanted.items():
            signal.signal(signum, handler)
        come_back()
        yield
    finally:
        with contextlib.suppress(termios.error):  # gone
            # FLUSH: what our terminal answered to the program's questions is not for our shell
            termios.tcsetattr(ours, termios.TCSAFLUSH, mode)
        for signum, was in before.items():
            signal.signal(signum, was or signal.SIG_DFL)


def _end(signum: int, _: FrameType | None = None) -> NoReturn:
    raise Ended(signum)


def _relay(ours: int, its: int, pid: int) -> int | None:
    """The wait status; None when the program closed its terminal and runs on."""
    os.set_blocking(its, False)  # a program that reads nothing must not keep us from showing what it writes
    typed, status, until = b"", None, float("inf")
    while time.monotonic() < until:
        readers = [its, ours] if len(typed) < PIECE else [its]
        ready, writable, _ = select.select(readers, [its] if typed else [], [], POLL_S)
        if ours in ready:
            typed += _typed(ours)
        if writable:
            typed = typed[_put(its, typed) :]
        if its in ready:
            piece = _written(its)
            if not piece:
                break
            _show(piece)
        elif status is not None:
            break
        if status is None and (status := _ended(pid)) is not None:
            until = time.monotonic() + LAST_WORDS_S
    return status


def _ended(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return status if done else None


def _typed(ours: int) -> bytes:
    try:
        piece = os.read(ours, PIECE)
    except OSError:
        piece = b""
    if not piece:
        raise Ended(signal.SIGHUP)
    return piece


def _put(its: int, typed: bytes) -> int:
    try:
        return os.write(its, typed)
    except BlockingIOError:
        return 0
    except OSError:  # nobody reads any more
        return len(typed)


def _written(its: int) -> bytes:
    """Empty at the end: Linux says EIO when the last program has closed it."""
    try:
        return os.read(its, PIECE)
    except OSError:
        return b""


def _show(piece: bytes) -> None:
    fd = sys.stdout.fileno()
    while piece:
        piece = piece[os.write(fd, piece) :]


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code

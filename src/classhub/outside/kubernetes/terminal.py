"""A program in a container on our terminal: keys go there, and what it writes comes here."""

import contextlib
import json
import os
import signal
import termios
import tty
from collections.abc import Iterator
from types import FrameType

from classhub.errors import WrongUsage
from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.channels import ERROR, PIECE, RESIZE, STDIN, STDOUT, Channels, opened
from classhub.outside.kubernetes.commands import PROTOCOLS, cut, ended

ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class _Ended(BaseException):
    """A signal says that we are to end. Not an Exception: nothing on the way may take it for a failure of its own."""

    def __init__(self, signum: int) -> None:
        self.code = 128 + signum


def run(calls: Calls, call: Call) -> int:
    """The exit code; 128 + n when signal n ended us. Our stdin and stdout are a terminal, afterwards as it was."""
    if not os.isatty(0) or not os.isatty(1):
        raise WrongUsage(
            "A shell needs a terminal.", "Input or output is a pipe or a file.", "classhub exec WHO -- COMMAND"
        )
    try:
        with opened(calls, call, PROTOCOLS) as channels:
            with _raw() as resized:
                status = _relay(channels, resized)
            if status is None:
                raise cut(call)
            code, why = ended(calls, call, status)
            _show(2, why.encode())
            return code
    except _Ended as end:
        return end.code


def _relay(channels: Channels, resized: int) -> bytes | None:
    """The program's status; None when the connection was cut."""
    size = _tell_size(channels)
    keyboard = [0]
    while True:
        for channel, piece in channels.receive():
            if channel == ERROR:
                return piece
            if channel == STDOUT:
                _show(1, piece)
        if not channels.is_open:
            return None
        ready = channels.wait([resized, *([] if channels.is_full() else keyboard)])
        if resized in ready:
            os.read(resized, PIECE)
            size = _tell_size(channels, size)
        if 0 in ready:
            typed = os.read(0, PIECE)
            if not typed:  # our terminal is gone
                raise _Ended(signal.SIGHUP)
            channels.send(STDIN, typed)


def _tell_size(channels: Channels, told: os.terminal_size | None = None) -> os.terminal_size:
    """Of one change two signals may come."""
    size = os.get_terminal_size(0)
    if size != told:
        channels.send(RESIZE, json.dumps({"Width": size.columns, "Height": size.lines}).encode())
    return size


@contextlib.contextmanager
def _raw() -> Iterator[int]:
    """Every key goes through, Ctrl-C too. Gives a descriptor that can be read when our window got another size."""
    mode = termios.tcgetattr(0)
    notice, notify = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def end(signum: int, _: FrameType | None) -> None:
        raise _Ended(signum)

    def resize(_: int, __: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(notify, b".")

    def come_back(signum: int, frame: FrameType | None) -> None:
        tty.setraw(0, termios.TCSADRAIN)  # whoever had the terminal while we were stopped may have changed it
        resize(signum, frame)

    wanted = dict.fromkeys(ENDINGS, end) | {signal.SIGWINCH: resize, signal.SIGCONT: come_back}
    before = {signum: signal.getsignal(signum) for signum in wanted}
    try:
        for signum, handler in wanted.items():
            signal.signal(signum, handler)
        tty.setraw(0, termios.TCSADRAIN)
        yield notice
    finally:
        with contextlib.suppress(termios.error):  # gone
            # FLUSH: what our terminal answered to the program's questions is not for our shell
            termios.tcsetattr(0, termios.TCSAFLUSH, mode)
        for signum, was in before.items():
            signal.signal(signum, was or signal.SIG_DFL)
        os.close(notice)
        os.close(notify)


def _show(fd: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(fd, piece) :]

"""Ends that are asked for: SIGTERM and a closed terminal count as Ctrl-C."""

import signal
import types
from collections.abc import Iterator
from contextlib import contextmanager

from classhub.cli.console import silencer


@contextmanager
def killed_politely() -> Iterator[None]:
    """SIGTERM and a closed terminal count as Ctrl-C: what was started is stopped, what was half done is undone."""
    silence = silencer()

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        if number == signal.SIGHUP:
            silence()
        raise KeyboardInterrupt

    ends = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in ends}  # nohup's wish stays
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Run a program in a container, to its end."""

import os
import re
import time
from collections.abc import Callable
from typing import Any

import msgspec

from classhub.errors import NotRunning, OutsideFailed
from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.channels import END, ERROR, PIECE, STDERR, STDIN, STDOUT, Channels, opened
from classhub.outside.kubernetes.silence import BrokenOff
from classhub.outside.process import Output

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
"""v4 cannot tell the program that its input has ended; API servers before 1.30 have nothing else."""


Sink = Callable[[bytes], None]


def run_aloud(calls: Calls, call: Call, stdin: int | None, *, out: Sink, err: Sink, timeout_s: float) -> int:
    """Its exit code. Each piece of its output is handed on as it comes, and no more is taken while a sink holds us up.

    stdin: a descriptor to read its input from, as far as the cluster takes it.
    """
    until, sinks = time.monotonic() + timeout_s, {STDOUT: out, STDERR: err}
    with opened(calls, call, PROTOCOLS if stdin is None else PROTOCOLS[:1]) as channels:
        while True:
            for channel, piece in channels.receive():
                if channel == ERROR:
                    code, why = ended(calls, call, piece)
                    err(why.encode())
                    return code
                if channel in sinks:
                    sinks[channel](piece)
            if not channels.is_open:
                raise cut(call)
            if time.monotonic() > until:
                raise _late(call, timeout_s)
            sources = [] if stdin is None or channels.is_full() else [stdin]
            if channels.wait(sources, timeout_s=until - time.monotonic()) & set(sources):
                stdin = _handed_on(channels, sources[0])


def _handed_on(channels: Channels, source: int) -> int | None:
    """A piece of the input, or that it has ended; then there is no more source."""
    piece = os.read(source, PIECE // 2)
    channels.send(*((STDIN, piece) if piece else (END, bytes([STDIN]))))
    return source if piece else None


def _late(call: Call, timeout_s: float) -> OutsideFailed:
    return OutsideFailed(f"The program in {call.about} took longer than {timeout_s:g} s.", "It may still run there.")


def run(calls: Calls, call: Call, stdin: bytes, timeout_s: float) -> Output:
    until = time.monotonic() + timeout_s
    got = {STDOUT: bytearray(), STDERR: bytearray()}
    with opened(calls, call, PROTOCOLS[:1] if stdin else PROTOCOLS) as channels:
        rest = memoryview(stdin)
        while True:
            for channel, piece in channels.receive():
                if channel == ERROR:
                    return _output(calls, call, piece, got)
                got.setdefault(channel, bytearray()).extend(piece)
            if not channels.is_open:
                raise cut(call)
            rest = _fed(channels, rest)
            if time.monotonic() > until:
                raise _late(call, timeout_s)
            channels.wait(timeout_s=0 if rest and not channels.is_full() else until - time.monotonic())


def _fed(channels: Channels, rest: memoryview) -> memoryview:
    """More of the input, as far as the cluster takes it; its end after the last."""
    if not rest or channels.is_full():
        return rest
    channels.send(STDIN, bytes(rest[: PIECE // 2]))
    rest = rest[PIECE // 2 :]
    if not rest:
        channels.send(END, bytes([STDIN]))
    return rest


def _output(calls: Calls, call: Call, status: bytes, got: dict[int, bytearray]) -> Output:
    out, err = (bytes(got[channel]).decode(errors="surrogateescape") for channel in (STDOUT, STDERR))
    code, why = ended(calls, call, status)
    return Output(code, out, err + why)


def ended(calls: Calls, call: Call, text: bytes) -> tuple[int, str]:
    """Exit code, and why the program could not even start (127: not there, 126: not allowed). Raises for anything else."""
    status: dict[str, Any] = msgspec.json.decode(text)
    if status.get("status") == "Success":
        return 0, ""
    if status.get("reason") == "NonZeroExitCode":
        codes = [cause["message"] for cause in status["details"]["causes"] if cause.get("reason") == "ExitCode"]
        return int(codes[0]), ""
    words = str(status.get("message", ""))
    if re.search(r"executable file not found|no such file or directory", words):
        return 127, f"{_plain(words)}\n"
    if "permission denied" in words:
        return 126, f"{_plain(words)}\n"
    if "container not found" in words:
        raise NotRunning(f"{call.about} does not run (or not any more).", words[-600:], f"classhub events {call.name}")
    raise OutsideFailed(f"The program could not be run in {call.about}.", words[-600:], f"classhub events {call.name}")


def _plain(words: str) -> str:
    """The end of the runtime's long chain of errors, which is the part about the program."""
    found = re.search(r"exec: .*|stat .*", words)
    return (found[0] if found else words)[-300:].removesuffix(": unknown")


def cut(call: Call) -> BrokenOff:
    return BrokenOff(
        f"The connection to {call.about} was cut while the program ran.",
        "The API server restarted, the pod's node went away, or the network was cut.",
        "Look whether it did its work, then try again",
    )

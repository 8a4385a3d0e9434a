"""Why a student's server ended, in words: from its exit code, the end of its log and the kernel's out-of-memory count."""

import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from classhub.hub.home import UnusableHome

TELL = "tell the person who runs this hub"
UNUSABLE_HOME = f"Your home cannot be used just now; {TELL}"
NOT_SET_UP = f"This machine has to be put right first; {TELL}"


class Reason(NamedTuple):
    """One sentence each, without a full stop at its end."""

    admin: str
    """With paths and commands."""
    student: str
    """Without."""


KNOWN = (
    (r"classhub: (cannot .*)", "This machine could not set it up: {0}", NOT_SET_UP),
    (
        r"No space left on device|\[Errno 28\]",
        "The disk that holds the home is full. Delete something large, or ask your instructor for space",
        "",
    ),
    (
        r"Disk quota exceeded|\[Errno 122\]",
        "The home is full. Delete something large, or ask your instructor for space",
        "",
    ),
    (
        r"Permission(?:Error: \[Errno 13\])? [Pp]ermission denied: '?([^'\n]+)'?|PermissionError.*'([^']+)'",
        "It may not use {0}",
        f"It may not use a file that it needs; {TELL}",
    ),
    (r"ModuleNotFoundError: No module named '([^']+)'", "A Python package is missing: {0}", ""),
    (
        r"Executable .* not found|start ([^:]+): No such file",
        "Its program is not installed on this machine: {0}",
        f"Its program is not installed on this machine; {TELL}",
    ),
    (r"(SyntaxError: .*)", "A configuration file in the home is broken: {0}", ""),
)
"""A pattern of a log's line, the sentence for the admin, and the student's where it must be another."""


LOG_END_BYTES = 8192
"""A student can make the log as long as the disk: only its end is read."""


def end_of(log: Path) -> list[str]:
    """The last lines of a server's log; none when it is not there."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_END_BYTES))
            return file.read(LOG_END_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return []


def explain(code: int | None, log_end: Sequence[str], oom_kills: int = 0) -> Reason:
    """Why a server ended. code: as a shell counts it, negative for a signal; None when nobody saw it."""
    if oom_kills:
        return _to_both("It ran out of memory. Close notebooks that you do not need, or work on less data at once")
    for line in reversed(log_end):
        for pattern, admin, student in KNOWN:
            if found := re.search(pattern, line):
                told = admin.format(next((group for group in found.groups() if group), "").strip())
                return Reason(told, student or told)
    return _by_code(code, log_end)


def memory_ran_out(user: str, limit_bytes: int | None) -> str:
    """Of a program in a server that goes on."""
    unit, name = (2**30, "GiB") if (limit_bytes or 0) >= 2**30 else (2**20, "MiB")
    limit = f" (limit {limit_bytes / unit:.4g} {name})" if limit_bytes else ""
    return f"A program of {user} was ended: memory ran out{limit}."


def of(error: Exception) -> Reason:
    """Why a server could not be made."""
    if isinstance(error, UnusableHome):
        return Reason(str(error), UNUSABLE_HOME)
    if isinstance(error, OSError):
        return Reason(str(error), f"This machine could not set it up: {error.strerror or error}")
    return Reason(str(error), NOT_SET_UP)


def _to_both(sentence: str) -> Reason:
    return Reason(sentence, sentence)


def _by_code(code: int | None, log_end: Sequence[str]) -> Reason:
    if code is None:
        return _to_both("It ended while nobody was watching, for example when this machine was restarted")
    if code < 0:
        return _to_both(f"It was ended by the signal {_signal_name(-code)}")
    if code == 0:
        return _to_both("It ended by itself")
    ended = f"It ended with exit code {code}"
    last = next((line.strip() for line in reversed(log_end) if line.strip() and not line.startswith((" ", "\t"))), "")
    return Reason(f"{ended}: {last[:200]}" if last else ended, ended)


def _signal_name(number: int) -> str:
    """Real-time signals have no name of their own in Python."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"number {number}"

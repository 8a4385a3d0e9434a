"""Why a student's server ended, in words: from its exit code, the end of its log and the kernel's out-of-memory count."""

import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

from classhub.errors import ClasshubError

KNOWN = (
    (r"classhub: (cannot .*)", "This machine could not set it up: {0}"),
    (
        r"No space left on device|\[Errno 28\]",
        "The disk that holds the home is full. Delete something large, or ask your instructor for space",
    ),
    (
        r"Disk quota exceeded|\[Errno 122\]",
        "The home is full. Delete something large, or ask your instructor for space",
    ),
    (
        r"Permission(?:Error: \[Errno 13\])? [Pp]ermission denied: '?([^'\n]+)'?|PermissionError.*'([^']+)'",
        "It may not use {0}",
    ),
    (r"ModuleNotFoundError: No module named '([^']+)'", "A Python package is missing: {0}"),
    (r"Executable .* not found|start ([^:]+): No such file", "Its program is not installed on this machine: {0}"),
    (r"(SyntaxError: .*)", "A configuration file in the home is broken: {0}"),
)


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


def explain(code: int | None, log_end: Sequence[str], oom_kills: int = 0) -> str:
    """One sentence without a full stop at its end. code: as a shell counts it, negative for a signal; None when nobody saw it."""
    if oom_kills:
        return "It ran out of memory. Close notebooks that you do not need, or work on less data at once"
    for line in reversed(log_end):
        for pattern, sentence in KNOWN:
            if found := re.search(pattern, line):
                return sentence.format(next((group for group in found.groups() if group), "").strip())
    return _by_code(code, log_end)


def for_student(error: Exception) -> str:
    """Why a server could not be made, without the paths and commands that are the admin's. No full stop at its end."""
    if isinstance(error, ClasshubError):
        return "This machine has to be put right first. Please tell your instructor"
    if isinstance(error, OSError):
        return f"This machine could not set it up: {error.strerror or error}"
    return str(error)


def _by_code(code: int | None, log_end: Sequence[str]) -> str:
    if code is None:
        return "It ended while nobody was watching, for example when this machine was restarted"
    if code < 0:
        return f"It was ended by the signal {_signal_name(-code)}"
    if code == 0:
        return "It ended by itself"
    last = next((line.strip() for line in reversed(log_end) if line.strip() and not line.startswith((" ", "\t"))), "")
    return f"It ended with exit code {code}" + (f": {last[:200]}" if last else "")


def _signal_name(number: int) -> str:
    """Real-time signals have no name of their own in Python."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"number {number}"

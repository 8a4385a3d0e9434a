"""Every failure that an admin can see: what happened, the probable cause, the next command, the exit code.

Standard library only and Python 3.9: a student's server imports this too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ClasshubError(Exception):
    """One failure, told in words. `what` is a whole sentence; `cause` and `fix` may be empty.

    Exit codes are the design's: 1 found mistakes or refused, 2 wrong usage, 3 outside system failed, 4 a bug of ours.
    """

    exit_code = 1

    def __init__(self, what: str, cause: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cause = cause
        self.fix = fix

    def __str__(self) -> str:
        """Everything known, one line each: what a log or a plain terminal shows."""
        lines = [self.what]
        if self.cause:
            lines.append(f"Probable cause: {self.cause}")
        if self.fix:
            lines.append(f"Next: {self.fix}")
        return "\n".join(lines)


class Refused(ClasshubError):
    """We could, but must not: it would lose something, open something, or needs a yes."""


class NotFound(ClasshubError):
    """A user, part, server or revision of that name does not exist here."""


class NotHere(ClasshubError):
    """The target cannot do this by its nature; `fix` says what does the same there."""


class NotRunning(ClasshubError):
    """The hub (or this user's server) must run for this, and does not."""


class WrongUsage(ClasshubError):
    """The command line itself is off."""

    exit_code = 2


class OutsideFailed(ClasshubError):
    """Something that is not us failed: a program, the hub's API, the machine."""

    exit_code = 3


@dataclass(frozen=True)
class Edit:
    """One change of a file that certainly mends a mistake.

    do: "set" the value of the key at `where` to `new`, "rename" that key to `new`, "move" it with all below it to the
    path `new`, or "remove" it; or "gather" keys that stand beside it, and it if it is one of them, below another: `new` is
    (that one's path, their names). An empty key that is none of them was to hold them, and goes along.
    where: the way to the key, as ("hub", "services", 0).
    """

    do: str
    where: tuple[str | int, ...]
    new: object = None


@dataclass(frozen=True)
class Finding:
    """One mistake in a file of the deployment folder.

    severity: "error", "warning" or "note". line and column count from 1; 0 means the file as a whole. code: as "CH1101",
    explained in docs/reference. path: the way to the value. edit: what `check --fix` may write. count: how many
    mistakes it stands for.
    """

    severity: str
    file: str
    line: int
    column: int
    message: str
    why: str = ""
    fix: str = ""
    code: str = ""
    path: tuple[str | int, ...] = ()
    edit: Edit | None = None
    count: int = 1

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{self.severity} {self.code} {place}: {self.message}" if self.code else f"{place}: {self.message}"
        if self.why:
            text += f" {self.why}"
        if self.fix:
            text += f"\n    Fix: {self.fix if chr(10) in self.fix else self.fix.strip()}"
        return text


class Mistakes(ClasshubError):
    """All mistakes of a deployment folder at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        count = sum(one.count for one in self.findings)
        super().__init__(f"{count} mistake{'s' if count != 1 else ''} in the deployment folder.")

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), super().__str__()])

"""What `doctor` finds: one check each, with the command that mends it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    name: str
    """What was looked at: "Python", "uid walls", "disk"."""
    problem: str = ""
    """A sentence when something is amiss, else empty."""
    fix: str = ""
    """The command or the step that mends it."""
    seen: str = ""
    """What was found, when all is well: "3.12.4", "41 GiB free"."""
    warning: bool = False
    """True when a hub works all the same: said, and no failure."""

    @property
    def ok(self) -> bool:
        return not self.problem

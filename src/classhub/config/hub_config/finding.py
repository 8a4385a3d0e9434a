"""One thing that is wrong, or worth knowing, in hub.config."""

from typing import Literal, NamedTuple

from classhub.config.document import Where

Severity = Literal["error", "warning", "note"]


class Finding(NamedTuple):
    """As chart.verdict.Problem, with how bad it is."""

    where: Where
    message: str
    why: str
    fix: str
    severity: Severity
    kind: str
    """A short name: unknown-class, unknown-trait, wrong-type, old-name, small-letter, nested, unused, dropped, replaces."""


def at(*path: str) -> Where:
    return ("hub", "config", *path)

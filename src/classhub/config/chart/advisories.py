"""What is known of charts that came out: which of them close security holes, and when. Pure; grows with each release."""

from typing import NamedTuple

from classhub.config.chart.upgrade import order


class Released(NamedTuple):
    """when: as 2026-06-10; empty where ClassHub does not know the day."""

    version: str
    is_security: bool
    when: str = ""


RELEASED = (
    Released("3.3.8", False),
    Released("4.0.0", False),
    Released("4.3.2", False),
    Released("4.3.3", True),
    Released("4.3.4", True),
    Released("4.3.5", True),
    Released("4.4.0", True, "2026-06-10"),
)
"""Oldest first, of those that ClassHub has heard of when it was made (facts: the chart's changelog)."""


def newest() -> str:
    return RELEASED[-1].version


def missing_security(version: str) -> tuple[str, ...]:
    """Security releases that are newer than this chart, oldest first."""
    return tuple(one.version for one in RELEASED if one.is_security and order(one.version) > order(version))


def released(version: str) -> str:
    """The day it came out; empty where it is not known."""
    return next((one.when for one in RELEASED if one.version == version), "")

"""What of config.yaml holds here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classhub.config.model import Config
    from classhub.config.parity import Row
    from classhub.operations.machine import OnOneMachine


def rows(target: OnOneMachine, config: Config) -> tuple[Row, ...]:
    """One row for each value that the college wrote."""
    from classhub.config.parity import rows

    return rows(config, target.machine())


def summary(target: OnOneMachine, config: Config) -> str:
    """The same in one line."""
    from classhub.config.parity import summary

    return summary(rows(target, config))

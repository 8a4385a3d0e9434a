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


def versions(config: Config) -> str:
    """Which JupyterHub runs here, and which one the chart brings."""
    from importlib.metadata import version

    from classhub.config.catalogue.read import charts
    from classhub.config.chart.table import known

    chart = known(config.settings.chart_version)
    theirs = next(package for package in charts()[chart] if package.startswith("jupyterhub-") and package[11].isdigit())
    return f"JupyterHub {version('jupyterhub')} runs here; chart {chart} brings {theirs.removeprefix('jupyterhub-')}."


def summary(target: OnOneMachine, config: Config) -> str:
    """The same in one line."""
    from classhub.config.parity import summary

    return summary(rows(target, config))

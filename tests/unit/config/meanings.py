"""What the rules of meaning say of a few values."""

from collections.abc import Callable, Iterable
from typing import Any

from classhub.config.chart.table import defaults
from classhub.config.merge import over_defaults
from classhub.config.problem import Problem
from classhub.config.spelling import dotted

Rules = Callable[[dict[str, Any]], Iterable[Problem]]


def merged(own: dict[str, Any]) -> dict[str, Any]:
    return over_defaults(own, defaults("4.4.0"))


def said(rules: Rules, own: dict[str, Any]) -> dict[str, str]:
    """Code and place of each problem, as "CH1404 hub.config.X", to its severity."""
    return {f"{problem.code} {dotted(problem.where)}": problem.severity for problem in rules(merged(own))}

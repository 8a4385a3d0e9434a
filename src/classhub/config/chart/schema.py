"""The chart's own JSON schema, for what our table does not tell: Helm refuses whatever it refuses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.config.document import Where
from classhub.config.merge import over_defaults
from classhub.config.problem import Problem
from classhub.config.spelling import dotted


@dataclass(frozen=True)
class Refusal:
    """kind: "unknown" or "missing", a key; "wrong", a value, with the validator's message, which shows none."""

    where: Where
    kind: str
    message: str = ""


@dataclass(frozen=True)
class Schema:
    """defaults: of the chart that it belongs to. ask: what it refuses of values that are laid over them."""

    ask: Callable[[Mapping[str, Any]], Sequence[Refusal]]
    defaults: Mapping[str, Any]

    def problems(self, own: Mapping[str, Any]) -> list[Problem]:
        """own: what the college wrote."""
        return [_problem(one) for one in self.ask(over_defaults(own, dict(self.defaults)))]


def besides(found: list[Problem], told: list[Problem]) -> list[Problem]:
    """Those of the schema where nothing is told yet, neither at the place itself nor above or below it."""
    places = {problem.where for problem in told if problem.severity == "error"}
    above = {part for place in places for part in _ways(place)}
    return [one for one in found if one.where not in above and places.isdisjoint(_ways(one.where))]


def _ways(where: Where) -> Iterator[Where]:
    """It, and all above it."""
    return (where[:length] for length in range(len(where) + 1))


def _problem(refusal: Refusal) -> Problem:
    where, path = refusal.where, dotted(refusal.where)
    if refusal.kind == "unknown":
        message = f"{path} is no key that the chart's own schema knows."
        fix = f"Remove {dotted(where[-1:])}."
    elif refusal.kind == "missing":
        message = f"{path} is missing, and the chart's own schema wants it."
        fix = f"Give {path} a value."
    else:
        message = f"{path or 'The file'} is refused by the chart's own schema: {refusal.message}."
        fix = "Change the value, or remove the line and the chart's default holds."
    return Problem(where, message, "Helm refuses the whole file for it.", fix, code="CH1210")

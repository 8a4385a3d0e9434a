"""The chart's own JSON schema, for what our table does not tell: Helm refuses whatever it refuses."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.config.document import Where
from classhub.config.merge import over_defaults
from classhub.config.problem import Problem
from classhub.config.spelling import dotted

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError


class Schema:
    def __init__(self, text: str, defaults: Mapping[str, Any]) -> None:
        """defaults: of the chart that it belongs to. Raises ValueError, in a sentence, for what is no schema."""
        from jsonschema_rs import Draft7Validator  # late: most hubs have no schema here

        try:
            # no value is shown: it may be a secret
            self._validator = Draft7Validator(json.loads(text), mask="it", offline=True)
        except (ValueError, RecursionError) as error:
            raise ValueError("It is not a JSON schema.") from error
        self._defaults = defaults

    def problems(self, own: Mapping[str, Any]) -> list[Problem]:
        """own: what the college wrote."""
        try:
            errors = list(self._validator.iter_errors(over_defaults(own, dict(self._defaults))))
        except (ValueError, RecursionError):  # numbers that JSON has no word for
            return []
        return [problem for error in errors for problem in _problems(error)]


def besides(found: list[Problem], told: list[Problem]) -> list[Problem]:
    """Those of the schema where nothing is told yet, neither at the place itself nor above or below it."""
    places = {problem.where for problem in told if problem.severity == "error"}
    above = {part for place in places for part in _ways(place)}
    return [one for one in found if one.where not in above and places.isdisjoint(_ways(one.where))]


def _ways(where: Where) -> Iterator[Where]:
    """It, and all above it."""
    return (where[:length] for length in range(len(where) + 1))


def _problems(error: "ValidationError") -> Iterator[Problem]:
    where: Where = tuple(error.instance_path)
    kind = error.kind
    for name in getattr(kind, "unexpected", ()):
        message = f"{dotted((*where, name))} is no key that the chart's own schema knows."
        yield _problem((*where, name), message, f"Remove {name}.")
    if kind.name == "required":
        name = str(getattr(kind, "property", ""))
        message = f"{dotted((*where, name))} is missing, and the chart's own schema wants it."
        yield _problem((*where, name), message, f"Give {dotted((*where, name))} a value.")
    elif not hasattr(kind, "unexpected"):
        message = f"{dotted(where) or 'The file'} is refused by the chart's own schema: {error.message}."
        yield _problem(where, message, "Change the value, or remove the line and the chart's default holds.")


def _problem(where: Where, message: str, fix: str) -> Problem:
    return Problem(where, message, "Helm refuses the whole file for it.", fix, code="CH1210")

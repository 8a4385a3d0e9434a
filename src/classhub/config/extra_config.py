"""hub.extraConfig: the college's own Python for the hub."""

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.problem import Problem
from classhub.config.spelling import dotted, kind
from classhub.config.traits.lookup import mapping


def extra_config(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, source) in the order in which the hub runs them, after everything else; all in one namespace."""
    return [(key, source) for key, source in mapping(values, "hub.extraConfig").items() if isinstance(source, str)]


def problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Snippets that are no text: the chart's script hands each to Python as it is."""
    for key, source in mapping(values, "hub.extraConfig").items():
        if not isinstance(source, str):
            where = ("hub", "extraConfig", key)
            message = f"{dotted(where)} must be Python in a text block; here it is {kind(source)}."
            fix = f"Write {key}: | and the Python below it, indented; or remove the line."
            yield Problem(where, message, "The hub would not start.", fix, code="CH1608")


def syntax_errors(values: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """(key, line within the snippet, reason) of each snippet that is no Python. Parsed, never run."""
    for key, source in extra_config(values):
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(source, f"hub.extraConfig.{key}", "exec", dont_inherit=True)
        except SyntaxError as error:
            yield key, error.lineno or 1, error.msg
        except ValueError as error:
            yield key, 1, str(error)
        except (MemoryError, RecursionError):
            yield key, 1, "it is nested too deeply for Python"


def lines_below(source: Any, line: int) -> int:
    """How far below its key line `line` of a snippet stands: a text block begins one line further down."""
    return line if "\n" in str(source) else 0


def sets_authenticator(values: Mapping[str, Any]) -> str:
    """Key of the snippet that chooses who logs people in, as far as its text shows; "" if none does."""
    pattern = re.compile(r"^[^#\n]*\bauthenticator_class\b['\"]?\]?\s*=[^=]", re.MULTILINE)
    return next((key for key, source in extra_config(values) if pattern.search(source)), "")

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


def unreadable(values: Mapping[str, Any], chart: str) -> Iterator[tuple[Problem, int]]:
    """Snippets that cannot be parsed, and how far below their key's line. chart: whose hub is to read them."""
    from classhub.config.newer_python import OURS, is_read_by, of_chart  # late: only mistakes need it

    sources = dict(extra_config(values))
    for key, line, reason in syntax_errors(values):
        where = ("hub", "extraConfig", key)
        message = f"{dotted(where)}, line {line}: this is not Python: {reason}."
        fix = "Correct the line; in a text block (|) all lines keep their indentation relative to the first."
        severity, why = "error", "The hub would not start."
        if is_read_by(sources[key], of_chart(chart)):
            ours, theirs = (".".join(map(str, version)) for version in (OURS, of_chart(chart)))
            severity = "warning"
            message = f"{dotted(where)}, line {line}: this Python is too new for this machine's {ours}."
            why = f"The cluster's hub (Python {theirs}) reads it; the hub on this machine would not start with it."
            fix = "Write it as older Pythons read it, or run `classhub` with a newer one."
        yield Problem(where, message, why, fix, severity, "CH1603"), lines_below(sources[key], line)


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

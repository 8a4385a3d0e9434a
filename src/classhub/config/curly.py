"""Quotes as word processors set them: to YAML they are letters of the text."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config import scalars
from classhub.config.chart.elsewhere import fits
from classhub.config.chart.table import Key
from classhub.config.document import Where
from classhub.config.edit.render import flow
from classhub.config.problem import Problem
from classhub.config.secret_names import is_free, is_secret
from classhub.config.spelling import dotted
from classhub.errors import Edit

_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a"
_WHY = "They are no quotes to YAML, and become part of the value. Word processors and web pages make them."
_PROSE = {"display_name", "display_name_in_choices", "description", "validation_message", "title", "annotations"}
_PROSE |= {"templateVars", "stringData", "data", "extraAnnotations"}
"""Where people read the text, and may like its quotes."""


class Quoted(NamedTuple):
    where: Where
    inner: str


def quoted(value: Any, where: Where = ()) -> Iterator[Quoted]:
    """Texts that begin and end with a quote, and one of them is curly."""
    if isinstance(value, str):
        if len(value) > 1 and value[0] in _QUOTES and (value[-1] in _QUOTES or value[-1] in "\"'"):
            inner = value[1:-1]
            if not any(quote in inner for quote in _QUOTES):
                yield Quoted(where, inner)
    elif isinstance(value, Mapping | list):
        for name, below in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from quoted(below, (*where, name))


def problems(own: Mapping[str, Any], table: Key) -> Iterator[Problem]:
    for found in quoted(own):
        yield problem(found, _meant(found, table))


def problem(found: Quoted, meant: Any) -> Problem:
    """meant: the value between the quotes."""
    where = found.where
    is_prose = is_free(where) or not _PROSE.isdisjoint(part for part in where if isinstance(part, str))
    message = f"{dotted(where)} stands between curly quotes."
    shown = '"..."' if is_secret(where) else flow(meant, "double")
    fix = f"- {shown}" if isinstance(where[-1], int) else f"{where[-1]}: {shown}"
    edit = None if is_prose else Edit("set", where, meant)
    return Problem(where, message, _WHY, fix, "warning" if is_prose else "error", "CH1118", edit)


def _meant(found: Quoted, table: Key) -> Any:
    """A text where one may stand, else what it says without quotes, as 3600."""
    key: Key | None = table
    for part in found.where:
        key = (key.keys.get(str(part)) or key.each) if key else None
    if key is None or "str" in key.types or "any" in key.types:
        return found.inner
    try:
        value = scalars.resolve(found.inner)
    except ValueError:
        return found.inner
    return value if fits(value, key) else found.inner

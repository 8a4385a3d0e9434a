"""Everything that is wrong with merged values, or worth knowing about them: one list from all the rules. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config import amounts, environment, meaning, tokens
from classhub.config.chart.table import table
from classhub.config.chart.templates import refusals
from classhub.config.chart.upgrade import changes_between, moves_between, order
from classhub.config.chart.verdict import problems as verdict
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get, mapping

Values = Mapping[str, Any]


class Given(NamedTuple):
    """own: what the college wrote. values: that over the defaults of `chart`. files: what stands where."""

    own: Values
    values: Values
    chart: str
    files: meaning.Files


def problems(given: Given) -> list[Problem]:
    """Of two refusals at one place the one that knows more is kept: it has the corrected line."""
    more = [*tokens.problems(given.values), *environment.problems(given.values), *_means(given), *_hub_config(given)]
    more += amounts.problems(given.values, given.own)
    refused = {problem.where for problem in more if problem.severity == "error"}
    schema = [problem for problem in verdict(given.values, table(given.chart)) if problem.where not in refused]
    templates = [] if schema else refusals(given.values, given.chart)
    return [*schema, *templates, *more]


def _means(given: Given) -> Iterator[Problem]:
    return meaning.problems(given.values, given.own, given.chart, given.files)


KINDS = {
    "unknown-class": "CH1301",
    "unknown-trait": "CH1302",
    "wrong-type": "CH1303",
    "old-name": "CH1304",
    "nested": "CH1305",
    "unused": "CH1306",
    "dropped": "CH1307",
    "replaces": "CH1308",
}
"""Codes of what hub_config finds. A section with a small letter is the chart table's to tell."""


def _hub_config(given: Given) -> Iterator[Problem]:
    from classhub.config.catalogue.read import catalogue
    from classhub.config.hub_config.check import problems as check
    from classhub.config.hub_config.selection import Around

    image = get(given.own, "hub.image.name")
    own_code = bool(mapping(given.values, "hub.extraConfig") or mapping(given.values, "hub.extraFiles"))
    around = Around(own_code=own_code, own_image=bool(image))
    for found in check(mapping(given.values, "hub.config"), catalogue(given.chart), around):
        if found.kind in KINDS and get(given.own, "hub.config") is not None:
            yield Problem(found.where, found.message, found.why, found.fix, found.severity, KINDS[found.kind])


def upgrade(given: Given, old: str) -> Iterator[Problem]:
    """What going from the chart `old` to given.chart changes for these values, beyond what the new one refuses."""
    if order(given.chart) <= order(old):
        return
    for found in moves_between(given.own, old, given.chart):
        if found.move.kind == "changed":
            message = f"{dotted(found.path)} means something else from chart {found.move.version} on."
            yield Problem(found.path, message, found.move.note, "", "warning", "CH1251")
    for change in changes_between(given.values, old, given.chart):
        yield Problem((), f"Chart {change.version}: {change.sentence}", "", change.advice, "note", "CH1252")

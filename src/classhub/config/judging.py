"""Everything that is wrong with merged values, or worth knowing about them: one list from all the rules. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from classhub.config import amounts, curly, environment, meaning, tokens
from classhub.config.chart import astray
from classhub.config.chart.schema import Schema, besides
from classhub.config.chart.table import table
from classhub.config.chart.templates import refusals
from classhub.config.chart.upgrade import changes_between, moves_between, order
from classhub.config.chart.verdict import problems as verdict
from classhub.config.document import Where
from classhub.config.meaning.found import has_stock_image, own_code
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get, mapping

Values = Mapping[str, Any]


class Given(NamedTuple):
    """own: what the college wrote. values: that over the defaults of `chart`. files: what stands where.

    schema: the chart's own, where it is at hand. is_whole: no file is missing in them because it could not be read.
    """

    own: Values
    values: Values
    chart: str
    files: meaning.Files
    schema: Schema | None = None
    is_whole: bool = True


def problems(given: Given, before: str = "") -> list[Problem]:
    """Each mistake once. before: the chart that these values run with, if it is another one.

    Of two that tell the same, the one that knows more is kept: it has the corrected line."""
    if not given.is_whole:
        return verdict(given.values, table(given.chart))  # what the rest means hangs on what could not be read
    meant = [*amounts.problems(given.values, given.own), *_means(given)]
    better = {problem.where for problem in meant if problem.code[:4] in _KNOW_MORE or problem.code == "CH1404"}
    traits = [problem for problem in _hub_config(given) if problem.where not in better]
    more = [*_runs(given), *environment.problems(given.values), *meant, *traits]
    told = {problem.where for problem in more if problem.severity == "error" and problem.code[:4] != _SECRETS}
    misplaced, covered = _misplaced(given)
    unread = [problem for problem in curly.problems(given.own, table(given.chart)) if problem.where not in covered]
    covered |= {problem.where for problem in unread}
    told |= covered
    schema = [problem for problem in verdict(given.values, table(given.chart)) if problem.where not in told]
    templates = [] if schema or misplaced or unread else refusals(given.values, given.chart)
    found = [*misplaced, *unread, *schema, *templates, *(problem for problem in more if problem.where not in covered)]
    if given.schema:
        found += besides(given.schema.problems(given.own), found)
    return [*found, *_upgrade(given, before, {problem.where for problem in found})]


def _misplaced(given: Given) -> tuple[list[Problem], set[Where]]:
    """Blocks and sections that stand elsewhere, and all places that this tells of."""
    keys = table(given.chart)
    found = astray.blocks(given.own, keys)
    problems = [astray.problem(block, given.own) for block in found]
    problems += astray.sections(given.own, keys, given.chart)
    return problems, {problem.where for problem in problems}.union(*(block.places for block in found))


_KNOW_MORE = ("CH15",)
"""Amounts: better told there than as a trait of the wrong type. So is CH1404, a limit that no login knows."""
_SECRETS = "CH17"
"""What they say of a place is another mistake than a wrong type."""


def _runs(given: Given) -> Iterator[Problem]:
    from classhub.config import extra_config, roles, services

    yield from tokens.problems(given.values)
    yield from roles.problems(given.values, given.chart)
    yield from services.problems(given.values, given.chart)
    yield from extra_config.problems(given.values)


def _means(given: Given) -> Iterator[Problem]:
    return meaning.problems(given.values, given.own, given.chart, given.files)


def _hub_config(given: Given) -> Iterator[Problem]:
    from classhub.config.catalogue.read import catalogue
    from classhub.config.hub_config.check import problems as check
    from classhub.config.hub_config.selection import Around

    if get(given.own, "hub.config") is None:
        return
    around = Around(
        own_code=bool(own_code(given.values)),
        own_image=not has_stock_image(given.values),
        keys_of_hub=table(given.chart).keys["hub"].keys,
        written=mapping(given.own, "hub.config"),
        beside=mapping(given.own, "hub"),
    )
    yield from check(mapping(given.values, "hub.config"), catalogue(given.chart), around)


def _upgrade(given: Given, old: str, told: set[Where]) -> Iterator[Problem]:
    """What going from the chart `old` to given.chart changes for these values, beyond what the new one refuses."""
    if not old or order(given.chart) <= order(old):
        return
    for found in moves_between(given.own, old, given.chart):
        if found.move.kind == "changed" and found.path not in told:
            message = f"{dotted(found.path)} means something else from chart {found.move.version} on."
            yield Problem(found.path, message, found.move.note, "", "warning", "CH1251")
    for change in changes_between(given.values, old, given.chart):
        yield Problem((), f"Chart {change.version}: {change.sentence}", "", change.advice, "note", "CH1252")

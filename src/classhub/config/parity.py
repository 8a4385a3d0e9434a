"""What of config.yaml holds on one machine, and what only on the cluster: a row for each value the college wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.config.chart.table import Key, known, table
from classhub.config.environment import HERE, from_kubernetes
from classhub.config.model import Config
from classhub.config.parity_classes import rule_for_trait
from classhub.config.parity_rules import Here, Rule, rule_for
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get

ALWAYS = ("cull.enabled", "cull.timeout", "cull.every")
"""Defaults that decide over people's servers: they have a row even if nobody wrote them."""


@dataclass(frozen=True)
class Machine:
    """What this machine can do."""

    is_root: bool = False
    memory_limits: bool = False
    cpu_limits: bool = False
    stand_in: bool = False
    """Whether invitations take the login's place; what Config.login says counts too."""


@dataclass(frozen=True)
class Row:
    setting: str
    """A path of the values, as "singleuser.memory.limit"."""
    here: Here
    sentence: str
    cluster: str
    """What it does there."""


def rows(config: Config, machine: Machine) -> tuple[Row, ...]:
    """In the order of the files, then the important defaults, then variables that only Kubernetes fills in."""
    stand_in = machine.stand_in or config.login.stand_in
    chart = table(known(config.settings.chart_version))
    paths = list(_written(config.own_values, chart, ()))
    paths += [tuple(name.split(".")) for name in ALWAYS if tuple(name.split(".")) not in paths]
    made = [_row(path, config.own_values, machine, stand_in) for path in paths]
    made += [Row(dotted(where), "only there", HERE, "as written") for where in from_kubernetes(config.own_values)]
    return tuple(made)


def summary(rows: Sequence[Row]) -> str:
    """One line for `up`."""
    there = sum(row.here == "only there" for row in rows)
    near = sum(row.here == "near" for row in rows)
    holds = len(rows) - there
    nearly = f" ({near} of them nearly)" if near else ""
    settings = f"{holds} setting{'s hold' if holds != 1 else ' holds'} here{nearly}"
    return f"{settings}, {there} hold{'s' if there == 1 else ''} only on the cluster"


def _written(values: Mapping[str, Any], key: Key, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every path at which something was written: down to single keys where the chart names them, and to hub.config's traits."""
    for name, value in values.items():
        here = (*path, str(name))
        inner = key.keys.get(name)
        is_class = key.others == "classes" or path == ("hub", "config")
        if isinstance(value, Mapping) and value and is_class:
            yield from ((*here, str(trait)) for trait in value)
        elif isinstance(value, Mapping) and value and inner is not None and inner.keys and inner.others != "yes":
            yield from _written(value, inner, here)
        else:
            yield here


def _row(path: tuple[str, ...], own: Mapping[str, Any], machine: Machine, stand_in: bool) -> Row:
    setting = ".".join(path)
    if path[:2] == ("hub", "config") and len(path) == 4:
        rule = rule_for_trait(path[2], path[3], stand_in)
    else:
        rule = rule_for(setting) or Rule(setting, (), "only there", "is not known to ClassHub")
    if rule.null and get(own, setting, "") is None:
        return Row(setting, "near", rule.null, rule.cluster)
    if rule.needs and not getattr(machine, rule.needs):
        return Row(setting, "only there", rule.lacking, rule.cluster)
    return Row(setting, rule.here, rule.sentence, rule.cluster)

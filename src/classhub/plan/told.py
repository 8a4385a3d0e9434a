"""A plan in words: what restarts, who keeps what, who gets in, which disks, what it costs, and each setting that differs.

Pure. Secrets are taken out before anything is compared (masking.py), so that no sentence can hold one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classhub.config.document import Where
from classhub.config.model import Config, Login, Settings
from classhub.config.parity import ALWAYS, Machine, rows
from classhub.config.traits.lookup import get
from classhub.plan.changes import RESTARTS, changed_parts, digests, kept, moved, some
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import Change, changes
from classhub.plan.entry import entry
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.masking import Masking, bare
from classhub.plan.running import Running, State
from classhub.plan.steps import Step
from classhub.plan.worded import worded, words_for

MOST_NAMED = 8
"""Settings that one line names."""
_FIRST = (About.ACCESS, About.HOMES)
_SILENT = ("write settings", "start supervisor")
"""Steps that mean nothing to people; a supervisor that adopts a hub says so."""


@dataclass(frozen=True)
class Told:
    """Nothing in it is secret."""

    steps: tuple[Step, ...]
    consequences: tuple[Consequence, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.steps

    @property
    def first(self) -> tuple[str, ...]:
        """What `up` says before it begins; its steps tell themselves what becomes of servers."""
        return tuple(one.sentence for one in self.consequences if one.kind in _FIRST)


def told(running: Running, dry: DryRun, steps: Sequence[Step], machine: Machine) -> Told:
    """steps: of plan/changes.py, from `running` to `dry.settings`. machine: what of the settings can hold there."""
    found = list(_parts(running, dry, steps))
    if dry.before is None:
        if steps:
            what = "With which settings the hub was started is not known, so none can be compared."
            found.append(Consequence(About.SETTING, what))
        return Told(tuple(steps), tuple(found))
    old, new = _without_secrets(dry.before, dry.wanted)
    own, values = changes(old.own, new.own), changes(old.values, new.values)
    there = _only_there(values, new.login, machine)
    found += entry(_with_code(old, dry.before), _with_code(new, dry.wanted))
    found += worded([*own, *(change for change in values if change not in there or _concerns_the_cluster(change))])
    found += _elsewhere([change for change in there if not _concerns_the_cluster(change)])
    if steps and not own and not values and not dry.unfinished:
        found.append(Consequence(About.SETTING, "No setting of yours differs; what ClassHub itself adds does."))
    order = list(About)
    found.sort(key=lambda one: order.index(one.kind))
    return Told(tuple(steps), tuple(map(_shown, found)), (*own, *values))


def _without_secrets(*both: InForce) -> list[InForce]:
    """What is a secret in one of them is hidden in both."""
    known = [one.hidden for one in both]
    hidden = None if None in known else [way for ways in known for way in ways or ()]
    masking = Masking(hidden)
    return [replace(one, values=masking.over(one.values)) for one in both]


def _with_code(one: InForce, whole: InForce) -> InForce:
    """Whether code has a say in who gets in is seen in the code itself."""
    hub = get(whole.values, "hub", {})
    code = {name: hub[name] for name in ("extraConfig", "extraFiles") if name in hub}
    return replace(one, values={**one.values, "hub": {**get(one.values, "hub", {}), **code}})


def _shown(one: Consequence) -> Consequence:
    return Consequence(one.kind, bare(one.sentence), tuple(map(bare, one.names)))


def _parts(running: Running, dry: DryRun, steps: Sequence[Step]) -> Iterator[Consequence]:
    """What restarts or starts, and which servers keep what."""
    if dry.unfinished:
        what = "The settings were written by an `up` that was cut short; the hub was not started with them yet."
        yield Consequence(About.RESTART, what)
    changed = changed_parts(running, digests(dry.settings))
    for step in steps:
        verb, _, part = step.do.partition(" ")
        if step.do not in _SILENT or (part == "supervisor" and running.state is not State.STOPPED):
            sentence = RESTARTS[part] if verb == "restart" and part in changed else step.sentence
            yield Consequence(About.RESTART, sentence)
        if step.do == "restart hub" and "hub" in changed and running.servers:
            names = tuple(server.user for server in running.servers)
            yield Consequence(About.SERVERS, f"{kept(running, dry.settings)}.", names)
    if running.address and (new := moved(running, dry.settings)):
        yield Consequence(About.RESTART, f"The hub's address becomes {new} in place of {running.address}.")


def _only_there(values: Sequence[Change], login: Login, machine: Machine) -> list[Change]:
    """Changes of what holds on the cluster only, as parity has it."""
    written: dict[str, Any] = {}
    for change in values:
        _put(written, change.where, change.old if change.new is None else change.new)
    config = Config(Path(), {}, written, Settings(), login)
    there = [row.setting for row in rows(config, machine) if row.here == "only there" and row.setting not in ALWAYS]
    return [change for change in values if any(change.is_below(setting) for setting in there)]


def _put(values: dict[str, Any], where: Where, value: Any) -> None:
    for part in where[:-1]:
        values = values.setdefault(str(part), {})
    values[str(where[-1])] = value


def _concerns_the_cluster(change: Change) -> bool:
    """Has a sentence that speaks of the cluster itself."""
    words = words_for(change)
    return words is not None and words.kind in (About.COST, About.HOMES)


def _elsewhere(there: Sequence[Change]) -> Iterator[Consequence]:
    if there:
        names = some([change.path for change in there], MOST_NAMED)
        what = f"Holds on the cluster only, so nothing changes here: {names}."
        yield Consequence(About.ELSEWHERE, what)

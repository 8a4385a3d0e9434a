"""A plan in words: what restarts, who keeps what, who gets in, which disks, what it costs, and each setting that differs.

Pure. Secrets are taken out before anything is compared (masking.py), so that no sentence can hold one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classhub.config.document import Where
from classhub.config.model import Config, Login, Settings
from classhub.config.parity import ALWAYS, Machine, rows
from classhub.plan.bared import shown, with_code, without_secrets
from classhub.plan.changes import RESTARTS, changed_parts, digests, kept, moved, some
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import Change, changes
from classhub.plan.entry import entry
from classhub.plan.in_force import DryRun
from classhub.plan.new_names import new_names
from classhub.plan.running import Running, State
from classhub.plan.steps import Step
from classhub.plan.worded import worded, words_for
from classhub.plan.wording import Place

if TYPE_CHECKING:
    from classhub.plan.objects import ObjectChange

MOST_NAMED = 8
"""Settings that one line names."""
IN_SHORT = 4
"""Settings that the history names."""
_FIRST = (About.ACCESS, About.HOMES)
_SILENT = ("write settings", "start supervisor")
"""Steps that mean nothing to people; a supervisor that adopts a hub says so."""


@dataclass(frozen=True)
class Told:
    """Nothing in it is secret."""

    steps: tuple[Step, ...]
    consequences: tuple[Consequence, ...] = ()
    changes: tuple[Change, ...] = ()
    objects: tuple[ObjectChange, ...] = ()
    """On a cluster alone."""

    @property
    def empty(self) -> bool:
        return not self.steps

    @property
    def first(self) -> tuple[str, ...]:
        """What `up` says before it begins; its steps tell themselves what becomes of servers."""
        return tuple(one.sentence for one in self.consequences if one.kind in _FIRST)

    @property
    def in_short(self) -> str:
        """ "admin_users, singleuser.memory.limit and 2 more": the keys that change, for one line of the history."""
        keys = [one.path.rpartition(".")[2] if one.is_below("hub.config") else one.path for one in self.changes]
        return some(list(dict.fromkeys(keys)), IN_SHORT)


def told(running: Running, dry: DryRun, steps: Sequence[Step], machine: Machine) -> Told:
    """steps: of plan/changes.py, from `running` to `dry.settings`. machine: what of the settings can hold there."""
    found = list(_parts(running, dry, steps))
    if dry.before is None:
        if steps:
            what = "With which settings the hub was started is not known, so none can be compared."
            found.append(Consequence(About.SETTING, what))
        return Told(tuple(steps), tuple(found))
    old, new = without_secrets(dry.before, dry.wanted)
    own, values = changes(old.own, new.own), changes(old.values, new.values)
    there = _only_there(values, new.login, machine)
    whole = with_code(old, dry.before), with_code(new, dry.wanted)
    found += [*entry(*whole, Place.HERE), *new_names(*whole, Place.HERE)]
    found += worded(
        [*own, *(change for change in values if change not in there or _concerns_the_cluster(change))], Place.HERE
    )
    found += _elsewhere([change for change in there if not _concerns_the_cluster(change)])
    if steps and not own and not values and not dry.unfinished:
        found.append(Consequence(About.SETTING, "No setting of yours differs; what ClassHub itself adds does."))
    order = list(About)
    found.sort(key=lambda one: order.index(one.kind))
    return Told(tuple(steps), tuple(map(shown, found)), (*own, *values))


def _parts(running: Running, dry: DryRun, steps: Sequence[Step]) -> Iterator[Consequence]:
    """What restarts or starts, and which servers keep what."""
    if dry.unfinished:
        what = "The settings were written by an `up` that was cut short; the hub was not started with them yet."
        yield Consequence(About.RESTART, what)
    changed = changed_parts(running, digests(dry.settings))
    for step in steps:
        part = step.do.rpartition(" ")[2]
        if step.do not in _SILENT or (part == "supervisor" and running.state is not State.STOPPED):
            # of the hub's own sentence the end is told apart, with all names
            yield Consequence(
                About.RESTART, RESTARTS[part] if step.do == "restart hub" and part in changed else step.sentence
            )
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
    words = words_for(change, Place.HERE)
    return words is not None and words.kind in (About.COST, About.HOMES)


def _elsewhere(there: Sequence[Change]) -> Iterator[Consequence]:
    if there:
        names = some([change.path for change in there], MOST_NAMED)
        what = f"Holds on the cluster only, so nothing changes here: {names}."
        yield Consequence(About.ELSEWHERE, what)

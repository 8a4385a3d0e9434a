"""The plan of a release on a cluster in words: what restarts, who may do what, which disks, what it costs, each setting.

Pure. Secrets are taken out before anything is compared, in settings and in objects, so that no sentence can hold one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from classhub.config.chart.upgrade import changes_between, order
from classhub.config.meaning.access import access
from classhub.plan.account import Account, others
from classhub.plan.at_start import concerns_servers
from classhub.plan.bared import shown, with_code, without_secrets
from classhub.plan.changes import some
from classhub.plan.consequence import About, Consequence, people
from classhub.plan.difference import Change, changes
from classhub.plan.entry import entry
from classhub.plan.in_force import DryRun, InForce, Release
from classhub.plan.new_names import new_names
from classhub.plan.objects import ObjectChange
from classhub.plan.release_address import address, disks
from classhub.plan.release_material import folded, material
from classhub.plan.release_parts import lost, parts, placeholders, pullers, renamed
from classhub.plan.release_rights import rights
from classhub.plan.running import Running
from classhub.plan.steps import Step
from classhub.plan.told import Told
from classhub.plan.worded import worded
from classhub.plan.wording import Place

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "Service", "PersistentVolumeClaim")
"""Kinds that the first install names; of the others it gives the number."""


def head(running: Running | None, dry: DryRun, empty: bool) -> str:
    """Which cluster, namespace, release and chart this is about, and how things are now."""
    release = dry.release
    if release is None:
        return ""
    where = f"namespace {release.namespace}, kube context {release.context}"
    if not release.installed:
        return f"Nothing is installed as {release.name} yet ({where}). `classhub deploy` would install chart {release.chart}:"
    what = f"Release {release.name} ({where}) is at revision {running.revision if running else 0}, chart {release.installed}."
    return f"Nothing would change. {what}" if empty else f"{what} `classhub deploy` would do this:"


def told_release(running: Running | None, dry: DryRun, steps: Sequence[Step]) -> Told:
    """steps: those of a release, from `running` to `dry.settings`; none means that nothing would change."""
    found = [Consequence(About.CONFLICT, one.sentence) for one in dry.conflicts]
    if dry.release is not None and not dry.release.installed:
        found += _first(dry)
        return Told(tuple(steps), _sorted(found), (), dry.objects)
    found += _chart(dry.release, dry.wanted)
    own, values = _compared(dry)
    found += _of_objects(running, dry, _are_kept(dry, [*own, *values]))
    found += _of_settings(dry, own, values)
    if steps and not (dry.objects or own or values):
        what = "No object and no setting differs; the deploy only finishes what was begun before."
        found.append(Consequence(About.RESTART, what))
    return Told(tuple(steps), _sorted(found), (*own, *folded(values)), dry.objects)


def _sorted(found: Sequence[Consequence]) -> tuple[Consequence, ...]:
    """Each sentence once: two objects may say the same."""
    kinds = list(About)
    once = {one.sentence: one for one in map(shown, found)}
    return tuple(sorted(once.values(), key=lambda one: kinds.index(one.kind)))


def _are_kept(dry: DryRun, changed: Sequence[Change]) -> bool:
    """Running servers keep something that others will get. Where no setting is known to differ, that is not known either."""
    upgrades = dry.release is not None and dry.release.installed != dry.release.chart
    return dry.before is None or not changed or upgrades or concerns_servers(changed)


def _of_objects(running: Running | None, dry: DryRun, keeps: bool) -> Iterator[Consequence]:
    account = Account(dry.objects)
    yield from material(account, running)
    yield from lost(account)
    yield from renamed(account)
    yield from pullers(account)
    yield from address(account)
    yield from parts(account, running, keeps)
    yield from rights(account)
    yield from disks(account)
    if dry.before is None:
        yield from placeholders(dry.objects)
    yield from others(account)


def _compared(dry: DryRun) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Our own settings and the values that differ; nothing where the values before are not known."""
    if dry.before is None:
        return (), ()
    old, new = without_secrets(dry.before, dry.wanted)
    return changes(old.own, new.own), changes(old.values, new.values)


def _of_settings(dry: DryRun, own: Sequence[Change], values: Sequence[Change]) -> Iterator[Consequence]:
    if dry.before is None:
        if dry.objects:
            what = "With which values the release was installed is not known, so none can be compared."
            yield Consequence(About.SETTING, what)
        return
    before, wanted = (_of_cluster(one) for one in (dry.before, dry.wanted))
    old, new = without_secrets(before, wanted)
    whole = with_code(old, before), with_code(new, wanted)
    yield from entry(*whole, Place.CLUSTER)
    yield from new_names(*whole, Place.CLUSTER)
    yield from worded([*own, *values], Place.CLUSTER)


def _of_cluster(one: InForce) -> InForce:
    """Invitations stand in for a login on one machine only."""
    return replace(one, login=replace(one.login, stand_in=False))


def _chart(release: Release | None, wanted: InForce) -> Iterator[Consequence]:
    if release is None or release.installed == release.chart:
        return
    old, new = release.installed, release.chart
    if order(new) < order(old):
        what = f"The chart goes BACK from {old} to {new}; a hub's database that was brought forward does not go back with it."
        yield Consequence(About.CHART, what)
        return
    yield Consequence(About.CHART, f"The chart goes from {old} to {new}. Before that: `classhub check --chart {new}`.")
    for change in changes_between(wanted.values, old, new):
        advice = f" {change.advice}" if change.advice else ""
        yield Consequence(About.CHART, f"Chart {change.version}: {change.sentence}{advice}")


def _first(dry: DryRun) -> Iterator[Consequence]:
    """Nothing to compare with: what comes into the world."""
    account = Account(dry.objects)
    kept = [one for one in dry.objects if not one.hook]
    yield Consequence(About.RESTART, _made(kept))
    yield from pullers(account)
    yield from (one for one in address(account) if one.kind is About.COST)
    yield from disks(account)
    yield from placeholders(kept)
    yield from material(account, None)
    yield from _who(without_secrets(dry.wanted)[0])


def _who(wanted: InForce) -> Iterator[Consequence]:
    """Who can log in, and who is admin."""
    found = access(wanted.values, wanted.chart)
    yield Consequence(About.ACCESS, found.sentence)
    if found.admins:
        verb = "is admin" if len(found.admins) == 1 else "are admins"
        yield Consequence(About.ACCESS, f"{people(found.admins)} {verb}.", found.admins)


def _made(created: Sequence[ObjectChange]) -> str:
    words = [one.title for one in created if one.kind in _KINDS]
    return f"{len(created)} objects are made: {some(words, 12)}." if words else f"{len(created)} objects are made."

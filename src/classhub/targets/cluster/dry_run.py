"""What a deploy would change: Helm's server-side dry run beside the release, and what other tools have changed of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from classhub.config.login import login
from classhub.config.model import Config
from classhub.config.traits.lookup import at
from classhub.outside.helm import Release
from classhub.outside.kubernetes import Conflicted, Invalid
from classhub.plan.conflict import Conflict
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.in_force import Release as Place
from classhub.plan.manifest import Identity, component, hook, identity
from classhub.plan.objects import ObjectChange, compare
from classhub.targets.cluster import ownership, record, scaling
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.inspection import chart_version, over_chart

Object = Mapping[str, Any]

PULLERS = ("hook-image-puller", "image-puller")
ONLY_ON_CHANGES = ("prePuller", "hook", "pullOnlyOnChanges")
PULLED = ("data", "checksum_hook-image-puller")


def dry_run(at_: Connection, settings: Mapping[str, Any], config: Config, release: Release | None) -> DryRun:
    """settings: what Helm would be given. Raises what Helm and the API server would refuse: schema, rights, quota, webhooks."""
    chart = at_.chart()
    values = over_chart(settings["values"], chart.version)
    held = at_.helm.manifest(at_.release, release.revision) if release else []
    rendered = at_.helm.dry_run(chart.path, at_.release, settings["values"])
    wanted = [*(one for one in rendered if not hook(one)), *hooks(rendered, held, values)]
    asked = Asked.of(at_, wanted) if release else Asked()
    before = _before(at_, release) if release else None
    hidden = None if before is not None and before.hidden is None else _both(config, before)
    installed = chart_version(release) if release else ""
    return DryRun(
        settings=settings,
        wanted=InForce(values, _login(values), _own(at_, chart.version), config.hidden, chart.version),
        before=before,
        release=Place(at_.cluster.context, at_.settings.namespace, at_.release, chart.version, installed),
        objects=_lost_by_hand(compare(held, wanted, hidden, at_.settings.namespace, asked.missing), release),
        conflicts=asked.conflicts,
    )


def _lost_by_hand(objects: tuple[ObjectChange, ...], release: Release | None) -> tuple[ObjectChange, ...]:
    """What an upgrade that failed never made was deleted by nobody."""
    if release is None or release.status == "deployed":
        return objects
    return tuple(replace(one, lost=False) for one in objects)


def hooks(rendered: Sequence[Object], held: Sequence[Object], values: Mapping[str, Any]) -> list[Object]:
    """Those that Helm would run now. held: what the release keeps; empty before the first install. Pure.

    A chart that pulls only what changed asks the cluster for a checksum, which not every way to Helm lets it do.
    """
    now = ("pre-upgrade", "post-upgrade") if held else ("pre-install", "post-install")
    old, new = (_pulled(objects) for objects in (held, rendered))
    pulls = not old or old != new or at(values, ONLY_ON_CHANGES) is False
    return [
        one
        for one in rendered
        if set(now) & {event.strip() for event in hook(one).split(",")} and (pulls or component(one) not in PULLERS)
    ]


def _pulled(objects: Sequence[Object]) -> str:
    """The chart's own mark of what its image puller would bring; empty where it keeps none: then it runs each time."""
    return next((str(mark) for one in objects if one.get("kind") == "ConfigMap" and (mark := at(one, PULLED))), "")


def _both(config: Config, before: InForce | None) -> tuple[tuple[str | int, ...], ...]:
    return (*config.hidden, *((before.hidden or ()) if before else ()))


def _before(at_: Connection, release: Release) -> InForce:
    """Of a release that plain Helm made nobody knows what stood in secrets.yaml; of one of ours it is remembered."""
    version = chart_version(release)
    values = over_chart(at_.helm.values(at_.release, release.revision), version)
    remembered = record.read(at_.cluster, at_.release).get(release.revision, record.Remembered())
    return InForce(values, _login(values), _own(at_, version), remembered.hidden, version)


def _login(values: Mapping[str, Any]) -> Any:
    """On the cluster the configured login always holds: there is no stand-in."""
    return login(values, {}, installed=lambda module: True)


def _own(at_: Connection, version: str) -> dict[str, str]:
    return {"chart.version": version, "release": at_.release, "namespace": at_.settings.namespace}


@dataclass(frozen=True)
class Asked:
    """Of the API server itself, object by object: applied by Helm without force, what would be refused, what made?"""

    conflicts: tuple[Conflict, ...] = ()
    missing: frozenset[Identity] = frozenset()

    @classmethod
    def of(cls, at_: Connection, wanted: Sequence[Object]) -> Self:
        conflicts: list[Conflict] = []
        missing: set[Identity] = set()
        for body in wanted:
            if hook(body):
                continue
            try:
                answer = at_.cluster.apply(_placed(body, at_), dry_run=True, manager=scaling.HELM)
            except (Conflicted, Invalid) as error:
                conflicts += _refused(at_, body, error)
            else:
                if _is_new(at_, body, answer):
                    missing.add(identity(body, at_.settings.namespace))
        return cls(tuple(conflicts), frozenset(missing))


def _is_new(at_: Connection, body: Object, answer: Object) -> bool:
    """A dry run gives what it would make no version, as it was never stored; asked again to be sure."""
    if (answer.get("metadata") or {}).get("resourceVersion"):
        return False
    return at_.cluster.get(body["kind"], body["metadata"]["name"]) is None


def _refused(at_: Connection, body: Object, error: Conflicted | Invalid) -> Iterator[Conflict]:
    live = at_.cluster.get(body["kind"], body["metadata"]["name"]) or {}
    found = error.conflicts if isinstance(error, Conflicted) else ownership.foreign(live, error.fields)
    if not found:
        raise error
    yield from (_conflict(manager, body, path, live) for manager, path in found if manager != scaling.HELM)


def _placed(body: Object, at_: Connection) -> Object:
    metadata = {"namespace": at_.settings.namespace, **body["metadata"]}
    return {**body, "metadata": metadata}


def _conflict(manager: str, body: Object, path: str, live: Object) -> Conflict:
    way = tuple(path.lstrip(".").split("."))
    return Conflict(manager, body["kind"], body["metadata"]["name"], path, at(live, way), at(body, way))

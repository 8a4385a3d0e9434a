"""What a deploy would change: Helm's server-side dry run beside the release, and what other tools have changed of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from classhub.config.login import login
from classhub.config.model import Config
from classhub.config.traits.lookup import at
from classhub.outside.helm import Release
from classhub.outside.kubernetes import Conflicted, Invalid
from classhub.plan.conflict import Conflict
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.in_force import Release as Place
from classhub.plan.objects import compare
from classhub.targets.cluster import ownership, record, scaling
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.inspection import chart_version, over_chart

Object = Mapping[str, Any]

HOOK = "helm.sh/hook"


def dry_run(at_: Connection, settings: Mapping[str, Any], config: Config, release: Release | None) -> DryRun:
    """settings: what Helm would be given. Raises what Helm and the API server would refuse: schema, rights, quota, webhooks."""
    chart = at_.chart()
    wanted = at_.helm.dry_run(chart.path, at_.release, settings["values"])
    held = at_.helm.manifest(at_.release, release.revision) if release else []
    before = _before(at_, release) if release else None
    hidden = None if before is not None and before.hidden is None else _both(config, before)
    installed = chart_version(release) if release else ""
    values = over_chart(settings["values"], chart.version)
    return DryRun(
        settings=settings,
        wanted=InForce(values, _login(values), _own(at_, chart.version), config.hidden, chart.version),
        before=before,
        release=Place(at_.cluster.context, at_.settings.namespace, at_.release, chart.version, installed),
        objects=compare(held, wanted, hidden, at_.settings.namespace),
        conflicts=tuple(conflicts(at_, wanted)) if release else (),
    )


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


def conflicts(at_: Connection, wanted: Sequence[Object]) -> Iterator[Conflict]:
    """Asked of the API server itself, object by object: applied by Helm without force, what would be refused?"""
    for body in wanted:
        if HOOK in ((body.get("metadata") or {}).get("annotations") or {}):
            continue
        try:
            at_.cluster.apply(_placed(body, at_), dry_run=True, manager=scaling.HELM)
        except (Conflicted, Invalid) as error:
            live = at_.cluster.get(body["kind"], body["metadata"]["name"]) or {}
            found = error.conflicts if isinstance(error, Conflicted) else ownership.foreign(live, error.fields)
            if not found:
                raise
            yield from (_conflict(manager, body, path, live) for manager, path in found if manager != scaling.HELM)


def _placed(body: Object, at_: Connection) -> Object:
    metadata = {"namespace": at_.settings.namespace, **body["metadata"]}
    return {**body, "metadata": metadata}


def _conflict(manager: str, body: Object, path: str, live: Object) -> Conflict:
    way = tuple(path.lstrip(".").split("."))
    return Conflict(manager, body["kind"], body["metadata"]["name"], path, at(live, way), at(body, way))

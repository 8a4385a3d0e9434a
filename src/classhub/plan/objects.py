"""Which objects of a release differ: those that it holds, and those that the chart makes of the wanted values.

Both come as rendered manifests. Secrets are taken out before anything is compared (manifest_masking.py).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from classhub.config.document import Where
from classhub.plan import difference
from classhub.plan import manifest as one
from classhub.plan.difference import Change
from classhub.plan.manifest import Identity, Manifest
from classhub.plan.manifest_masking import VALUES, ManifestMasking
from classhub.plan.masking import bare
from classhub.plan.tree import leaves

Action = Literal["create", "change", "delete"]
_CHART_LABELS = frozenset({"chart", "helm.sh/chart"})


@dataclass(frozen=True)
class ObjectChange:
    """Nothing in it is secret; old and new are masked, and numbered tokens stand for secrets."""

    kind: str
    name: str
    namespace: str
    action: Action
    changes: tuple[Change, ...] = ()
    """Of a changed object. Empty where only a checksum differs, which restarts pods."""
    component: str = ""
    """The label: hub, proxy, user-scheduler, ..."""
    restarts: bool = False
    """The pods of this workload are made anew."""
    hook: str = ""
    """When Helm runs it, as "pre-upgrade"; empty: it is kept in the release."""
    lost: bool = False
    """The release holds it, and the cluster does not: somebody deleted it."""
    old: Manifest = field(default_factory=dict, repr=False)
    new: Manifest = field(default_factory=dict, repr=False)

    @property
    def only_labels(self) -> bool:
        """The chart's version, which it writes on everything, and nothing else."""
        ways = [change.where for change in self.changes]
        return (
            bool(ways)
            and not self.restarts
            and all(way[:2] == ("metadata", "labels") and way[-1] in _CHART_LABELS for way in ways)
        )

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"


def compare(
    old: Sequence[Manifest | None],
    new: Sequence[Manifest | None],
    hidden: Iterable[Where] | None = (),
    namespace: str = "",
    missing: Collection[Identity] = (),
) -> tuple[ObjectChange, ...]:
    """old: `helm get manifest`; empty before the first install. new: of a server-side dry run, hooks included.

    hidden: ways of the values that stand in secrets.yaml; None: not known. namespace: the release's. missing: those of
    `new` that the cluster does not have. In the order of `new`, then what goes. Hooks count only beside a change: some
    run at each upgrade and leave nothing behind.
    """
    before, after = ({one.identity(each, namespace): each for each in one.each(objects)} for objects in (old, new))
    differing = [
        name
        for name in dict.fromkeys((*after, *before))
        if name in missing or _written(before.get(name)) != _written(after.get(name))
    ]
    if not differing:
        return ()
    masking = ManifestMasking((*before.values(), *after.values()), hidden)
    kept: list[ObjectChange] = []
    hooks: list[ObjectChange] = []
    for name in differing:
        lost = name in missing and name in before
        found = _compared(name, None if lost else before.get(name), after.get(name), masking)
        if found is not None:
            found = replace(found, lost=lost)
            (hooks if found.hook else kept).append(found)
    return (*kept, *(each for each in hooks if each.action != "delete")) if kept else ()


def _compared(
    name: Identity, old: Manifest | None, new: Manifest | None, masking: ManifestMasking
) -> ObjectChange | None:
    before, after = (masking.over(each) if each is not None else {} for each in (old, new))
    changes = tuple(_changes(before, after)) if before and after else ()
    restarts = _differ(one.pod_template(before), one.pod_template(after))
    if before and after and not (changes or restarts or _checksums(before) != _checksums(after)):
        return None
    return ObjectChange(
        kind=name.kind,
        name=name.name,
        namespace=name.namespace,
        action="change" if before and after else "create" if after else "delete",
        changes=changes,
        component=one.component(after or before),
        restarts=restarts,
        hook=one.hook(after or before),
        old=before,
        new=after,
    )


def _changes(old: Manifest, new: Manifest) -> Iterator[Change]:
    """In the values lists are one value, as Helm replaces them whole."""
    values = [each.get(VALUES) or {} for each in (old, new)]
    found = [Change((VALUES, *change.where), change.old, change.new) for change in difference.changes(*values)]
    for change in (*found, *leaves({**old, VALUES: None}, {**new, VALUES: None})):
        yield replace(change, where=tuple(map(bare, change.where)))


def _written(manifest: Manifest | None) -> str:
    """Unlike a comparison of the two this tells 1 from true."""
    return json.dumps(manifest, sort_keys=True, default=str)


def _differ(old: Any, new: Any) -> bool:
    """Checksums count: pods are made anew for them."""
    return next(leaves(old, new), None) is not None or _checksums(old or {}) != _checksums(new or {})


def _checksums(manifest: Manifest) -> dict[Any, Any]:
    places = (manifest.get("data"), (manifest.get("metadata") or {}).get("annotations"))
    return {key: value for place in places if place for key, value in place.items() if one.is_checksum(key)}


def as_json(found: ObjectChange) -> dict[str, object]:
    """What scripts get; the keys stay."""
    return {
        "kind": found.kind,
        "name": found.name,
        "namespace": found.namespace,
        "action": found.action,
        "restarts": found.restarts,
        "lost": found.lost,
        "hook": found.hook,
        "changes": [{"path": each.path, "old": bare(each.old), "new": bare(each.new)} for each in found.changes],
    }

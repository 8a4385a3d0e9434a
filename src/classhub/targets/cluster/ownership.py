"""Items that another tool put into a list of ours, where the cluster cannot merge the two.

Server-side apply merges lists by key. Whoever changes the port of a Service's entry has made a new entry beside ours with the
same name, which is no conflict of managers but an invalid object.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.config.traits.lookup import at
from classhub.targets.cluster.labels import name
from classhub.targets.cluster.scaling import HELM

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Way = tuple[str, ...]


def foreign(live: Object, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(manager, list) each, as ("kubectl-edit", ".spec.ports"). fields: what `Invalid` says of the merged object."""
    found = ((entry["manager"], f".{'.'.join(way)}") for way in _lists(fields) for entry in _entries(live, way))
    return list(dict.fromkeys(found))


def take(cluster: "Cluster", live: Object, wanted: Object, fields: Iterable[tuple[str, str]]) -> None:
    """Their items become Helm's, so that Helm's next apply removes them. Where Helm does not apply, ours replace the list."""
    entries = [dict(entry) for entry in live["metadata"].get("managedFields") or ()]
    helm = next((one for one in entries if one["manager"] == HELM and one.get("operation") == "Apply"), None)
    for way in _lists(fields):
        if helm is None:
            cluster.patch(live["kind"], name(live), _nested(way, at(wanted, way)))
            continue
        for entry in _entries({"metadata": {"managedFields": entries}}, way):
            helm["fieldsV1"] = _union(helm["fieldsV1"], _nested(_owned(way), at(entry["fieldsV1"], _owned(way))))
            entry["fieldsV1"] = _without(entry["fieldsV1"], _owned(way))
    if helm is not None:
        version = live["metadata"]["resourceVersion"]
        change = {
            "metadata": {"resourceVersion": version, "managedFields": [one for one in entries if one["fieldsV1"]]}
        }
        cluster.patch(live["kind"], name(live), change)


def _lists(fields: Iterable[tuple[str, str]]) -> list[Way]:
    """ "spec.ports[1].name" -> ("spec", "ports")."""
    paths = (re.match(r"([\w.]+)\[", path) for path, _ in fields)
    return list(dict.fromkeys(tuple(found[1].split(".")) for found in paths if found))


def _entries(live: Object, way: Way) -> Iterator[dict[str, Any]]:
    for entry in live["metadata"].get("managedFields") or ():
        if entry["manager"] != HELM and not entry.get("subresource") and at(entry["fieldsV1"], _owned(way)) is not None:
            yield entry


def _owned(way: Way) -> Way:
    return tuple(f"f:{key}" for key in way)


def _nested(way: Way, value: Any) -> dict[str, Any]:
    for key in reversed(way):
        value = {key: value}
    return dict(value)


def _union(one: Object, other: Object) -> dict[str, Any]:
    return {**one, **{key: _union(one.get(key, {}), value) for key, value in other.items()}}


def _without(fields: Object, way: Way) -> dict[str, Any]:
    key, rest = way[0], way[1:]
    inner = _without(fields[key], rest) if rest else {}
    return {**{other: value for other, value in fields.items() if other != key}, **({key: inner} if inner else {})}

"""Homes: changes that hold for new students only, and folders that everybody shares by accident."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.found import Values, is_stock, own_code
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get, mapping

_STORAGE: Where = ("singleuser", "storage")
_NEW_ONLY: tuple[Where, ...] = (("capacity",), ("dynamic", "storageClass"), ("dynamic", "storageAccessModes"))
_IMAGE_HOME = "/home/jovyan"


def problems(values: Values, own: Values) -> Iterator[Problem]:
    """own: only of what the college wrote it is said that it changes nothing for old homes."""
    kind = at(values, (*_STORAGE, "type"))
    if kind == "dynamic":
        yield from _dynamic(values, own)
    elif kind == "static":
        yield from _static(values)
    yield from _mount(values, kind)
    if kind in ("dynamic", "static", "none"):
        yield from _volumes(values, kind)


def _dynamic(values: Values, own: Values) -> Iterator[Problem]:
    for below in _NEW_ONLY:
        where = (*_STORAGE, *below)
        if at(own, where) is not None:
            why = "Kubernetes changes no disk that is there: a larger one for old homes is made by hand."
            yield Problem(where, f"{dotted(where)} holds for new homes only.", why, "", "note", "CH1841")
    where = (*_STORAGE, "dynamic", "pvcNameTemplate")
    template = at(values, where)
    if isinstance(template, str) and template and "user" not in template:
        message = f"{dotted(where)} names no user, so all share one disk."
        why = "And the disk is deleted with the first user who is."
        yield Problem(where, message, why, "pvcNameTemplate: claim-{user_server}", "warning", "CH1843")


def _static(values: Values) -> Iterator[Problem]:
    where = (*_STORAGE, "static", "pvcName")
    if not at(values, where) and not get(values, "hub.config.KubeSpawner.volumes"):
        severity = "error" if is_stock(values) else "warning"
        message = f"{dotted(where)} is missing, and singleuser.storage.type: static needs it."
        yield Problem(where, message, "No server would start.", "pvcName: homes", severity, "CH1842")
    where = (*_STORAGE, "static", "subPath")
    path = at(values, where)
    if not isinstance(path, str) or not ("{" in path and "user" in path):
        message = f"{dotted(where)} names no user, so all students share one home."
        why = "Each can read, change and delete the work of all others."
        yield Problem(where, message, why, 'subPath: "{username}"', "warning", "CH1843")


def _mount(values: Values, kind: Any) -> Iterator[Problem]:
    where = (*_STORAGE, "homeMountPath")
    path = at(values, where)
    if not isinstance(path, str) or kind == "none":
        return
    sample = str(get(values, "singleuser.image.name") or "").endswith("jupyterhub/k8s-singleuser-sample")
    if not path.startswith("/"):
        message = f"{dotted(where)} does not begin with /."
        yield Problem(where, message, "No server would start.", f"homeMountPath: {_IMAGE_HOME}", "warning", "CH1844")
    elif sample and path.rstrip("/") != _IMAGE_HOME:
        message = f"{dotted(where)} is not where this image has its home, {_IMAGE_HOME}."
        why = "What students save in their home would be gone with the server."
        yield Problem(where, message, why, f"homeMountPath: {_IMAGE_HOME}", "warning", "CH1844")


def _volumes(values: Values, kind: str) -> Iterator[Problem]:
    names = {"static": "home", "dynamic": str(at(values, (*_STORAGE, "dynamic", "volumeNameTemplate")))}
    seen = {names[kind]: "the home"} if kind in names else {}
    if mapping(values, "singleuser.extraFiles"):
        seen["files"] = "singleuser.extraFiles"
    for where, volume in _listed(values, "extraVolumes"):
        name = str(volume.get("name"))
        if name in seen:
            message = f'{dotted(where)} has the name "{name}", which {seen[name]} has too.'
            yield Problem(where, message, "One of the two is lost.", f"name: {name}-2", "warning", "CH1845")
        seen.setdefault(name, dotted(where))
    if own_code(values) or get(values, "hub.config.KubeSpawner.volumes"):
        return
    for where, mount in _listed(values, "extraVolumeMounts"):
        name = str(mount.get("name"))
        if name not in seen and "{" not in name:
            message = f'{dotted(where)} mounts "{name}", and there is no volume of that name.'
            fix = f"Add it to singleuser.storage.extraVolumes; known are {', '.join(seen)}."
            yield Problem(where, message, "Kubernetes refuses such a pod.", fix, "warning", "CH1845")


def _listed(values: Values, name: str) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    """A list, or since chart 4.3 a mapping."""
    found = at(values, (*_STORAGE, name))
    items: Any = found.items() if isinstance(found, Mapping) else enumerate(found) if isinstance(found, list) else ()
    for key, item in items:
        if isinstance(item, Mapping) and item.get("name"):
            yield (*_STORAGE, name, key), item

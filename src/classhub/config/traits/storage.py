"""singleuser.storage and extraFiles: homes, volumes and mounts of the section KubeSpawner."""

from typing import Any

from classhub.config.traits.lookup import Section, Values, get, mapping, set_traits
from classhub.config.traits.names import Names

DYNAMIC_TRAITS = (
    ("storage_class", "singleuser.storage.dynamic.storageClass"),
    ("storage_access_modes", "singleuser.storage.dynamic.storageAccessModes"),
    ("storage_capacity", "singleuser.storage.capacity"),
)


def storage(values: Values, named: Names) -> Section:
    section: Section = {}
    volumes: dict[str, Any] = {}
    mounts: dict[str, Any] = {}
    kind = get(values, "singleuser.storage.type")
    if kind == "dynamic":
        section = _dynamic(values)
        name = get(values, "singleuser.storage.dynamic.volumeNameTemplate")
        volumes[name] = _claim(name, "{pvc_name}")
        mounts[name] = _mount(name, values, kind)
    elif kind == "static":
        volumes["home"] = _claim("home", get(values, "singleuser.storage.static.pvcName"))
        mounts["home"] = _mount("home", values, kind)
    _files(values, named, volumes, mounts)
    volumes.update(_by_name(get(values, "singleuser.storage.extraVolumes"), indexed=False))
    mounts.update(_by_name(get(values, "singleuser.storage.extraVolumeMounts"), indexed=True))
    return {**section, "volumes": volumes, "volume_mounts": mounts}


def _dynamic(values: Values) -> Section:
    section: Section = {"storage_pvc_ensure": True}
    set_traits(section, values, DYNAMIC_TRAITS)
    template = get(values, "singleuser.storage.dynamic.pvcNameTemplate")
    return {**section, "pvc_name_template": template} if template else section


def _claim(name: str, claim: Any) -> dict[str, Any]:
    return {"name": name, "persistentVolumeClaim": {"claimName": claim}}


def _mount(name: str, values: Values, kind: str) -> dict[str, Any]:
    return {
        "mountPath": get(values, "singleuser.storage.homeMountPath"),
        "name": name,
        "subPath": get(values, f"singleuser.storage.{kind}.subPath"),
    }


def _files(values: Values, named: Names, volumes: dict[str, Any], mounts: dict[str, Any]) -> None:
    """extraFiles: keys of one Secret, each mounted at its own path."""
    files = mapping(values, "singleuser.extraFiles")
    if not files:
        return
    items = []
    for index, (key, file) in enumerate(files.items()):
        items.append({"key": key, "path": key, **({"mode": file["mode"]} if "mode" in file else {})})
        mounts[f"{index}-files"] = {"mountPath": file["mountPath"], "name": "files", "subPath": key}
    volumes["files"] = {"name": "files", "secret": {"items": items, "secretName": named.of("singleuser")}}


def _by_name(extra: Any, indexed: bool) -> dict[str, Any]:
    """Extra volumes or mounts: a mapping since chart 4.3, before that a list."""
    if isinstance(extra, dict):
        return dict(sorted(extra.items()))
    entries = extra or []
    return {f"{index}-{entry['name']}" if indexed else entry["name"]: entry for index, entry in enumerate(entries)}

"""What of the settings a student's server takes when it starts: it keeps that until it is restarted."""

from collections.abc import Mapping, Sequence
from typing import Any

from classhub.config.traits.lookup import get
from classhub.plan.difference import Change

_ELSEWHERE = ("servers", "starts_at_once")
"""Of what the hub knows of this machine: how many may run is no server's matter."""
_VALUES = ("singleuser", "custom", "debug")
_PATHS = (
    *("singleuser", "custom", "global", "debug", "imagePullSecret", "imagePullSecrets"),
    *("fullnameOverride", "nameOverride", "namespace", "release", "chart.version"),
    *("scheduling.userPods", "scheduling.userScheduler", "scheduling.podPriority", "hub.baseUrl"),
    *("hub.extraConfig", "hub.extraFiles", "hub.extraEnv"),
)
"""By their place in the values: those of which a pod is made, and code, which may do anything."""


def settings_at_start(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of settings as targets/local/settings.py makes them; empty where they have another shape."""
    traits, machine = get(settings, "hub.traits"), get(settings, "hub.machine", {})
    if traits is None:
        return {}
    return {
        "spawners": {name: value for name, value in traits.items() if name.endswith("Spawner")},
        "hub": {name: get(settings, f"hub.traits.JupyterHub.{name}") for name in ("base_url", "spawner_class")},
        "values": {name: get(settings, f"hub.values.{name}") for name in _VALUES},
        "config": {
            name: value
            for name, value in get(settings, "hub.values.hub.config", {}).items()
            if name.endswith("Spawner")
        },
        "code": [get(settings, f"hub.{name}") for name in ("extra_config", "values.hub.extraFiles")],
        "machine": {name: value for name, value in machine.items() if name not in _ELSEWHERE},
        "doors": [get(settings, f"proxy.{name}") for name in ("hub", "internal", "base_url")],
    }


def concerns_servers(changes: Sequence[Change]) -> bool:
    """One of them is something that a server takes when it starts."""
    return any(any(map(one.is_below, _PATHS)) or _is_of_a_spawner(one) for one in changes)


def _is_of_a_spawner(change: Change) -> bool:
    return change.where[:2] == ("hub", "config") and str((*change.where, "", "")[2]).endswith("Spawner")

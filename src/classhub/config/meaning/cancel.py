"""Settings that cancel each other: the same trait set in two places, of which one wins without a word."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.meaning.found import Values
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get

_SPAWNER = {
    "image": "singleuser.image",
    "image_pull_policy": "singleuser.image.pullPolicy",
    "mem_limit": "singleuser.memory.limit",
    "mem_guarantee": "singleuser.memory.guarantee",
    "cpu_limit": "singleuser.cpu.limit",
    "cpu_guarantee": "singleuser.cpu.guarantee",
    "extra_resource_limits": "singleuser.extraResource.limits",
    "extra_resource_guarantees": "singleuser.extraResource.guarantees",
    "start_timeout": "singleuser.startTimeout",
    "environment": "singleuser.extraEnv",
    "node_selector": "singleuser.nodeSelector",
    "tolerations": "singleuser.extraTolerations",
    "profile_list": "singleuser.profileList",
    "uid": "singleuser.uid",
    "fs_gid": "singleuser.fsGid",
    "init_containers": "singleuser.initContainers",
    "extra_containers": "singleuser.extraContainers",
    "lifecycle_hooks": "singleuser.lifecycleHooks",
    "service_account": "singleuser.serviceAccountName",
    "storage_capacity": "singleuser.storage.capacity",
    "storage_class": "singleuser.storage.dynamic.storageClass",
    "volumes": "singleuser.storage.extraVolumes",
    "volume_mounts": "singleuser.storage.extraVolumeMounts",
}
_HUB = {
    "base_url": "hub.baseUrl",
    "concurrent_spawn_limit": "hub.concurrentSpawnLimit",
    "active_server_limit": "hub.activeServerLimit",
    "allow_named_servers": "hub.allowNamedServers",
    "named_server_limit_per_user": "hub.namedServerLimitPerUser",
    "template_vars": "hub.templateVars",
    "db_url": "hub.db.url",
}
_OF_JUPYTERHUB = ("mem_limit", "mem_guarantee", "cpu_limit", "cpu_guarantee", "start_timeout", "environment")
"""Traits of Spawner that the chart sets for KubeSpawner, where they count more."""


def problems(values: Values, own: Values) -> Iterator[Problem]:
    """own: what the college wrote. A default that is overridden is no contradiction."""
    for section, paths in (("KubeSpawner", _SPAWNER), ("JupyterHub", _HUB)):
        for trait, path in paths.items():
            where: Where = ("hub", "config", section, trait)
            if at(own, where) is not None and get(own, path) is not None:
                message = f"{dotted(where)} and {path} are the same setting, and both are there."
                fix = f"Keep {path}, and remove the other."
                yield Problem(where, message, f"hub.config wins; {path} has no effect.", fix, "warning", "CH1871")
    for trait in _OF_JUPYTERHUB:
        where, path = ("hub", "config", "Spawner", trait), _SPAWNER[trait]
        if at(own, where) is not None and get(values, path) not in (None, {}):
            message = f"{dotted(where)} has no effect: {path} sets it for KubeSpawner."
            fix = f"Write it as {path}."
            yield Problem(where, message, "The more specific section wins.", fix, "warning", "CH1871")
    yield from _roles(values, own)


def _roles(values: Values, own: Values) -> Iterator[Problem]:
    where: Where = ("hub", "config", "JupyterHub", "load_roles")
    others = [name for name in ("cull.enabled", "hub.loadRoles", "hub.services") if get(values, name)]
    if at(own, where) is not None and others:
        message = f"{dotted(where)} replaces all roles of the chart, those of {', '.join(others)} too."
        why = "The culler may end no server then." if "cull.enabled" in others else ""
        yield Problem(where, message, why, "Move each role to hub.loadRoles.NAME.", "warning", "CH1308")

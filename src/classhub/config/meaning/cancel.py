"""Settings that cancel each other: the same trait set in two places, of which one wins without a word."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.meaning.found import Values
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.hub import HUB_TRAITS, SPAWNER_TRAITS
from classhub.config.traits.lookup import at, get
from classhub.config.traits.pod import POD_TRAITS
from classhub.config.traits.storage import DYNAMIC_TRAITS

_COMPOSED = (
    ("image", "singleuser.image.name"),
    ("image_pull_secrets", "singleuser.image.pullSecrets"),
    ("allow_privilege_escalation", "singleuser.allowPrivilegeEscalation"),
    ("tolerations", "singleuser.extraTolerations"),
    ("pvc_name_template", "singleuser.storage.dynamic.pvcNameTemplate"),
    ("volumes", "singleuser.storage.extraVolumes"),
    ("volume_mounts", "singleuser.storage.extraVolumeMounts"),
)
"""Traits of KubeSpawner that the chart makes of more than one value: of that which a college writes."""
BY_SECTION = {
    "KubeSpawner": (*POD_TRAITS, *DYNAMIC_TRAITS, *_COMPOSED),
    "Spawner": (*SPAWNER_TRAITS, ("cmd", "singleuser.cmd")),
    "JupyterHub": (*HUB_TRAITS, ("db_url", "hub.db.url")),
}
"""What the chart sets in which section: traits and paths."""
_READ_BY = {"Spawner": ("KubeSpawner", "Spawner")}
"""Sections that count as much or more; where it is one more, it is KubeSpawner's."""


def problems(values: Values, own: Values) -> Iterator[Problem]:
    """own: what the college wrote. A default that is overridden is no contradiction."""
    for section, pairs in BY_SECTION.items():
        for trait, path in pairs:
            for above in _READ_BY.get(section, (section,)):
                where: Where = ("hub", "config", above, trait)
                if at(own, where) is not None and get(own, path) is not None:
                    message = f"{dotted(where)} and {path} are the same setting, and both are there."
                    fix = f"Keep {path}, and remove the other."
                    yield Problem(where, message, f"hub.config wins; {path} has no effect.", fix, "warning", "CH1871")
    for trait, path in BY_SECTION["KubeSpawner"]:
        where = ("hub", "config", "Spawner", trait)
        if at(own, where) is not None and get(values, path) not in (None, {}, [], ""):
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

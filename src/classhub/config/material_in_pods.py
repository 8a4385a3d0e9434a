"""Settings of a college that keep course material out of students' servers on a cluster, where a course has any. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.profiles import overrides
from classhub.config.overlay_servers import FOLDER, MATERIAL, SEARCH, unknown_search
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at

CODE = "CH1872"
_ETC = f"{FOLDER}/etc"
_VOLUMES = ("volumes", "volume_mounts")


def problems(own: Mapping[str, Any]) -> Iterator[Problem]:
    """own: what the college wrote, of a folder in which a course has material."""
    if where := unknown_search(own):
        message = f"{dotted(where)} takes its value from Kubernetes, so ClassHub cannot add to it."
        fix = f"Add :{_ETC} at the end of what it holds there, or write the value itself."
        yield _problem(where, message, "Jupyter would not find", fix)
    for above in overrides(own):
        yield from _replaced(own, (*above, "environment"))
    for trait in _VOLUMES:
        where = ("hub", "config", "KubeSpawner", trait)
        if at(own, where) is not None:
            message = f"{dotted(where)} takes the place of all that the chart mounts, singleuser.extraFiles included."
            fix = "Write it below singleuser.storage, as extraVolumes and extraVolumeMounts."
            yield _problem(where, message, "A server would lack", fix)


def _replaced(own: Mapping[str, Any], where: Where) -> Iterator[Problem]:
    """What one choice of a profile sets takes the place of what the deploy sets for all."""
    found = at(own, where)
    for name in (SEARCH, MATERIAL) if isinstance(found, Mapping) else ():
        if found.get(name) is not None and not _is_joined(found[name]):
            message = f"{dotted((*where, name))} takes the place of the value that ClassHub sets."
            fix = f"Add :{_ETC} at its end." if name == SEARCH else "Remove it: ClassHub knows the mirror's address."
            yield _problem((*where, name), message, "Whoever chooses it would lack", fix)


def _is_joined(value: Any) -> bool:
    return isinstance(value, str) and _ETC in value.split(":")


def _problem(where: Where, message: str, who: str, fix: str) -> Problem:
    return Problem(
        where, message, f"{who} ClassHub's course material; the server starts all the same.", fix, "warning", CODE
    )

"""Variables of students' servers that only Kubernetes can fill in: from its secrets, or from the pod's own fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get

PLACES: tuple[Where, ...] = (
    ("singleuser", "extraEnv"),
    ("hub", "config", "KubeSpawner", "environment"),
    ("hub", "config", "Spawner", "environment"),
)
HERE = "takes its value from Kubernetes; servers here start without it"


def from_kubernetes(values: Mapping[str, Any]) -> Iterator[Where]:
    """Where each of them stands."""
    for place in PLACES:
        found = get(values, ".".join(map(str, place)))
        for name, value in found.items() if isinstance(found, Mapping) else ():
            if isinstance(value, Mapping) and "valueFrom" in value:
                yield (*place, str(name))


def problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A note for each."""
    for where in from_kubernetes(values):
        yield Problem(where, f"{dotted(where)} {HERE}.", "", "", severity="note", code="CH1602")

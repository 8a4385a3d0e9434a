"""User placeholders: pods that hold room for students, if they give way, and if they are as large as a student."""

from collections.abc import Callable, Iterator
from typing import Any

from classhub.config import quantities
from classhub.config.document import Where
from classhub.config.meaning.found import Values, whole
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get

NODE_PODS = 110
"""What a node of Kubernetes holds at most, unless its kubelet says otherwise; the system has about ten of its own."""
_SYSTEM_PODS = 10
_WHERE: Where = ("scheduling", "userPlaceholder", "replicas")
_REQUESTS: Where = ("scheduling", "userPlaceholder", "resources", "requests")


def problems(values: Values, node_pods: int = NODE_PODS) -> Iterator[Problem]:
    """node_pods: how many pods one node of this cluster holds."""
    count = whole(at(values, _WHERE)) or 0
    if count <= 0:
        return
    if get(values, "scheduling.userPlaceholder.enabled") is not True:
        message = f"{dotted(_WHERE)} is {count}, and scheduling.userPlaceholder.enabled is false: there will be none."
        yield Problem(_WHERE, message, "", "enabled: true, or replicas: 0", "warning", "CH1853")
        return
    if get(values, "scheduling.podPriority.enabled") is not True:
        yield _in_the_way(count)
    yield from _too_many(values, count, node_pods)
    yield from _too_small(values)


def _in_the_way(count: int) -> Problem:
    where = ("scheduling", "podPriority", "enabled")
    message = f"{count} placeholders hold places and never give way, as scheduling.podPriority is off."
    why = "They take the room of real students in place of keeping it for them."
    return Problem(where, message, why, "podPriority: {enabled: true}", "warning", "CH1851")


def _too_many(values: Values, count: int, node_pods: int) -> Iterator[Problem]:
    most = whole(get(values, "hub.activeServerLimit"))
    if most and 0 < most < count:
        message = f"{dotted(_WHERE)} ({count}) is more than hub.activeServerLimit ({most})."
        why = "The hub never starts so many servers; the nodes of the others are paid for nothing."
        yield Problem(_WHERE, message, why, f"replicas: {most}", "warning", "CH1853")
    free = max(node_pods - _SYSTEM_PODS, 1)
    if count > free:
        message = f"{count} placeholders need at least {-(-count // free)} nodes, however small they are."
        why = f"A node holds {node_pods} pods, about {_SYSTEM_PODS} of them the system's."
        yield Problem(_WHERE, message, why, "", "note", "CH1854")


def _too_small(values: Values) -> Iterator[Problem]:
    """Without own resources the chart copies a student's."""
    if not at(values, _REQUESTS[:-1]):
        return
    less = [name for name, read in _READERS.items() if _is_less(values, name, read)]
    if less:
        where = next(((*_REQUESTS, name) for name in less if at(values, (*_REQUESTS, name)) is not None), _REQUESTS)
        message = f"{dotted(where)}: a placeholder holds less {' and '.join(less)} than a student's guarantee."
        why = "A student does not fit in the place that a placeholder leaves, and waits for a new node."
        fix = "Remove scheduling.userPlaceholder.resources: the chart then copies a student's."
        yield Problem(where, message, why, fix, "warning", "CH1852")


_READERS: dict[str, Callable[[Any], Any]] = {"memory": quantities.memory, "cpu": quantities.processors}


def _is_less(values: Values, name: str, read: Callable[[Any], Any]) -> bool:
    student = _amount(get(values, f"singleuser.{name}.guarantee"), read)
    held = _amount(at(values, (*_REQUESTS, name)) or 0, quantities.quantity)
    # 7 %: the same text is 2^30 to the spawner and 10^9 to Kubernetes
    return student is not None and held is not None and held < student * 0.9


def _amount(value: Any, read: Callable[[Any], Any]) -> float | None:
    """None for what is absent or cannot be read, which amounts.py tells."""
    try:
        return None if value is None else float(read(value))
    except (ValueError, OverflowError):
        return None

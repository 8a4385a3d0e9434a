"""Fetching images ahead of students: settings of pullers that are off, and images that nobody fetches."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.meaning.found import Values, whole
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get, mapping

_OF_BOTH = ("extraImages", "extraTolerations")
_CONTINUOUS: Where = ("prePuller", "continuous", "enabled")


def problems(values: Values, own: Values) -> Iterator[Problem]:
    """own: what the college wrote; of the defaults of a puller that is off nothing is said."""
    on = {name: get(values, f"prePuller.{name}.enabled") is True for name in ("hook", "continuous")}
    for name, is_on in on.items():
        if not is_on:
            written = [key for key in mapping(own, f"prePuller.{name}") if key != "enabled"]
            yield from (_unused(("prePuller", name, key), f"prePuller.{name}.enabled is false") for key in written)
    if not any(on.values()):
        written = [key for key in _OF_BOTH if at(own, ("prePuller", key))]
        yield from (_unused(("prePuller", key), "both pullers are off") for key in written)
    if not on["continuous"]:
        yield from _new_nodes(values)


def _unused(where: Where, why: str) -> Problem:
    return Problem(
        where, f"{dotted(where)} has no effect: {why}.", "", "Switch it on, or remove this.", "warning", "CH1804"
    )


def _new_nodes(values: Values) -> Iterator[Problem]:
    """Which only the continuous puller brings the image to, before a student comes."""
    fix = "prePuller: {continuous: {enabled: true}}"
    policy: Where = ("singleuser", "image", "pullPolicy")
    if at(values, policy) == "Never":
        message = f"{dotted(policy)} is Never, and {dotted(_CONTINUOUS)} is false: a new node never gets the image."
        why = "No server starts there, unless somebody loads it by hand."
        yield Problem(policy, message, why, "pullPolicy: IfNotPresent", "warning", "CH1803")
    held = "scheduling.userPlaceholder"
    if get(values, f"{held}.enabled") is True and (whole(get(values, f"{held}.replicas")) or 0) > 0:
        message = f"{held} starts nodes ahead of students, and with {dotted(_CONTINUOUS)}: false they lack the image."
        yield Problem(_CONTINUOUS, message, "The first student on each waits for it.", fix, "note", "CH1855")

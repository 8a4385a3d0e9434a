"""Tags of images: one that is empty or moves gives two students two different sets of programs."""

from collections.abc import Iterator
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.found import Values
from classhub.config.meaning.profiles import overrides
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get, mapping

_MOVING = {"latest", "main", "master", "stable", "edge", "nightly", "dev", "develop", "devel", "test", "staging"}
_TWO = "so two students may get different programs"
_FIX = "Write a tag that is never pushed again, as a date or the commit it was made of."


def problems(values: Values) -> Iterator[Problem]:
    for where in _pairs(values):
        tag = at(values, (*where, "tag"))
        if isinstance(tag, str) and at(values, (*where, "name")):
            yield from _tag((*where, "tag"), tag, at(values, (*where, "pullPolicy")))
    policy = get(values, "hub.config.KubeSpawner.image_pull_policy") or get(values, "singleuser.image.pullPolicy")
    for where in _texts(values):
        image = at(values, where)
        if isinstance(image, str) and image and "{" not in image and "@" not in image:
            yield from _tag(where, image.rpartition("/")[2].partition(":")[2], policy)


def _pairs(values: Values) -> Iterator[Where]:
    """Mappings with name and tag."""
    yield ("singleuser", "image")
    yield ("hub", "image")
    for name in mapping(values, "prePuller.extraImages"):
        yield ("prePuller", "extraImages", name)


def _texts(values: Values) -> Iterator[Where]:
    yield ("hub", "config", "KubeSpawner", "image")
    yield from ((*where, "image") for where in overrides(values))


def _tag(where: Where, tag: str, policy: Any) -> Iterator[Problem]:
    if not tag:
        message = f"{dotted(where)} names no version of the image, so it means latest."
        yield Problem(where, message, _why(tag, policy), _FIX, "warning", "CH1801")
    elif tag.lower() in _MOVING:
        message = f'{dotted(where)} is "{tag}", which is another image every now and then.'
        yield Problem(where, message, _why(tag, policy), _FIX, "warning", "CH1802")


def _why(tag: str, policy: Any) -> str:
    """Without a policy Kubernetes fetches latest at each start, and any other tag once."""
    if (policy or ("Always" if tag in ("", "latest") else "")) == "Always":
        return f"Each start fetches what it is by then, {_TWO}, and a start may break unannounced."
    return f"A node that has it never fetches the newer one, {_TWO}."

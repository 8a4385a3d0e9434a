"""Tags of images: one that is empty or moves gives two students two different sets of programs."""

import re
from collections.abc import Iterator
from typing import Any

from classhub.config.document import Where
from classhub.config.meaning.found import Values
from classhub.config.meaning.profiles import overrides
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import at, get, mapping
from classhub.errors import Edit

_MOVING = {"latest", "main", "master", "stable", "edge", "nightly", "dev", "develop", "devel", "test", "staging"}
_TWO = "so two students may get different programs"
_FIX = "Write a tag that is never pushed again, as a date or the commit it was made of."


def problems(values: Values) -> Iterator[Problem]:
    for where in _pairs(values):
        name, tag = at(values, (*where, "name")), at(values, (*where, "tag"))
        if isinstance(name, str) and isinstance(tag, str) and name:
            yield from _name((*where, "name"), name) or _pair(values, where, name, tag)
    policy = get(values, "hub.config.KubeSpawner.image_pull_policy") or get(values, "singleuser.image.pullPolicy")
    for where in _texts(values):
        image = at(values, where)
        if isinstance(image, str) and image and "{" not in image and "@" not in image:
            yield from _name(where, image) or _tag(where, _version(image), policy)


_PART = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
_REFERENCE = re.compile(
    r"((?=[^/]*[.:]|localhost/)[a-zA-Z0-9][a-zA-Z0-9.-]*(:\d+)?/)?"
    rf"{_PART}(/{_PART})*(:\w[\w.-]{{0,127}})?(@\w+:[0-9a-fA-F]+)?",
    re.ASCII,
)
"""Host and port, path, tag, digest. What has a dot or a port is a host, and may be in capitals."""
_SCHEME = re.compile(r"(https?|docker|oci)://", re.IGNORECASE)


def _name(where: Where, image: str) -> list[Problem]:
    """What no registry can be asked for. A tag or digest may stand in it."""
    if "{" in image or _REFERENCE.fullmatch(image):
        return []
    bare = _SCHEME.sub("", image.strip()).rstrip("/")
    meant = next((text for text in (bare, bare.lower()) if _REFERENCE.fullmatch(text)), "")
    what = "begins with the address of a web page" if _SCHEME.match(image.strip()) else "is no name of an image"
    message = f"{dotted(where)} {what}."
    why = "It is registry/path:tag, the path in small letters and without https://. No pod starts."
    edit = Edit("set", where, meant) if meant and meant == bare else None
    return [
        Problem(where, message, why, f"{where[-1]}: {meant or 'quay.io/college/notebook'}", "error", "CH1806", edit)
    ]


def _version(image: str) -> str:
    """Tag or digest of a whole name, "" if there is neither; registry:5000/ has a port."""
    last = image.rpartition("/")[2]
    return last.partition("@")[2] or last.partition(":")[2]


def _pair(values: Values, where: Where, name: str, tag: str) -> Iterator[Problem]:
    """The chart writes name:tag, whatever they are; KubeSpawner gets the name alone where the tag is empty."""
    own, policy = _version(name), at(values, (*where, "pullPolicy"))
    of_students = where == ("singleuser", "image")
    if own and tag:
        yield _no_image(where, f"name:tag makes two versions of it ({own} and {tag})", "No pod starts.", name, "error")
    elif not tag and not of_students:
        yield _no_image(where, "name:tag ends in a colon", "No pod starts.", name, "error")
    elif own:
        if _has_pullers(values):
            why = "Pods that fetch it ahead (prePuller) never start, and `helm upgrade` waits for them in vain."
            yield _no_image(where, "for the pullers name:tag ends in a colon", why, name, "warning")
        if "@" not in name:
            yield from _tag((*where, "name"), own, policy)
    elif "@" not in tag:
        yield from _tag((*where, "tag"), tag, policy)


def _has_pullers(values: Values) -> bool:
    return any(get(values, f"prePuller.{name}.enabled") is True for name in ("hook", "continuous"))


def _no_image(where: Where, what: str, why: str, name: str, severity: str) -> Problem:
    own = _version(name)
    bare = name[: -len(own) - 1] if own else name
    version = f"2027-01-04@{own}" if ":" in own else own or "2027-01-04"
    message = f"{dotted((*where, 'tag'))}: {what}, which is no name of an image."
    return Problem((*where, "tag"), message, why, f'image: {{name: {bare}, tag: "{version}"}}', severity, "CH1805")


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

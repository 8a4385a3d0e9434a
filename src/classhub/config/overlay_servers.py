"""What a deploy lays into students' servers when a course has material: ClassHub's files, and where Jupyter finds them. Pure.

A college's own files stay, and its own search path is extended, whatever the shape in which it is written.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from classhub.config.document import Where
from classhub.config.merge import layer
from classhub.config.traits.lookup import at

FOLDER = "/usr/local/share/classhub"
"""In a pod. A mount brings its folder along, so that an image needs nothing of it."""
OURS = "classhub."
"""With it the keys of our files in singleuser.extraFiles begin."""
FILES: Where = ("singleuser", "extraFiles")
SEARCH = "JUPYTER_CONFIG_PATH"
MATERIAL = "CLASSHUB_MATERIAL"
_EXTRA, _OWN, _GENERAL = (
    ("singleuser", "extraEnv"),
    ("hub", "config", "KubeSpawner", "environment"),
    ("hub", "config", "Spawner", "environment"),
)
_ODD = re.compile(r"[^-._a-zA-Z0-9]")


@dataclass(frozen=True)
class ForServers:
    """What the admin's side has for students' servers."""

    files: Mapping[str, bytes]
    """By their place below FOLDER."""
    mirror: str
    """The address of the course material's mirror, as pods reach it."""


def in_servers(own: Mapping[str, Any], given: ForServers) -> dict[str, Any]:
    """The values that are added. own: what the college wrote."""
    found: dict[str, Any] = {}
    _put(found, FILES, {_key(place): _file(place, content) for place, content in sorted(given.files.items())})
    place = variables_at(own)
    _put(found, place, _with_ours(at(own, place), given.mirror))
    return found


def variables_at(own: Mapping[str, Any]) -> Where:
    """The key that KubeSpawner's variables come from: what hub.config says takes the place of singleuser.extraEnv."""
    if at(own, _OWN) is not None:
        return _OWN
    singleuser = at(own, _EXTRA[:1])
    nulled = isinstance(singleuser, Mapping) and "extraEnv" in singleuser and singleuser["extraEnv"] is None
    return _GENERAL if nulled and at(own, _GENERAL) is not None else _EXTRA


def unknown_search(own: Mapping[str, Any]) -> Where | None:
    """Where the college lets Kubernetes fill in the search path: that cannot be extended, and stays as it is."""
    place = variables_at(own)
    for name, value, where in _variables(at(own, place)):
        if name == SEARCH and value is not None and _text(value) is None:
            return (*place, *where)
    return None


def is_ours(where: Where) -> bool:
    """A key of the values below which all is added by us, and nothing of it is a college's."""
    return where[:2] == FILES and str((*where, "", "")[2]).startswith(OURS)


def in_short(shown: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `shown` with words for the bytes of our files; they are no secret and say nothing to a reader."""
    sizes = {
        key: {"binaryData": f"({len(base64.b64decode(file['binaryData']))} bytes of ClassHub)"}
        for key, file in (at(whole, FILES) or {}).items()
        if is_ours((*FILES, key))
    }
    short: dict[str, Any] = {}
    _put(short, FILES, sizes)
    return layer(shown, short) if sizes else dict(shown)


def _with_ours(own: Any, mirror: str) -> Any:
    """own: a mapping, or a list of {name, value}, as Helm replaces it whole."""
    there = {name: value for name, value, _ in _variables(own)}
    ours = {SEARCH: _extended(there.get(SEARCH)), MATERIAL: mirror if there.get(MATERIAL) is None else None}
    new = {name: value for name, value in ours.items() if value is not None}
    if not isinstance(own, list):
        return new
    kept = [one for one in own if not (isinstance(one, Mapping) and one.get("name") in new)]
    return [*kept, *({"name": name, "value": value} for name, value in new.items())]


def _extended(own: Any) -> str | None:
    """The college's own places come first: what they say of our extension holds. None: it must stay as it is."""
    text = _text(own)
    return None if text is None else ":".join(filter(None, dict.fromkeys([*text.split(":"), f"{FOLDER}/etc"])))


def _text(value: Any) -> str | None:
    """What a variable is, in any of its shapes; None where Kubernetes fills it in."""
    if isinstance(value, Mapping):
        return None if "valueFrom" in value else _text(value.get("value"))
    return "" if value is None else str(value)


def _variables(own: Any) -> Iterator[tuple[str, Any, Where]]:
    """Name, value, and the way to it."""
    if isinstance(own, Mapping):
        yield from ((str(name), value, (name,)) for name, value in own.items())
    for number, one in enumerate(own if isinstance(own, list) else ()):
        if isinstance(one, Mapping) and "name" in one:
            yield str(one["name"]), one, (number,)


def _key(place: str) -> str:
    """A key of a Secret: of a path the letters that it may hold."""
    return OURS + _ODD.sub("-", place)


def _file(place: str, content: bytes) -> dict[str, Any]:
    return {"mountPath": f"{FOLDER}/{place}", "mode": 0o444, "binaryData": base64.b64encode(content).decode()}


def _put(values: dict[str, Any], where: Where, value: Any) -> None:
    for key in where[:-1]:
        values = values.setdefault(str(key), {})
    values[str(where[-1])] = value

"""Slips of the pen in a values file, at every depth: what people do wrong, and what nobody would think of."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from classhub.config.chart.moves import history
from classhub.config.chart.table import defaults
from classhub.config.merge import copy, over_defaults

Path = tuple[str | int, ...]
ODD = (0, 3, -3, 2.5, 2.0, "words", "", "3", "true", "Prefix", True, False, [], ["x"], [3], [None], {}, {"x": "y"})


def slip(values: dict[str, Any], version: str, dice: random.Random) -> tuple[dict[str, Any], str]:
    """A changed copy of the college's own values, and what was done to it."""
    merged = over_defaults(values, defaults(version))
    by_depth: dict[int, list[Path]] = {}
    for path in _places(merged, ()):
        by_depth.setdefault(len(path), []).append(path)
    path = dice.choice(by_depth[dice.choice(list(by_depth))])
    changed = copy(values)
    node = _down(changed, merged, path[:-1])
    name = dice.choice(list(KINDS))
    return changed, f"{name} at {path}: {KINDS[name](node, path[-1], _at(merged, path), changed, dice)!r}"


def _places(value: Any, path: Path) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from _places(inner, (*path, name))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _down(own: Any, merged: Any, path: Path) -> Any:
    """The node at this path of the own values, made where only the defaults have it."""
    for part in path:
        merged = merged[part]
        if isinstance(own, dict) and type(own.get(part)) is not type(merged):
            own[part] = {} if isinstance(merged, dict) else copy(merged)
        own = own[part]
    return own


def _odd_value(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    node[name] = copy(dice.choice(ODD))
    return node[name]


def _null(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    node[name] = None


def _misspelt(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    if isinstance(node, list):
        return _odd_value(node, name, old, root, dice)
    at = dice.randrange(len(name) + 1)
    wrong = dice.choice(
        [name[:at] + name[at + 1 :], name[:at] + name[at : at + 1] + name[at:], name.upper(), name + "s"]
    )
    node.pop(name, None)
    node[wrong] = copy(old)
    return wrong


def _additional(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    target = node[name] = copy(old) if isinstance(old, list) else dict(node[name] if _has(node, name) else {})
    if isinstance(target, list):
        target.append(copy(dice.choice(ODD)))
    else:
        target[dice.choice(["extra", "Extra", "enabled", "name", "", "labels"])] = copy(dice.choice(ODD))
    return target


def _has(node: Any, name: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get(name), dict)


def _elsewhere(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    """At the top, or below another mapping: a slip of the indentation."""
    homes = [root, *(inner for inner in root.values() if isinstance(inner, dict))]
    dice.choice(homes)[str(name)] = copy(old)
    return name


def _other_shape(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    """A list for a mapping, text for a number, and the other way round."""
    if isinstance(old, dict):
        node[name] = [{key: copy(value)} for key, value in old.items()]
    elif isinstance(old, list):
        node[name] = {str(index): copy(item) for index, item in enumerate(old)}
    else:
        node[name] = len(old) if isinstance(old, str) else str(old)
    return node[name]


def _of_old(node: Any, name: Any, old: Any, root: Any, dice: random.Random) -> Any:
    """A key that the chart once had."""
    path = dice.choice([path for path in history().moves if "*" not in path])
    for part in path[:-1]:
        if not isinstance(root.get(part), dict):
            root[part] = {}
        root = root[part]
    root[path[-1]] = copy(dice.choice(ODD))
    return path


KINDS: dict[str, Callable[[Any, Any, Any, Any, random.Random], Any]] = {
    "odd value": _odd_value,
    "null": _null,
    "misspelt": _misspelt,
    "additional key": _additional,
    "elsewhere": _elsewhere,
    "other shape": _other_shape,
    "key of old": _of_old,
}

"""What became of the chart's values between its versions: moves.txt, which explains its own form."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

Keys = tuple[str, ...]
"""A path of the values, as ("hub", "uid")."""
Kind = Literal["unknown", "refused", "changed"]


class Move(NamedTuple):
    """What happened to one key."""

    path: Keys
    version: str
    """The first chart for which it holds, as "0.11"."""
    kind: Kind
    """unknown: the schema refuses it. refused: only a template does. changed: it is taken, and ignored or read otherwise."""
    to: tuple[Keys, ...]
    """What took its place; the path itself if only the meaning changed."""
    inverted: bool = False
    """The new key wants the opposite value."""
    note: str = ""


class Moved(NamedTuple):
    """A key that was found in values."""

    path: Keys
    move: Move
    value: Any


class Change(NamedTuple):
    """Something to know about a version that no key shows."""

    version: str
    sentence: str
    advice: str = ""
    condition: str = ""
    """ "KEY" or "KEY is WORD": whom it concerns; empty: everybody."""


class History(NamedTuple):
    moves: dict[Keys, Move]
    parents: frozenset[Keys]
    """Every path that some move lies below."""
    patterns: tuple[Keys, ...]
    """Those of both that hold a "*"."""
    came: dict[Keys, str]
    """When a key came; those of the oldest table are not listed."""
    changes: tuple[Change, ...]


_ARROWS: dict[str, Kind] = {" -> ": "unknown", " => ": "refused", " ~> ": "changed"}


@cache
def history() -> History:
    moves: dict[Keys, Move] = {}
    came: dict[Keys, str] = {}
    changes: list[Change] = []
    for version, line, further in _entries():
        note = " ".join(text for text in further if not text.startswith("if "))
        if line.startswith("* "):
            condition = next((text[3:] for text in further if text.startswith("if ")), "")
            changes.append(Change(version, line[2:], note, condition))
        elif line.startswith("+ "):
            came[_keys(line[2:])] = version
        else:
            move = _move(line, version, note)
            moves[move.path] = move
    parents = frozenset(path[:length] for path in moves for length in range(len(path)))
    patterns = tuple(path for path in (*moves, *parents) if "*" in path)
    return History(moves, parents, patterns, came, tuple(changes))


def _entries() -> Iterator[tuple[str, str, list[str]]]:
    """Version, line, and the lines indented below it."""
    version, found = "", list[tuple[str, str, list[str]]]()
    for line in (Path(__file__).parent / "moves.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("chart "):
            version = line.removeprefix("chart ")
        elif line.startswith("  "):
            found[-1][2].append(line.strip())
        elif line and not line.startswith("#"):
            found.append((version, line, []))
    yield from found


def _move(line: str, version: str, note: str) -> Move:
    arrow = next(arrow for arrow in _ARROWS if arrow in line)
    old, _, new = line.partition(arrow)
    to = () if new == "nothing" else tuple(_keys(name.lstrip("!")) for name in new.split(", "))
    return Move(_keys(old), version, _ARROWS[arrow], to, "!" in new, note)


def _keys(dotted: str) -> Keys:
    return tuple(dotted.split("."))


def came(path: Keys) -> str:
    """The chart with which this key came; "" if it is as old as the oldest table, or never was."""
    return next((version for known, version in history().came.items() if _fits(known, path)), "")


def moved(value: Any, path: Keys = ()) -> Iterator[Moved]:
    """Each key at `path` or below that a move of its own concerns, or else one of its parents'."""
    return _moved(value, path, None)


def _moved(value: Any, path: Keys, parents: Move | None) -> Iterator[Moved]:
    move = _at(path) or parents
    if isinstance(value, Mapping) and value and _is_parent(path):
        for name, inner in value.items():
            yield from _moved(inner, (*path, str(name)), move)
    elif move is not None:
        yield Moved(path, move, value)


def _at(path: Keys) -> Move | None:
    moves = history().moves
    found = next((moves[known] for known in _alike(path) if known in moves), None)
    if found is None or "*" not in found.path:
        return found
    name = path[found.path.index("*")]
    to = tuple(tuple(name if part == "*" else part for part in new) for new in found.to)
    return found._replace(path=path, to=to)


def _is_parent(path: Keys) -> bool:
    return any(known in history().parents for known in _alike(path))


def _alike(path: Keys) -> Iterator[Keys]:
    yield path
    yield from (pattern for pattern in history().patterns if _fits(pattern, path))


def _fits(known: Keys, path: Keys) -> bool:
    return len(known) == len(path) and all(part in ("*", name) for part, name in zip(known, path, strict=True))

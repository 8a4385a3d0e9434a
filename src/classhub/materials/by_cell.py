"""Merge a notebook in which the student and the instructor each changed something, cell by cell, told by their ids.

Outputs, execution counts and the kernel are the student's and no difference: whoever only ran cells gets every fix.
Student's side: standard library only, Python 3.9.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from classhub.materials import cell_order, notebook
from classhub.materials.notebook import Cell, Notebook, NotMergeable

STUDENTS = frozenset(
    {
        *("collapsed", "scrolled", "execution", "ExecuteTime", "executionInfo", "outputId", "trusted", "jupyter"),
        *("heading_collapsed", "hidden", "vscode", "colab", "pycharm"),
    }
)
"""Metadata of a cell that come from running and looking at it. All others are the instructor's: tags, grading, slides."""
STUDENTS_OF_ALL = frozenset({"kernelspec", "language_info", "widgets", "vscode", "colab", "signature"})
"""The same of a whole notebook."""


class Clash(Exception):
    """Both changed the same thing, differently."""


def merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """The student's notebook with the instructor's changes; None where both changed the same cell differently.

    Also None for what is no notebook of format 4.5 with a name on every cell. Merging the outcome again changes nothing.
    """
    try:
        merged = _once(base, mine, theirs)
        return merged if _once(base, merged, theirs) == merged else None
    except (NotMergeable, Clash, RecursionError):
        return None


def _once(base: bytes, mine: bytes, theirs: bytes) -> bytes:
    was, now, new = notebook.read(base), notebook.read(mine), notebook.read(theirs)
    cells = _cells(was, now, new)
    metadata = _of_all(was.metadata, now.metadata, new.metadata)
    if cells == now.cells and metadata == now.metadata:
        return mine
    return notebook.write(Notebook(cells, metadata, now.keys, now.minor), notebook.hand_of(mine))


def _cells(was: Notebook, now: Notebook, new: Notebook) -> list[Cell]:
    old, ours = _by_id(was.cells), _by_id(now.cells)
    upstream = _by_id(_renamed(new.cells, old, ours))
    chosen = {name: _choice(old.get(name), ours.get(name), upstream.get(name)) for name in {**ours, **upstream}}
    kept = {name: cell for name, cell in chosen.items() if cell is not None}
    return [kept[name] for name in cell_order.arranged(list(old), list(ours), list(upstream), set(kept))]


def _by_id(cells: list[Cell]) -> dict[str, Cell]:
    return {cell["id"]: cell for cell in cells}


def _choice(old: Cell | None, our: Cell | None, their: Cell | None) -> Cell | None:
    """The cell that stays under one id; None: no cell. Raises Clash."""
    if our is None:
        return None if old is not None and their is not None and _told(their) == _told(old) else their
    if their is None:
        return None if old is not None and _told(our) == _told(old) else our
    if _told(their) in (_told(our), old and _told(old)):
        return our
    if old is None or _told(our) != _told(old):
        raise Clash
    return _with_news(our, their)


def _told(cell: Cell) -> str:
    """All of a cell that can be changed by a person, comparable."""
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    metadata = {key: value for key, value in cell["metadata"].items() if key not in STUDENTS}
    return json.dumps([cell["cell_type"], source, cell.get("attachments") or {}, metadata], sort_keys=True)


def _with_news(our: Cell, their: Cell) -> Cell:
    """The instructor's cell in the place of the student's, which keeps its outputs as far as the type has any."""
    students = {key: value for key, value in our["metadata"].items() if key in STUDENTS}
    instructors = {key: value for key, value in their["metadata"].items() if key not in STUDENTS}
    news = {**their, "metadata": _in_order({**instructors, **students}, our["metadata"])}
    if our["cell_type"] == their["cell_type"] == "code":
        news.update(outputs=our["outputs"], execution_count=our["execution_count"])
    return _in_order(news, our)


def _in_order(values: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Keys in the order of another mapping, then the others; all by name where that one is."""
    if list(like) == sorted(like):
        return dict(sorted(values.items()))
    return {key: values[key] for key in [*filter(values.__contains__, like), *values]}


def _renamed(cells: list[Cell], old: Mapping[str, Cell], ours: Mapping[str, Cell]) -> list[Cell]:
    """The instructor's new cells whose id the student gave to another new cell get one of their own, always the same."""
    names = {cell["id"] for cell in cells}
    found = []
    for cell in cells:
        name = cell["id"]
        if name not in old and name in ours and _told(ours[name]) != _told(cell):
            name = _another(cell, names)
        found.append({**cell, "id": name})
    return found


def _another(cell: Cell, taken: set[str]) -> str:
    for attempt in range(1000):
        name = hashlib.sha256(f"{attempt} {cell['id']} {_told(cell)}".encode()).hexdigest()[:12]
        if name not in taken:
            taken.add(name)
            return name
    raise Clash


def _of_all(was: Mapping[str, Any], now: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's own metadata, key by key. Raises Clash."""
    found = dict(now)
    for key in sorted({*was, *new} - STUDENTS_OF_ALL):
        before, mine, theirs = (
            json.dumps([side[key]] if key in side else [], sort_keys=True) for side in (was, now, new)
        )
        if theirs in (before, mine):
            continue
        if mine != before:
            raise Clash
        found.pop(key, None)
        if key in new:
            found[key] = new[key]
    return _in_order(found, now)

"""Notebooks for tests: short to write, and random ones with random edits."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["42\n"]}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def code(name: str, source: Any, outputs: Any = (), count: int | None = None, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": count,
        "id": name,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def text(name: str, source: Any, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def whole(*cells: Any, minor: int = 5, **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def of_course(*cells: Any, minor: int = 5, **metadata: Any) -> str:
    """As an instructor hands it out. Names of cells are new in nbformat 4.5."""
    named = cells if minor >= 5 else [{key: value for key, value in one.items() if key != "id"} for one in cells]
    return json.dumps(whole(*named, minor=minor, **{"kernelspec": KERNEL, **metadata}), indent=1)


def file(notebook: Any) -> bytes:
    """As Jupyter writes it."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def cells(merged: bytes | None) -> dict[str, Any]:
    assert merged is not None
    return {cell["id"]: cell for cell in json.loads(merged)["cells"]}


def told(cell: Any) -> Any:
    """What of a cell a person wrote; these tests' own reading of it, apart from the program's."""
    metadata = {key: value for key, value in cell["metadata"].items() if key not in ("collapsed", "execution")}
    return cell["cell_type"], "".join(cell["source"]), cell.get("attachments"), metadata


SOURCE = st.sampled_from(["", "x = 1", "x = 2\nprint(x)", "# Größe", "y\n", "%%bash\necho \\u00e9"])
KINDS = st.sampled_from(["code", "markdown", "raw"])
EDITS = ("source", "source", "run", "run", "tag", "fold", "type", "attach", "delete", "insert", "insert", "move")


@st.composite
def sides(draw: Any) -> tuple[Any, Any, Any]:
    """Base, the student's, the instructor's."""
    base = whole(*(draw(a_cell(f"b{number}")) for number in range(draw(st.integers(0, 6)))))
    mine, theirs = (copy.deepcopy(base) for _ in range(2))
    for side, new in ((mine, "m"), (theirs, draw(st.sampled_from(["t", "m"])))):
        for number in range(draw(st.integers(0, 6))):
            edit(draw, side["cells"], f"{new}{number}")
    return base, mine, theirs


@st.composite
def a_cell(draw: Any, name: str) -> Any:
    kind, source = draw(KINDS), draw(SOURCE)
    made = code(name, source) if kind == "code" else {**text(name, source), "cell_type": kind}
    return {**made, "source": source.splitlines(keepends=True)} if draw(st.booleans()) else made


def edit(draw: Any, cells: list[Any], name: str) -> None:
    what = draw(st.sampled_from(EDITS))
    if what == "insert" or not cells:
        cells.insert(draw(st.integers(0, len(cells))), draw(a_cell(name)))
        return
    at = draw(st.integers(0, len(cells) - 1))
    cell = cells[at]
    if what == "delete":
        del cells[at]
    elif what == "move":
        cells.insert(draw(st.integers(0, len(cells) - 1)), cells.pop(at))
    elif what == "type":
        cells[at] = {**draw(a_cell(cell["id"])), "source": cell["source"]}
    else:
        alter(draw, cell, what)


def alter(draw: Any, cell: Any, what: str) -> None:
    if what == "source":
        cell["source"] = draw(SOURCE)
    elif what == "tag":
        cell["metadata"]["tags"] = draw(st.sampled_from([["a"], ["b"]]))
    elif what == "fold":
        cell["metadata"]["collapsed"] = draw(st.booleans())
    elif what == "attach" and cell["cell_type"] != "code":
        cell["attachments"] = {"a.png": {"image/png": draw(st.sampled_from(["AAAA", "BBBB"]))}}
    elif what == "run" and cell["cell_type"] == "code":
        cell["execution_count"], cell["outputs"] = draw(st.integers(1, 9)), [OUTPUT] * draw(st.integers(0, 2))
